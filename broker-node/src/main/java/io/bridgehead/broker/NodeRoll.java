package io.bridgehead.broker;

import io.bridgehead.broker.admin.NodeOperations;
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
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Asks the nodes of the cluster how they stand and gives them their operator's orders, this one among them. An answer
 * comes as a message of its own, since the bus says no more than that a question arrived. Any thread.
 */
final class NodeRoll implements NodeOperations {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final NodeId self;
    private final NodeBus bus;
    private final Supplier<List<Fellow>> fellows;
    private final Function<NodeOrder, Future<NodeReport>> own;
    private final AtomicLong numbers;
    private final Map<Long, Promise<Answer>> waiting = new ConcurrentHashMap<>();

    /** What a node said, if it did. */
    private sealed interface Answer {

        record Told(NodeReport report) implements Answer {}

        /** It is there, and does not know the question. */
        record NotUnderstood() implements Answer {}

        record Silence() implements Answer {}
    }

    /**
     * @param fellows the nodes that are members now, this one among them
     * @param own carries an order out on this node
     * @param firstNumber of the questions: another one in each life, so that an answer to an earlier one finds nobody
     */
    NodeRoll(
            NodeId self,
            NodeBus bus,
            Supplier<List<Fellow>> fellows,
            Function<NodeOrder, Future<NodeReport>> own,
            long firstNumber) {
        this.self = self;
        this.bus = bus;
        this.fellows = fellows;
        this.own = own;
        this.numbers = new AtomicLong(firstNumber);
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
            case Answer.Told(NodeReport report) -> report.refusal()
                    .<Outcome>map(Outcome.Refused::new)
                    .orElseGet(() -> new Outcome.Done(view(found.get(), answer)));
            case Answer.NotUnderstood n -> new Outcome.Refused("its version does not know such orders");
            case Answer.Silence s -> new Outcome.NoAnswer();
        });
    }

    private Future<Answer> ask(NodeId node, NodeOrder order) {
        if (node.equals(self)) {
            return own.apply(order).map(Answer.Told::new);
        }
        long number = numbers.incrementAndGet();
        Promise<Answer> answer = Promise.promise();
        waiting.put(number, answer);
        bus.ask(LoopAddress.of(node), new NodeOrdered(self, number, order))
                .onComplete(
                        arrived -> {
                            if (arrived == NodeBus.Answer.NOT_HERE) {
                                answer.tryComplete(new Answer.NotUnderstood());
                            }
                        },
                        nobodyKnows -> answer.tryComplete(new Answer.Silence()));
        return answer.future()
                .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .otherwise(new Answer.Silence())
                .onComplete(told -> waiting.remove(number));
    }

    private View view(Fellow fellow, Answer answer) {
        return new View(
                fellow.node(),
                fellow.node().equals(self),
                fellow.incarnation(),
                fellow.address(),
                !(answer instanceof Answer.Silence),
                answer instanceof Answer.Told(NodeReport report) ? Optional.of(report.status()) : Optional.empty());
    }

    /** What another node says to this one. On the event loop it came on. */
    NodeBus.Answer received(NodeMessage.OfNode message) {
        switch (message) {
            case NodeOrdered(NodeId from, long number, NodeOrder order) -> own.apply(order)
                    .onSuccess(report -> bus.send(LoopAddress.of(from), new NodeReported(number, report)));
            case NodeReported(long number, NodeReport report) ->
                Optional.ofNullable(waiting.get(number)).ifPresent(asked -> asked.tryComplete(new Answer.Told(report)));
        }
        return NodeBus.Answer.TAKEN;
    }
}
