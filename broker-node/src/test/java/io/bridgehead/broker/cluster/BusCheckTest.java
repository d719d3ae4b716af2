package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Scripts of seconds: who answers, who asks, and what the check makes of it. */
class BusCheckTest {

    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");
    private static final NodeId C = new NodeId("c");

    private final Set<NodeId> others = new HashSet<>(Set.of(B, C));
    private final Set<NodeId> mute = new HashSet<>();
    private final Set<NodeId> askNot = new HashSet<>();
    private final List<String> effects = new ArrayList<>();
    private long now = 1_000_000_000_000L;
    private final BusCheck check = new BusCheck(A, new Wire(), node -> effects.add("lost " + node), () -> now);

    @Test
    void nothingHappensWhileAllAnswer() {
        seconds(60);

        assertThat(effects).isEmpty();
        assertThat(check.healthy()).isTrue();
    }

    @Test
    void aMemberThatDoesNotAnswerIsLostOnce() {
        seconds(3);
        mute.add(B);
        seconds(4);
        assertThat(effects).isEmpty();

        seconds(20);
        assertThat(effects).containsExactly("lost b");
    }

    @Test
    void nodesWhoseQuestionsDoNotComeTakeThisOneOut() {
        askNot.addAll(Set.of(B, C));
        seconds(14);
        assertThat(check.healthy()).isTrue();
        seconds(2);

        assertThat(effects).isEmpty();
        assertThat(check.healthy()).isFalse();
    }

    @Test
    void aNodeThatHearsNobodyTakesItselfOutAndComesBack() {
        mute.addAll(Set.of(B, C));
        seconds(10);
        assertThat(check.healthy()).isTrue();
        seconds(6);
        assertThat(check.healthy()).isFalse();

        mute.clear();
        seconds(2);
        assertThat(check.healthy()).isTrue();
    }

    @Test
    void oneBrokenNodeOfThreeDoesNotTakeTheOthersOut() {
        mute.add(B);
        seconds(60);

        assertThat(check.healthy()).isTrue();
    }

    @Test
    void ofTwoNodesBothTakeThemselvesOut() {
        others.remove(C);
        mute.add(B);
        seconds(16);

        assertThat(check.healthy()).isFalse();
    }

    @Test
    void aNodeThatHasLeftIsForgotten() {
        mute.addAll(Set.of(B, C));
        seconds(16);
        others.clear();
        seconds(1);

        assertThat(check.healthy()).isTrue();
    }

    @Test
    void aLostMemberThatAnswersAgainCanBeLostAgain() {
        mute.add(B);
        seconds(6);
        mute.clear();
        seconds(3);
        mute.add(B);
        seconds(6);

        assertThat(effects).containsExactly("lost b", "lost b");
    }

    @Test
    void onlyAGapBeyondTheLimitIsAPause() {
        List<Duration> pauses = new ArrayList<>();
        PauseWatch watch = new PauseWatch(() -> now, pauses::add);
        now += PauseWatch.LIMIT.toNanos();
        watch.tick();
        assertThat(pauses).isEmpty();

        now += PauseWatch.LIMIT.toNanos() + 1;
        watch.tick();
        assertThat(pauses).containsExactly(PauseWatch.LIMIT.plusNanos(1));
    }

    private void seconds(int count) {
        for (int second = 0; second < count; second++) {
            others.stream().filter(node -> !askNot.contains(node)).forEach(check::pinged);
            check.tick();
            now += Duration.ofSeconds(1).toNanos();
        }
    }

    private final class Wire implements NodeBus {

        @Override
        public void send(LoopAddress to, NodeMessage message) {
            throw new AssertionError("sent " + message);
        }

        @Override
        public Future<Answer> ask(LoopAddress to, NodeMessage message, Duration within) {
            return mute.contains(to.node())
                    ? Future.failedFuture("time-out")
                    : Future.succeededFuture(Answer.TAKEN);
        }

        @Override
        public Set<NodeId> others() {
            return others;
        }
    }
}
