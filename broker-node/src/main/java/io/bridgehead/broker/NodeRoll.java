package io.bridgehead.broker;

import io.bridgehead.broker.admin.NodeOperations;
import io.bridgehead.broker.bridge.NodeQuestions;
import io.bridgehead.broker.bridge.NodeQuestions.Word;
import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeOrder;
import io.bridgehead.broker.bus.NodeOrdered;
import io.bridgehead.broker.bus.NodeReport;
import io.bridgehead.broker.bus.NodeReported;
import io.bridgehead.broker.cluster.Fellow;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Asks the nodes of the cluster how they stand and gives them their operator's orders, this one among them. Any
 * thread.
 */
final class NodeRoll implements NodeOperations {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final NodeId self;
    private final NodeBus bus;
    private final Supplier<List<Fellow>> fellows;
    private final Function<NodeOrder, Future<NodeReport>> own;
    private final NodeQuestions<NodeReport> questions;

    /**
     * @param fellows the nodes that are members now, this one among them
     * @param own carries an order out on this node
     * @param beforeFirst the number before the first question's: another one in each life, so that an answer to an
     *     earlier one finds nobody
     */
    NodeRoll(
            NodeId self,
            NodeBus bus,
            Supplier<List<Fellow>> fellows,
            Function<NodeOrder, Future<NodeReport>> own,
            long beforeFirst) {
        this.self = self;
        this.bus = bus;
        this.fellows = fellows;
        this.own = own;
        this.questions = new NodeQuestions<>(bus, PATIENCE, beforeFirst);
    }

    @Override
    public Future<List<View>> list() {
        List<Future<View>> views = fellows.get().stream()
                .sorted(Comparator.comparing(fellow -> fellow.node().name()))
                .map(fellow -> ask(fellow.node(), NodeOrder.REPORT).map(answer -> view(fellow, answer)))
                .toList();
        return Future.join(views).map(all -> all.list());
    }

    @Override
    public Future<Outcome> order(NodeId node, NodeOrder order) {
        Optional<Fellow> found =
                fellows.get().stream().filter(fellow -> fellow.node().equals(node)).findFirst();
        if (found.isEmpty()) {
            return Future.succeededFuture(new Outcome.NoSuchNode());
        }
        return ask(node, order).map(answer -> switch (answer) {
            case Word.Said<NodeReport>(NodeReport report) -> report.refusal()
                    .<Outcome>map(Outcome.Refused::new)
                    .orElseGet(() -> new Outcome.Done(view(found.get(), answer)));
            case Word.NotUnderstood<NodeReport> n -> new Outcome.Refused("its version does not know such orders");
            case Word.Silence<NodeReport> s -> new Outcome.NoAnswer();
        });
    }

    private Future<Word<NodeReport>> ask(NodeId node, NodeOrder order) {
        return node.equals(self)
                ? own.apply(order).map(Word.Said::new)
                : questions.ask(node, number -> new NodeOrdered(self, number, order));
    }

    private View view(Fellow fellow, Word<NodeReport> answer) {
        return new View(
                fellow.node(),
                fellow.node().equals(self),
                fellow.incarnation(),
                fellow.address(),
                !(answer instanceof Word.Silence),
                answer instanceof Word.Said<NodeReport>(NodeReport report) ? Optional.of(report.status()) : Optional.empty());
    }

    /** What another node says to this one. On the event loop it came on. */
    NodeBus.Answer received(NodeMessage.OfNode message) {
        switch (message) {
            case NodeOrdered(NodeId from, long number, NodeOrder order) -> own.apply(order)
                    .onSuccess(report -> bus.send(LoopAddress.of(from), new NodeReported(number, report)));
            case NodeReported(long number, NodeReport report) ->
                questions.answered(number, report.status().node(), report);
        }
        return NodeBus.Answer.TAKEN;
    }

    /** A node has left: it will not answer. */
    void nodeGone(NodeId node) {
        questions.nodeGone(node);
    }
}
