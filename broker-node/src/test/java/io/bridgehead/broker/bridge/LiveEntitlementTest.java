package io.bridgehead.broker.bridge;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.account.AccountChange;
import io.bridgehead.broker.account.AccountDraft;
import io.bridgehead.broker.account.AccountPolicy;
import io.bridgehead.broker.account.InMemoryAccountStore;
import io.bridgehead.broker.account.MovableClock;
import io.bridgehead.broker.account.SilentRegistry;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.InMemoryPresenceRegistry;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.RecordedSession;
import io.bridgehead.broker.session.CloseReason;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LiveEntitlementTest {

    private static final AccountId ANN = AccountId.require("ann", "example.org");
    private static final AccountPolicy POLICY = new AccountPolicy(
            AccountPolicy.Mode.OPEN,
            false,
            "example.org",
            "standard",
            Map.of("standard", new AccountPolicy.Plan(1, Duration.ZERO)));

    private final MovableClock clock = new MovableClock();
    private final InMemoryAccountStore store = new InMemoryAccountStore("example.org", clock);
    private final LocalSessions sessions = new LocalSessions();
    private final InMemoryPresenceRegistry presence = new InMemoryPresenceRegistry();
    private final LiveEntitlement withoutRegistry = new LiveEntitlement(
            sessions,
            new SilentRegistry(),
            store,
            new PresenceKeeper(presence, sessions),
            () -> POLICY,
            clock);

    @Test
    void whoWasBannedWhileHeGotInEndsThoughTheRegistryIsAway() {
        RecordedSession session = admitted(create());
        await(store.update(ANN, new AccountChange.Ban(new BanReason("spam"))));
        withoutRegistry.recheck(ANN);
        assertThat(session.evictions()).containsExactly(CloseReason.BANNED);
    }

    @Test
    void whoseAccountWasRemovedWhileHeGotInEndsThoughTheRegistryIsAway() {
        RecordedSession session = admitted(create());
        await(store.remove(ANN));
        withoutRegistry.recheck(ANN);
        assertThat(session.evictions()).containsExactly(CloseReason.REMOVED);
    }

    @Test
    void withoutRegistryAndDatabaseNobodyEnds() {
        RecordedSession session = admitted(create());
        await(store.update(ANN, new AccountChange.Ban(new BanReason("spam"))));
        store.down(true);
        withoutRegistry.recheck(ANN);
        assertThat(session.evictions()).isEmpty();
    }

    @Test
    void aStrangerOfTheOpenModeStays() {
        RecordedSession session = admitted(new Entitlement(
                ANN, "standard", 1, 0, Optional.empty(), Optional.empty(), true, Optional.empty()));
        withoutRegistry.recheck(ANN);
        assertThat(session.evictions()).isEmpty();
    }

    @Test
    void afterARestoreARunningSessionsRowHasTheEpochThatCountsNow() {
        Entitlement now = create();
        Entitlement before = new Entitlement(
                ANN, now.plan(), now.planVersion(), now.epoch() + 5, now.expiresAt(), now.nickname(), true, now.pin());
        RecordedSession session = session();
        Presence row = new Presence(
                ANN, "Ann", session.info().address(), clock.instant(), true, before.epoch(), before.planVersion());
        sessions.registered(session, before, row, "Ann");
        await(presence.claim(row));
        await(withoutRegistry.missed());
        await(withoutRegistry.missed());
        assertThat(await(presence.find(ANN)).map(Presence::epoch)).contains(now.epoch());
        assertThat(sessions.rows()).extracting(Presence::epoch).containsExactly(now.epoch());
        assertThat(session.evictions()).isEmpty();
    }

    private Entitlement create() {
        return POLICY.entitlement(await(store.create(
                new AccountDraft(ANN, Optional.empty(), Optional.empty(), "standard", Optional.empty()))));
    }

    private RecordedSession admitted(Entitlement entitlement) {
        RecordedSession session = session();
        sessions.admitted(session, entitlement);
        return session;
    }

    private RecordedSession session() {
        return new RecordedSession(new SessionInfo(
                new SessionAddress(new NodeId("n1"), new SessionId(1, 1)),
                "line-tcp",
                "192.0.2.1",
                clock.instant(),
                Optional.of(ANN),
                "registered",
                Optional.empty()));
    }
}
