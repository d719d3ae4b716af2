package io.bridgehead.broker.faults;

import io.bridgehead.broker.Bridgehead;
import java.time.Duration;
import java.util.Arrays;

/** Bridgehead in a process whose member has a clock of its own: that of node n2 is an hour behind, n3's 30 s ahead. */
final class UnevenClocksBridgehead {

    private UnevenClocksBridgehead() {}

    public static void main(String[] arguments) throws Exception {
        Duration offset = Duration.ZERO;
        if (Arrays.asList(arguments).contains("node.name=n2")) {
            offset = Duration.ofHours(-1);
        } else if (Arrays.asList(arguments).contains("node.name=n3")) {
            offset = Duration.ofSeconds(30);
        }
        System.setProperty("com.hazelcast.clock.offset", Long.toString(offset.toMillis()));
        Bridgehead.main(arguments);
    }
}
