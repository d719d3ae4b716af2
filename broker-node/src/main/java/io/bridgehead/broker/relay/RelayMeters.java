package io.bridgehead.broker.relay;

import io.bridgehead.broker.metrics.ConfiguredTag;
import io.bridgehead.broker.metrics.CounterBy;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.micrometer.core.instrument.Counter;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted of the room's connections. Any thread. */
final class RelayMeters {

    /** What became of a client, as a metric's tag. */
    enum Result {
        /** It got a host. */
        SERVED,
        /** No host came in time. */
        NO_HOST,
        /** It went before, or was sent away. */
        LEFT
    }

    /** The gauges of one service. */
    private record Service(AtomicInteger waiting, AtomicInteger queue, CounterBy<Result> clients) {}

    private final Map<RelayKind, CounterBy<RelayClose>> closes = new EnumMap<>(RelayKind.class);
    private final Map<String, Service> services = new HashMap<>();
    private final Counter out;

    RelayMeters(Meters meters, Collection<String> names) {
        for (RelayKind kind : RelayKind.values()) {
            closes.put(kind, meters.counters(Meter.RELAY_CLOSES, RelayClose.class, kind));
        }
        this.out = meters.counter(Meter.RELAY_HOSTS_OUT);
        for (String name : names) {
            ConfiguredTag tag = new ConfiguredTag(name);
            Service service = new Service(
                    new AtomicInteger(), new AtomicInteger(), meters.counters(Meter.RELAY_CLIENTS, Result.class, tag));
            meters.gauge(Meter.RELAY_WAITING, service.waiting()::get, tag);
            meters.gauge(Meter.RELAY_QUEUE, service.queue()::get, tag);
            services.put(name, service);
        }
    }

    void closed(RelayKind kind, RelayClose reason) {
        closes.get(kind).increment(reason);
    }

    void client(String service, Result result) {
        services.get(service).clients().increment(result);
    }

    void waiting(String service, int hosts, int clients) {
        services.get(service).waiting().set(hosts);
        services.get(service).queue().set(clients);
    }

    void hostOut() {
        out.increment();
    }
}
