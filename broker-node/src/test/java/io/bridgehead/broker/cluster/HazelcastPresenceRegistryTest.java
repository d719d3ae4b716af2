package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.PresenceRegistry;
import io.bridgehead.broker.presence.PresenceRegistryContract;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HazelcastPresenceRegistryTest extends PresenceRegistryContract {

    private static Members members;
    private static HazelcastPresenceRegistry here;
    private static HazelcastPresenceRegistry there;

    @BeforeAll
    static void start() {
        members = Members.of(2, 2);
        here = new HazelcastPresenceRegistry(members.get(0));
        there = new HazelcastPresenceRegistry(members.get(1));
    }

    @BeforeEach
    void clear() {
        members.clear();
    }

    @AfterAll
    static void stop() {
        here.close();
        there.close();
        members.close();
    }

    @Test
    void whatIsReadTogetherIsOfFewPartitions() {
        List<Presence> rows = IntStream.range(0, 500).mapToObj(n -> row("user" + n)).toList();
        ToIntFunction<Presence> partition = row -> members.get(0)
                .getPartitionService()
                .getPartition(row.account().text())
                .getPartitionId();
        List<Presence> read = HazelcastPresenceRegistry.inOrder(rows, partition);
        assertThat(read).containsExactlyInAnyOrderElementsOf(rows);
        List<Integer> partitions = read.stream().map(partition::applyAsInt).toList();
        assertThat(new HashSet<>(partitions)).hasSizeGreaterThan(20);
        long changes = IntStream.range(1, partitions.size())
                .filter(n -> !partitions.get(n).equals(partitions.get(n - 1)))
                .count();
        assertThat(changes).isEqualTo(new HashSet<>(partitions).size() - 1);
    }

    private static Presence row(String user) {
        return new Presence(
                new AccountId(user, "example.org"),
                user,
                new SessionAddress(new NodeId("n1"), new SessionId(1, 1)),
                Instant.EPOCH,
                true,
                0,
                0);
    }

    @Override
    protected PresenceRegistry registry() {
        return here;
    }

    @Override
    protected PresenceRegistry elsewhere() {
        return there;
    }
}
