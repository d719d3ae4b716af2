package io.bridgehead.broker.account;

class LocalPinAttemptsTest extends PinAttemptsContract {

    private final PinAttempts attempts = new LocalPinAttempts(clock::nanoTime);

    @Override
    protected PinAttempts attempts() {
        return attempts;
    }
}
