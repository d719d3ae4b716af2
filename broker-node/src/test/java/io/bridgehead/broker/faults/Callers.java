package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

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
            call(took);
            Thread.sleep(pauseMillis);
        }
        return took;
    }

    /** As above, until it is so; at most so long. */
    Times callUntil(BooleanSupplier over, Duration atMost, long pauseMillis) throws IOException, InterruptedException {
        Times took = new Times();
        long began = System.nanoTime();
        while (!over.getAsBoolean()) {
            assertThat(System.nanoTime() - began).as("nanoseconds until it is over").isLessThan(atMost.toNanos());
            call(took);
            Thread.sleep(pauseMillis);
        }
        return took;
    }

    private void call(Times took) throws IOException {
        long began = System.nanoTime();
        caller.send(";connect=control-callee");
        callee.expect(";connect=control-caller");
        callee.send(";reject=control-caller");
        caller.expect(";denied");
        took.add(System.nanoTime() - began);
    }

    @Override
    public void close() throws IOException {
        for (BlockingUser each : List.of(caller, callee)) {
            each.close();
        }
    }
}
