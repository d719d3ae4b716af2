package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.admin.NodeOperations.Outcome;
import io.bridgehead.broker.admin.NodeOperations.View;
import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeOrder;
import io.bridgehead.broker.bus.NodeReport;
import io.bridgehead.broker.bus.NodeReported;
import io.bridgehead.broker.bus.NodeState;
import io.bridgehead.broker.bus.NodeStatus;
import io.bridgehead.broker.cluster.Fellow;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Nodes that ask each other over a bus that does what the test says. */
class NodeRollTest {

    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");

    private final Map<NodeId, NodeRoll> rolls = new HashMap<>();
    private final Map<NodeId, List<NodeOrder>> orders = new HashMap<>();
    private final List<NodeMessage> sent = new ArrayList<>();
    private Optional<String> refusal = Optional.empty();

    /** What the bus says of a message to {@code b}: taken by it, or one of these. */
    private enum Fault {
        NONE,
        OLDER_VERSION,
        FAILS,
        ANSWER_LOST
    }

    private Fault fault = Fault.NONE;

    private final class Bus implements NodeBus {

        @Override
        public void send(LoopAddress to, NodeMessage message) {
            sent.add(message);
            if (fault != Fault.ANSWER_LOST) {
                rolls.get(to.node()).received((NodeMessage.OfNode) message);
            }
        }

        @Override
        public Future<Answer> ask(LoopAddress to, NodeMessage message, Duration within) {
            return switch (fault) {
                case NONE, ANSWER_LOST ->
                    Future.succeededFuture(rolls.get(to.node()).received((NodeMessage.OfNode) message));
                case OLDER_VERSION -> Future.succeededFuture(Answer.NOT_HERE);
                case FAILS -> Future.failedFuture("no answer");
            };
        }

        @Override
        public Set<NodeId> others() {
            throw new IllegalStateException("the roll asks the membership");
        }
    }

    NodeRollTest() {
        for (NodeId node : List.of(A, B)) {
            orders.put(node, new ArrayList<>());
            rolls.put(node, new NodeRoll(
                    node, new Bus(), () -> List.of(fellow(B), fellow(A)), order -> carryOut(node, order), 41));
        }
    }

    private static Fellow fellow(NodeId node) {
        return new Fellow(node, new Incarnation(7), Optional.of(node + ".example.org:5701"));
    }

    private Future<NodeReport> carryOut(NodeId node, NodeOrder order) {
        orders.get(node).add(order);
        return Future.succeededFuture(new NodeReport(refusal, status(node)));
    }

    private static NodeStatus status(NodeId node) {
        return new NodeStatus(node, new Incarnation(7), "1.2", NodeState.DRAINING, Instant.EPOCH, 3, 1);
    }

    private static View view(NodeId node, boolean answers, Optional<NodeStatus> status) {
        return new View(
                node, node.equals(A), new Incarnation(7), Optional.of(node + ".example.org:5701"), answers, status);
    }

    private static <T> T awaited(Future<T> future) {
        await().until(future::isComplete);
        return future.result();
    }

    @Test
    void everyNodeIsListedByNameAndSpeaksForItself() {
        assertThat(awaited(rolls.get(A).list()))
                .containsExactly(view(A, true, Optional.of(status(A))), view(B, true, Optional.of(status(B))));
        assertThat(orders.get(B)).containsExactly(NodeOrder.REPORT);
    }

    @Test
    void anOrderIsCarriedOutByTheNodeItIsFor() {
        assertThat(awaited(rolls.get(A).order(B, NodeOrder.DRAIN)))
                .isEqualTo(new Outcome.Done(view(B, true, Optional.of(status(B)))));
        assertThat(awaited(rolls.get(A).order(A, NodeOrder.UNDRAIN)))
                .isEqualTo(new Outcome.Done(view(A, true, Optional.of(status(A)))));
        assertThat(orders.get(B)).containsExactly(NodeOrder.DRAIN);
        assertThat(orders.get(A)).containsExactly(NodeOrder.UNDRAIN);
    }

    @Test
    void aRefusalIsPassedOn() {
        refusal = Optional.of("it stops");

        assertThat(awaited(rolls.get(A).order(B, NodeOrder.UNDRAIN))).isEqualTo(new Outcome.Refused("it stops"));
    }

    @Test
    void aNodeNobodyKnowsIsNotAsked() {
        assertThat(awaited(rolls.get(A).order(new NodeId("c"), NodeOrder.DRAIN))).isEqualTo(new Outcome.NoSuchNode());
        assertThat(sent).isEmpty();
    }

    @Test
    void aNodeThatCannotBeAskedIsListedAllTheSame() {
        fault = Fault.FAILS;

        assertThat(awaited(rolls.get(A).list()))
                .containsExactly(view(A, true, Optional.of(status(A))), view(B, false, Optional.empty()));
        assertThat(awaited(rolls.get(A).order(B, NodeOrder.DRAIN))).isEqualTo(new Outcome.NoAnswer());
    }

    @Test
    void anOlderNodeAnswersOnTheBusAndSaysNoMore() {
        fault = Fault.OLDER_VERSION;

        assertThat(awaited(rolls.get(A).list())).contains(view(B, true, Optional.empty()));
        assertThat(awaited(rolls.get(A).order(B, NodeOrder.DRAIN)))
                .isEqualTo(new Outcome.Refused("its version does not know such orders"));
    }

    @Test
    void anAnswerThatIsLostIsWaitedForAndOneThatIsLateOrStrangeChangesNothing() {
        fault = Fault.ANSWER_LOST;
        Future<Outcome> outcome = rolls.get(A).order(B, NodeOrder.DRAIN);
        rolls.get(A).received(new NodeReported(41, new NodeReport(Optional.empty(), status(B))));
        assertThat(outcome.isComplete()).isFalse();

        assertThat(awaited(outcome)).isEqualTo(new Outcome.NoAnswer());
        rolls.get(A).received((NodeReported) sent.getFirst());
        assertThat(outcome.result()).isEqualTo(new Outcome.NoAnswer());
    }

    @Test
    void aNodeThatLeavesIsNotWaitedFor() {
        fault = Fault.ANSWER_LOST;
        Future<Outcome> outcome = rolls.get(A).order(B, NodeOrder.DRAIN);
        rolls.get(A).nodeGone(A);
        assertThat(outcome.isComplete()).isFalse();

        rolls.get(A).nodeGone(B);
        assertThat(outcome.result()).isEqualTo(new Outcome.NoAnswer());
    }
}
