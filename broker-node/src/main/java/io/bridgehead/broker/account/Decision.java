package io.bridgehead.broker.account;

/** A verdict, and whether a wrong guess led to it, which is charged. Immutable, any thread. */
record Decision(Verdict verdict, boolean wrongGuess) {

    static Decision of(Verdict verdict) {
        return of(verdict, PinMemory.NOTHING);
    }

    /** @param memory what the PIN was found to be before it was given to Argon2 */
    static Decision of(Verdict verdict, PinMemory memory) {
        return new Decision(verdict, switch (verdict) {
            case Verdict.NoAccount none -> true;
            case Verdict.WrongPin wrong -> true;
            // without Argon2 the memory's word counts: else whoever keeps it busy could guess for ever
            case Verdict.TryAgain later -> memory == PinMemory.DIFFERENT;
            case Verdict.TooManyAttempts many -> memory == PinMemory.DIFFERENT;
            case Verdict.Admitted in -> false;
            case Verdict.Banned banned -> false;
            case Verdict.Expired over -> false;
        });
    }
}
