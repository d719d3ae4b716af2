package io.bridgehead.broker.cluster;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.MovableClock;
import io.bridgehead.broker.account.PinMemory;
import io.bridgehead.broker.account.Subscription;
import io.bridgehead.broker.account.SubscriptionRegistry;
import io.bridgehead.broker.account.SubscriptionRegistryContract;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Nickname;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HazelcastSubscriptionRegistryTest extends SubscriptionRegistryContract {

    private static Members members;

    private final MovableClock clock = new MovableClock();
    private SubscriptionRegistry here;
    private SubscriptionRegistry there;

    @BeforeAll
    static void start() {
        members = Members.of(2, 2);
    }

    @BeforeEach
    void clear() {
        members.clear();
        here = new HazelcastSubscriptionRegistry(members.get(0), () -> clock.instant().toEpochMilli());
        there = new HazelcastSubscriptionRegistry(members.get(1), () -> clock.instant().toEpochMilli());
    }

    @AfterAll
    static void stop() {
        members.close();
    }

    @Override
    protected SubscriptionRegistry registry() {
        return here;
    }

    @Test
    void everyFieldOfAnAccountReachesTheOtherNode() {
        Account full = new Account(
                ANN,
                Optional.of("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"),
                Optional.of(new Nickname("Änne")),
                "standard",
                Optional.of(Instant.parse("2027-01-01T00:00:00.000000001Z")),
                Optional.of(new BanReason("did not pay")),
                true,
                3,
                Instant.parse("2026-11-20T12:00:00.5Z"));
        Subscription state = new Subscription(ANN, 3, Optional.of(full));
        assertThat(await(here.offer(state))).isEqualTo(state);
        assertThat(await(there.find(ANN))).contains(state);
    }

    @Test
    void aPinIsRememberedOnAllNodesForFifteenMinutes() {
        await(here.rememberPin(ANN, 3, hash("right")));
        clock.pass(Duration.ofMinutes(15).minusMillis(1));
        assertThat(await(there.comparePin(ANN, 3, hash("right")))).isEqualTo(PinMemory.SAME);
        clock.pass(Duration.ofMillis(1));
        assertThat(await(there.comparePin(ANN, 3, hash("right")))).isEqualTo(PinMemory.NOTHING);
    }

    @Test
    void aPinIsForgottenWhenItsAccountChanges() {
        await(here.offer(row(ANN, 3)));
        await(here.rememberPin(ANN, 3, hash("right")));
        await(there.offer(row(ANN, 4)));
        assertThat(await(here.comparePin(ANN, 3, hash("right")))).isEqualTo(PinMemory.NOTHING);
        await(here.rememberPin(ANN, 3, hash("right")));
        assertThat(await(here.comparePin(ANN, 3, hash("right")))).isEqualTo(PinMemory.NOTHING);
    }

    @Test
    void whatOneNodeForgetsAllForget() {
        await(here.offer(row(ANN, 4)));
        await(there.rememberPin(BOB, 4, hash("right")));
        await(there.forgetAll());
        assertThat(await(here.find(ANN))).isEmpty();
        assertThat(await(here.comparePin(BOB, 4, hash("right")))).isEqualTo(PinMemory.NOTHING);
    }

    @Test
    void anOwnerThatHangsFailsTheForgettingInTime() {
        String name = StuckPartition.nameOwnedBy(members.get(0));
        try (StuckPartition stuck = new StuckPartition(members.get(0), RegistryMaps.SUBSCRIPTIONS, name + "@example.org")) {
            assertThatThrownBy(() -> await(there.forgetAll()))
                    .isInstanceOf(RegistryUnavailable.class)
                    .hasMessage("map subscriptions: no answer to forgetting in PT2S");
        }
    }

    @Test
    void anOwnerThatHangsFailsTheQuestionInTime() {
        String name = StuckPartition.nameOwnedBy(members.get(0));
        AccountId id = AccountId.require(name, "example.org");
        try (StuckPartition stuck = new StuckPartition(members.get(0), RegistryMaps.SUBSCRIPTIONS, id.text())) {
            assertThatThrownBy(() -> await(there.find(id)))
                    .isInstanceOf(RegistryUnavailable.class)
                    .hasMessage("map subscriptions: no answer to find in PT2S");
        }
    }
}
