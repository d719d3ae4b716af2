package io.bridgehead.broker.cluster;

import static io.bridgehead.broker.account.Awaited.await;
import static io.bridgehead.broker.presence.Rows.account;
import static io.bridgehead.broker.presence.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.Reassertion;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PresenceFaultsTest {

    private static final int NODES = 3;

    @Test
    void ofThreeNodesThatClaimOneIdAtOnceOneWinsAndTheOthersAreTold() {
        try (Members members = Members.of(NODES, NODES)) {
            List<HazelcastPresenceRegistry> nodes = registries(members, NODES);
            for (int round = 0; round < 100; round++) {
                String name = "user" + round;
                List<Presence> claims =
                        IntStream.range(0, 2 * NODES).mapToObj(n -> row(name, n % NODES, n, n / 4)).toList();
                List<Presence> told = claims.stream()
                        .map(claim -> nodes.get((int) claim.address().session().incarnation()).claim(claim))
                        .toList()
                        .stream()
                        .map(answer -> await(answer))
                        .flatMap(Optional::stream)
                        .toList();
                Presence winner = await(nodes.getFirst().find(account(name))).orElseThrow();
                assertThat(told)
                        .containsExactlyInAnyOrderElementsOf(
                                claims.stream().filter(claim -> !claim.equals(winner)).toList());
            }
        }
    }

    @Test
    void theRowsOutliveTheirMemberAndTheSurvivorsDropThoseOfItsSessions() {
        try (Members members = Members.of(NODES, NODES)) {
            List<HazelcastPresenceRegistry> nodes = registries(members, NODES);
            List<Presence> rows = IntStream.range(0, 300).mapToObj(n -> row("user" + n, n % NODES, n, 0)).toList();
            rows.forEach(row -> await(nodes.get(0).claim(row)));
            members.get(2).getLifecycleService().terminate();
            Awaitility.await().untilAsserted(
                    () -> assertThat(members.get(0).getCluster().getMembers()).hasSize(NODES - 1));
            assertThat(await(nodes.get(1).list())).containsExactlyInAnyOrderElementsOf(rows);
            assertThat(await(nodes.get(0).dropRowsOf(new NodeId("n2"), new Incarnation(2)))).isEqualTo(100);
            assertThat(await(nodes.get(1).list()))
                    .hasSize(200)
                    .noneMatch(row -> row.address().session().incarnation() == 2);
        }
    }

    @Test
    void anOwnerThatHangsFailsTheClaimInTwoSecondsAndTheLateRowGoesAgain() {
        try (Members members = Members.of(2, 2)) {
            HazelcastPresenceRegistry node = registries(members, 2).get(1);
            String name = StuckPartition.nameOwnedBy(members.get(0));
            long asked = System.nanoTime();
            try (StuckPartition stuck = new StuckPartition(members.get(0), RegistryMaps.USERS, name + "@example.org")) {
                Future<?> claim = node.claim(row(name, 1, 1, 0));
                Future<?> find = node.find(account(name));
                Future<?> reassertion = node.reassert(List.of(row(name, 1, 1, 0)));
                assertThatThrownBy(() -> await(claim))
                        .isInstanceOf(RegistryUnavailable.class)
                        .hasMessage("map users: no answer to claim in PT2S");
                assertThatThrownBy(() -> await(find)).isInstanceOf(RegistryUnavailable.class);
                assertThatThrownBy(() -> await(reassertion)).isInstanceOf(RegistryUnavailable.class);
                assertThat(node.count()).isZero();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(6));
            Awaitility.await()
                    .ignoreExceptions()
                    .during(Duration.ofMillis(500))
                    .until(() -> await(node.find(account(name))).isEmpty());
        }
    }

    @Test
    void rowsThatLiveElsewhereAreReassertedWhileOneOwnerHangs() {
        try (Members members = Members.of(2, 2)) {
            HazelcastPresenceRegistry node = registries(members, 2).get(1);
            String name = StuckPartition.nameOwnedBy(members.get(0));
            List<Presence> rows = new ArrayList<>(List.of(row(name, 1, 1, 0)));
            IntStream.range(0, 300).forEach(n -> rows.add(row("other" + n, 1, n + 2, 0)));
            Reassertion outcome;
            try (StuckPartition stuck = new StuckPartition(members.get(0), RegistryMaps.USERS, name + "@example.org")) {
                outcome = await(node.reassert(rows));
                // what the hung thread owns or keeps the copy of, not all
                assertThat(outcome.unanswered()).isBetween(1, 250);
            }
            assertThat(outcome.newer()).isEmpty();
            assertThat(await(node.reassert(rows))).isEqualTo(new Reassertion(List.of(), 0));
        }
    }

    @Test
    void aMinorityTakesNoRegistrationsButStillReads() {
        try (Members members = Members.of(1, NODES)) {
            HazelcastPresenceRegistry node = registries(members, 1).getFirst();
            assertThatThrownBy(() -> await(node.claim(row("ann", 1, 1, 0))))
                    .isInstanceOf(RegistryUnavailable.class)
                    .hasMessage("map users: claim refused: too few nodes on this side of a partition");
            assertThatThrownBy(() -> await(node.reassert(List.of(row("ann", 1, 1, 0)))))
                    .isInstanceOf(RegistryUnavailable.class);
            assertThat(await(node.withdraw(account("ann"), row("ann", 1, 1, 0).address().session()))).isFalse();
            assertThat(await(node.find(account("ann")))).isEmpty();
            assertThat(await(node.list())).isEmpty();
        }
    }

    @Test
    void aNodeThatHasLeftFailsWhatItIsAsked() {
        HazelcastPresenceRegistry node;
        try (Members members = Members.of(1, 1)) {
            node = registries(members, 1).getFirst();
        }
        assertThatThrownBy(() -> await(node.claim(row("ann", 1, 1, 0)))).isInstanceOf(RegistryUnavailable.class);
        assertThatThrownBy(() -> await(node.list())).isInstanceOf(RegistryUnavailable.class);
        node.close();
        assertThatThrownBy(() -> await(node.list())).isInstanceOf(RegistryUnavailable.class);
        assertThat(node.count()).isZero();
    }

    private static List<HazelcastPresenceRegistry> registries(Members members, int count) {
        return IntStream.range(0, count).mapToObj(n -> new HazelcastPresenceRegistry(members.get(n))).toList();
    }
}
