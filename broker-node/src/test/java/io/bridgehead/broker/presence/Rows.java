package io.bridgehead.broker.presence;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import java.time.Duration;
import java.time.Instant;

/** Registrations for tests. */
public final class Rows {

    public static final Instant NOON = Instant.parse("2026-11-20T12:00:00.123456789Z");

    private Rows() {}

    public static AccountId account(String name) {
        return AccountId.require(name, "example.org");
    }

    /** A registration of {@code name} on node {@code n<node>}, so many milliseconds after noon. */
    public static Presence row(String name, int node, long session, long millis) {
        return row(name, node, session, millis, 1);
    }

    public static Presence row(String name, int node, long session, long millis, long epoch) {
        return new Presence(
                account(name),
                name,
                new SessionAddress(new NodeId("n" + node), new SessionId(node, session)),
                NOON.plus(Duration.ofMillis(millis)),
                true,
                epoch,
                7);
    }
}
