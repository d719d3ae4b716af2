package io.bridgehead.broker.account;

class LocalPinAttemptsTest extends PinAttemptsContract {

    private final PinAttempts attempts = new LocalPinAttempts(5, 20, clock::nanoTime);

    @Override
    protected PinAttempts attempts() {
        return attempts;
    }
}
