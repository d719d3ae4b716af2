package io.bridgehead.broker.presence;

import static io.bridgehead.broker.account.Awaited.await;
import static io.bridgehead.broker.presence.Rows.account;
import static io.bridgehead.broker.presence.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What every {@link PresenceRegistry} does. */
public abstract class PresenceRegistryContract {

    /** An empty registry of this kind, the same one throughout a test. */
    protected abstract PresenceRegistry registry();

    /** The same registry, as another node of the cluster sees it if there is one. */
    protected abstract PresenceRegistry elsewhere();

    @Test
    void aClaimIsFoundAndListedEverywhere() {
        Presence ann = row("ann", 1, 1, 0);
        assertThat(await(registry().claim(ann))).isEmpty();
        assertThat(await(elsewhere().find(account("ann")))).contains(ann);
        assertThat(await(elsewhere().list())).containsExactly(ann);
        assertThat(await(registry().find(account("bob")))).isEmpty();
        Awaitility.await().until(() -> elsewhere().count() == 1);
    }

    @Test
    void theNewerClaimWinsAndAnswersTheOlder() {
        Presence older = row("ann", 1, 1, 0);
        Presence newer = row("ann", 2, 1, 1);
        await(registry().claim(older));
        assertThat(await(elsewhere().claim(newer))).contains(older);
        assertThat(await(registry().find(account("ann")))).contains(newer);
    }

    @Test
    void aLateClaimLosesAndAnswersItself() {
        Presence older = row("ann", 1, 1, 0);
        Presence newer = row("ann", 2, 1, 1);
        await(elsewhere().claim(newer));
        assertThat(await(registry().claim(older))).contains(older);
        assertThat(await(registry().find(account("ann")))).contains(newer);
    }

    @Test
    void ofOneMillisecondTheHigherSessionWinsWhicheverCameFirst() {
        Presence lower = row("ann", 1, 5, 0);
        Presence higher = row("ann", 2, 5, 0);
        assertThat(await(registry().claim(lower))).isEmpty();
        assertThat(await(registry().claim(higher))).contains(lower);
        assertThat(await(registry().claim(lower))).contains(lower);
        assertThat(await(registry().find(account("ann")))).contains(higher);
    }

    @Test
    void aRegistrationUnderANewerStateOfTheAccountWins() {
        Presence newState = row("ann", 1, 1, 0, 5);
        await(registry().claim(newState));
        Presence oldState = row("ann", 2, 1, 1_000, 4);
        assertThat(await(registry().claim(oldState))).contains(oldState);
        assertThat(await(registry().find(account("ann")))).contains(newState);
    }

    @Test
    void aClaimThatIsRepeatedIsHarmless() {
        Presence ann = row("ann", 1, 1, 0);
        await(registry().claim(ann));
        await(registry().setVisible(account("ann"), ann.address().session(), false));
        assertThat(await(elsewhere().claim(ann))).isEmpty();
        assertThat(await(registry().find(account("ann")))).contains(ann.withVisible(false));
    }

    @Test
    void aClaimWinsAlthoughTheClockSteppedBackAnHour() {
        Presence before = row("ann", 1, 1, 3_600_000);
        Presence after = row("ann", 2, 1, 0);
        await(registry().claim(before));
        assertThat(await(elsewhere().claim(after))).contains(before);
        assertThat(await(registry().find(account("ann"))).orElseThrow().address()).isEqualTo(after.address());
        Reassertion late = await(registry().reassert(List.of(before)));
        assertThat(late.newer()).extracting(Presence::address).containsExactly(after.address());
    }

    @Test
    void aNewNameIsToldByTheOwnerAndNoOldWordTakesItBack() {
        Presence ann = row("ann", 1, 1, 0);
        await(registry().claim(ann));
        assertThat(await(registry().reassert(List.of(named(ann, "Annie")))).newer()).isEmpty();
        assertThat(await(elsewhere().find(account("ann"))).orElseThrow().displayName()).isEqualTo("Annie");
        await(registry().reassert(List.of(ann)));
        await(registry().claim(ann));
        assertThat(await(elsewhere().find(account("ann"))).orElseThrow().displayName()).isEqualTo("Annie");
        Presence elsewhere = row("ann", 2, 1, 1);
        await(elsewhere().claim(elsewhere));
        assertThat(await(registry().reassert(List.of(named(named(ann, "Annie"), "Anna")))).newer())
                .containsExactly(elsewhere);
    }

    /** A backup of the accounts was restored, and what was admitted before has a higher epoch than what comes. */
    @Test
    void aRowWhoseOwnerLearnsOfALowerEpochGivesWayToTheNextRegistration() {
        Presence before = row("ann", 1, 1, 0, 10);
        Presence next = row("ann", 2, 1, 1, 8);
        await(registry().claim(before));
        assertThat(await(elsewhere().claim(next))).contains(next);
        Presence lowered = before.with(entitlement("ann", 8), "ann");
        assertThat(await(registry().reassert(List.of(lowered))).newer()).isEmpty();
        assertThat(await(elsewhere().claim(next))).contains(lowered);
        assertThat(await(registry().find(account("ann")))).contains(next);
    }

    @Test
    void onlyItsOwnSessionWithdrawsARow() {
        Presence ann = row("ann", 1, 1, 0);
        await(registry().claim(ann));
        assertThat(await(elsewhere().withdraw(account("ann"), new SessionId(1, 2)))).isFalse();
        assertThat(await(registry().find(account("ann")))).contains(ann);
        assertThat(await(elsewhere().withdraw(account("ann"), ann.address().session()))).isTrue();
        assertThat(await(registry().find(account("ann")))).isEmpty();
        assertThat(await(registry().withdraw(account("ann"), ann.address().session()))).isFalse();
    }

    @Test
    void onlyItsOwnSessionHidesARow() {
        Presence ann = row("ann", 1, 1, 0);
        await(registry().claim(ann));
        await(elsewhere().setVisible(account("ann"), new SessionId(1, 2), false));
        assertThat(await(registry().find(account("ann")))).contains(ann);
        await(elsewhere().setVisible(account("ann"), ann.address().session(), false));
        assertThat(await(registry().find(account("ann")))).contains(ann.withVisible(false));
        await(registry().setVisible(account("bob"), ann.address().session(), false));
        assertThat(await(registry().find(account("bob")))).isEmpty();
    }

    @Test
    void aStaleRowIsRemovedOnlyIfItIsStillThatRegistration() {
        Presence stale = row("ann", 1, 1, 0);
        await(registry().claim(stale));
        await(registry().claim(row("ann", 2, 1, 1)));
        assertThat(await(elsewhere().removeIfUnchanged(stale))).isFalse();
        assertThat(await(registry().find(account("ann")))).isPresent();
        assertThat(await(elsewhere().removeIfUnchanged(row("ann", 2, 1, 0)))).isFalse();
        assertThat(await(elsewhere().removeIfUnchanged(row("ann", 2, 1, 1).withVisible(false)))).isTrue();
        assertThat(await(registry().find(account("ann")))).isEmpty();
    }

    @Test
    void reassertingRestoresWhatWasLostAndLeavesTheRest() {
        Presence lost = row("ann", 1, 1, 0);
        Presence there = row("bob", 1, 2, 0);
        await(registry().claim(there));
        await(registry().setVisible(account("bob"), there.address().session(), false));
        Reassertion all = await(elsewhere().reassert(List.of(lost, there)));
        assertThat(all.newer()).isEmpty();
        assertThat(all.unanswered()).isZero();
        assertThat(await(registry().list())).containsExactlyInAnyOrder(lost, there.withVisible(false));
    }

    @Test
    void reassertingDisplacesAnOlderRowButNeverANewerOne() {
        Presence older = row("ann", 1, 1, 0);
        Presence newer = row("ann", 2, 1, 600_000);
        await(registry().claim(older));
        assertThat(await(elsewhere().reassert(List.of(newer))).newer()).isEmpty();
        assertThat(await(registry().find(account("ann")))).contains(newer);
        assertThat(await(registry().reassert(List.of(older))).newer()).containsExactly(newer);
        assertThat(await(registry().find(account("ann")))).contains(newer);
    }

    @Test
    void aThousandRowsAreReassertedAtOnce() {
        List<Presence> rows = new ArrayList<>();
        IntStream.range(0, 1_000).forEach(n -> rows.add(row("user" + n, 1, n, 0)));
        Presence newer = row("user999", 2, 1, 1);
        await(registry().claim(newer));
        Reassertion all = await(registry().reassert(rows));
        assertThat(all.newer()).containsExactly(newer);
        assertThat(all.unanswered()).isZero();
        assertThat(await(elsewhere().list())).hasSize(1_000);
        assertThat(await(registry().reassert(List.of()))).isEqualTo(new Reassertion(List.of(), 0));
    }

    @Test
    void theRowsOfOneLifeOfANodeAreDropped() {
        await(registry().claim(row("ann", 1, 1, 0)));
        await(registry().claim(row("bob", 1, 2, 0)));
        Presence elsewhere = row("cat", 2, 1, 0);
        await(registry().claim(elsewhere));
        assertThat(await(elsewhere().dropRowsOf(new NodeId("n1"), new Incarnation(99)))).isZero();
        assertThat(await(elsewhere().dropRowsOf(new NodeId("n1"), new Incarnation(1)))).isEqualTo(2);
        assertThat(await(registry().list())).containsExactly(elsewhere);
        assertThat(await(registry().dropRowsOf(new NodeId("n1"), new Incarnation(1)))).isZero();
    }

    @Test
    void claimsInAnyOrderEndWithTheNewestAndEveryLoserIsToldOnce() {
        for (int round = 0; round < 20; round++) {
            String name = "user" + round;
            List<Presence> claims = IntStream.range(0, 12).mapToObj(n -> row(name, 1 + n % 3, n, n / 4)).toList();
            List<Presence> losers = claims.parallelStream()
                    .map(claim -> (claim.address().session().number() % 2 == 0 ? registry() : elsewhere()).claim(claim))
                    .toList()
                    .stream()
                    .map(answer -> await(answer))
                    .flatMap(Optional::stream)
                    .toList();
            Presence winner = await(registry().find(account(name))).orElseThrow();
            assertThat(claims).allMatch(claim -> claim.equals(winner) || winner.outranks(claim));
            List<Presence> others = claims.stream().filter(claim -> !claim.equals(winner)).toList();
            assertThat(losers).containsExactlyInAnyOrderElementsOf(others);
        }
    }

    private static Presence named(Presence row, String name) {
        return row.with(entitlement(row.account().local(), row.epoch()), name);
    }

    private static Entitlement entitlement(String user, long epoch) {
        return new Entitlement(account(user), "standard", 1, epoch, Optional.empty(), Optional.empty(), true, Optional.empty());
    }
}
