package io.bridgehead.broker.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.InMemoryPresenceRegistry;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.RecordedSession;
import io.bridgehead.broker.presence.Rows;
import io.bridgehead.broker.session.CloseReason;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who ends when the registry says that a registration of this node, n1, lost to a newer one. */
class PresenceKeeperTest {

    private final InMemoryPresenceRegistry registry = new InMemoryPresenceRegistry();
    private final LocalSessions sessions = new LocalSessions();
    private final PresenceKeeper keeper = new PresenceKeeper(registry, sessions);

    private static Entitlement ann() {
        return new Entitlement(
                Rows.account("ann"), "standard", 1, 1, Optional.empty(), Optional.empty(), true, Optional.empty());
    }

    private static RecordedSession sessionOf(Presence row) {
        return new RecordedSession(new SessionInfo(
                row.address(), "line-tcp", "192.0.2.1", Rows.NOON, Optional.of(row.account()), "idle", Optional.empty()));
    }

    private RecordedSession registered(Presence row) {
        RecordedSession session = sessionOf(row);
        sessions.registered(session, ann(), row, "ann");
        return session;
    }

    @Test
    void theSessionThatLostEndsAndTheAccountsSessionsWithoutARowStay() {
        Presence older = Rows.row("ann", 1, 1, 0);
        RecordedSession lost = registered(older);
        RecordedSession withoutRow = sessionOf(Rows.row("ann", 1, 2, 0));
        sessions.admitted(withoutRow, ann());
        registry.claim(Rows.row("ann", 2, 1, 10));

        keeper.reassert();

        assertThat(lost.evictions()).containsExactly(CloseReason.REGISTERED_ELSEWHERE);
        assertThat(withoutRow.evictions()).isEmpty();
    }

    @Test
    void aSessionThatHasRegisteredSinceAndWonStays() {
        Presence older = Rows.row("ann", 1, 1, 0);
        RecordedSession lost = registered(older);
        RecordedSession newest = registered(Rows.row("ann", 1, 2, 20));
        registry.claim(Rows.row("ann", 2, 1, 10));

        // what was asked before the newest registered
        keeper.changed(older);

        assertThat(lost.evictions()).containsExactly(CloseReason.REGISTERED_ELSEWHERE);
        assertThat(newest.evictions()).isEmpty();
    }
}
