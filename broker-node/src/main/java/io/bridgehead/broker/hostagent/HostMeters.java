package io.bridgehead.broker.hostagent;

import io.bridgehead.broker.metrics.CounterBy;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.micrometer.core.instrument.Counter;
import java.util.function.Supplier;

/** What an agent counts, of all services together. Any thread. */
final class HostMeters {

    /** How a connection to a relay, or to a target, ended or began. */
    enum Result {
        /** A client was connected to the target. */
        SERVED,
        /** A client came, and the target could not be connected to. */
        TARGET_REFUSED,
        /** A relay could not be connected to, gave no answer, or closed a connection that waited. */
        RELAY_LOST
    }

    /** Which way. */
    enum Direction { TO_TARGET, TO_CLIENT }

    private final CounterBy<Result> results;
    private final Counter toTarget;
    private final Counter toClient;

    HostMeters(Meters meters, Supplier<Number> waiting, Supplier<Number> serving) {
        this.results = meters.counters(Meter.HOST_CONNECTIONS, Result.class);
        this.toTarget = meters.counter(Meter.HOST_BYTES, Direction.TO_TARGET);
        this.toClient = meters.counter(Meter.HOST_BYTES, Direction.TO_CLIENT);
        meters.gauge(Meter.HOST_WAITING, waiting);
        meters.gauge(Meter.HOST_SERVING, serving);
    }

    void count(Result result) {
        results.increment(result);
    }

    void toTarget(int bytes) {
        toTarget.increment(bytes);
    }

    void toClient(int bytes) {
        toClient.increment(bytes);
    }
}
