package io.bridgehead.broker.relay;

import io.bridgehead.broker.metrics.CounterBy;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import java.util.EnumMap;
import java.util.Map;

/** What is counted of the room's connections. Any thread. */
final class RelayMeters {

    private final Map<RelayKind, CounterBy<RelayClose>> closes = new EnumMap<>(RelayKind.class);

    RelayMeters(Meters meters) {
        for (RelayKind kind : RelayKind.values()) {
            closes.put(kind, meters.counters(Meter.RELAY_CLOSES, RelayClose.class, kind));
        }
    }

    void closed(RelayKind kind, RelayClose reason) {
        closes.get(kind).increment(reason);
    }
}
