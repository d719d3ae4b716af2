package io.bridgehead.broker.faults;

import java.io.IOException;
import java.util.List;

/** Two users, one of whom sends back what the other sends: the time there and back. */
final class EchoPair implements AutoCloseable {

    private static final int BYTES = 64;
    private static final int PAUSE_MILLIS = 20;

    private final BlockingUser caller;
    private final BlockingUser callee;
    private volatile Times times = new Times();
    private volatile boolean broken;

    private EchoPair(BlockingUser caller, BlockingUser callee) {
        this.caller = caller;
        this.callee = callee;
        Thread.ofPlatform().daemon().start(this::echo);
        Thread.ofPlatform().daemon().start(this::ask);
    }

    /** With a bridge over TLS. */
    static EchoPair bridged(int number, BrokerProcess ofCaller, BrokerProcess ofCallee) throws IOException {
        BlockingUser caller = BlockingUser.tls(ofCaller, "echo-caller" + number);
        BlockingUser callee = BlockingUser.tls(ofCallee, "echo-callee" + number);
        BlockingUser.bridge(caller, "echo-caller" + number, callee, "echo-callee" + number);
        return new EchoPair(caller, callee);
    }

    private void echo() {
        byte[] bytes = new byte[BYTES];
        try {
            while (true) {
                callee.readFully(bytes);
                callee.write(bytes);
            }
        } catch (IOException | AssertionError ended) {
            broken = true;
        }
    }

    private void ask() {
        byte[] bytes = new byte[BYTES];
        try {
            while (true) {
                long began = System.nanoTime();
                caller.write(bytes);
                caller.readFully(bytes);
                times.add(System.nanoTime() - began);
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (IOException | AssertionError ended) {
            broken = true;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** From now on into these. */
    void measure(Times into) {
        times = into;
    }

    boolean isBroken() {
        return broken;
    }

    @Override
    public void close() throws IOException {
        for (BlockingUser each : List.of(caller, callee)) {
            each.close();
        }
    }
}
