package io.bridgehead.broker.faults;

import java.io.IOException;
import java.util.List;

/** Two users, one of whom calls and is refused, again and again: what the control messages of a cluster take. */
final class Callers implements AutoCloseable {

    private final BlockingUser caller;
    private final BlockingUser callee;

    Callers(BrokerProcess ofCaller, BrokerProcess ofCallee) throws IOException {
        caller = BlockingUser.wide(ofCaller, "control-caller");
        callee = BlockingUser.wide(ofCallee, "control-callee");
    }

    /** Calls that many times, with this pause between; the time of each from the call to its refusal. */
    Times call(int times, long pauseMillis) throws IOException, InterruptedException {
        Times took = new Times();
        for (int n = 0; n < times; n++) {
            long began = System.nanoTime();
            caller.send(";connect=control-callee");
            callee.expect(";connect=control-caller");
            callee.send(";reject=control-caller");
            caller.expect(";denied");
            took.add(System.nanoTime() - began);
            Thread.sleep(pauseMillis);
        }
        return took;
    }

    @Override
    public void close() throws IOException {
        for (BlockingUser each : List.of(caller, callee)) {
            each.close();
        }
    }
}
