package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.NodeId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MergeGateTest {

    private static final NodeId B = new NodeId("b");
    private static final NodeId C = new NodeId("c");
    private static final InetSocketAddress AT_B = InetSocketAddress.createUnresolved("b.example.org", 5701);
    private static final InetSocketAddress AT_C = InetSocketAddress.createUnresolved("c.example.org", 5701);

    private long now = 1_000_000_000_000L;
    private final MergeGate gate = new MergeGate(() -> now);

    @Test
    void whoLostNobodyMayJoinAnybody() {
        assertThat(gate.missing(Set.of())).isEmpty();
        assertThat(gate.isOpen(true)).isTrue();
    }

    @Test
    void aSideWaitsUntilAllItLostCanBeReached() {
        gate.lost(B, AT_B);
        gate.lost(C, AT_C);
        assertThat(gate.missing(Set.of())).containsExactlyInAnyOrder(AT_B, AT_C);
        assertThat(gate.isOpen(false)).isFalse();
        assertThat(gate.isOpen(true)).isTrue();
    }

    @Test
    void whoIsBackIsNotWaitedFor() {
        gate.lost(B, AT_B);
        gate.lost(C, AT_C);
        assertThat(gate.missing(Set.of(C))).containsExactly(AT_B);
        assertThat(gate.missing(Set.of(B))).isEmpty();
        assertThat(gate.isOpen(false)).isTrue();
    }

    @Test
    void oneThatIsGoneForGoodIsWaitedForAMinuteOnce() {
        gate.lost(B, AT_B);
        now += MergeGate.PATIENCE.toNanos() - 1;
        assertThat(gate.isOpen(false)).isFalse();
        now += 1;
        assertThat(gate.isOpen(false)).isTrue();
        assertThat(gate.missing(Set.of())).isEmpty();
    }

    /** A partial partition that stays: each new try costs bridges. */
    @Test
    void eachVainWaitIsTwiceAsLongAndAWholeHealEndsThat() {
        Duration patience = MergeGate.PATIENCE;
        for (int turn = 0; turn < 6; turn++) {
            assertThat(patienceNow()).isEqualTo(patience);
            patience = patience.multipliedBy(2).compareTo(MergeGate.MAX_PATIENCE) < 0
                    ? patience.multipliedBy(2)
                    : MergeGate.MAX_PATIENCE;
        }
        gate.lost(B, AT_B);
        assertThat(gate.isOpen(true)).isTrue();
        assertThat(patienceNow()).isEqualTo(MergeGate.PATIENCE);
    }

    private Duration patienceNow() {
        gate.lost(B, AT_B);
        long began = now;
        while (!gate.isOpen(false)) {
            now += Duration.ofSeconds(30).toNanos();
        }
        return Duration.ofNanos(now - began);
    }
}
