package io.bridgehead.broker.bridge;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.ViewMessage;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * Questions to other nodes that are answered by a message of their own. Bounded: none waits longer than the limit. Any
 * thread; no future fails.
 */
final class NodeQuestions {

    /** What came of asking a node. */
    sealed interface Word {

        record Said(ViewMessage message) implements Word {}

        /** It is gone, or cannot be reached, or does not answer in time. */
        record Silence() implements Word {}

        /** It is of an older version, which does not know the question. */
        record NotUnderstood() implements Word {}
    }

    private record Pending(NodeId node, Promise<Word> word) {}

    private final NodeBus bus;
    private final Duration limit;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();

    NodeQuestions(NodeBus bus, Duration limit) {
        this.bus = bus;
        this.limit = limit;
    }

    /** {@code question}: made for its number. */
    Future<Word> ask(NodeId node, LongFunction<ViewMessage> question) {
        long number = numbers.incrementAndGet();
        Promise<Word> word = Promise.promise();
        pending.put(number, new Pending(node, word));
        bus.ask(LoopAddress.of(node), new NodeMessage.OfView(question.apply(number)))
                .onComplete(
                        taken -> {
                            if (taken == NodeBus.Answer.NOT_HERE) {
                                word.tryComplete(new Word.NotUnderstood());
                            }
                        },
                        lost -> word.tryComplete(new Word.Silence()));
        return word.future()
                .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .<Word>otherwise(late -> new Word.Silence())
                .onComplete(done -> pending.remove(number));
    }

    /** Gives the answer to who waits for it, if it comes from the node that was asked. */
    void answered(ViewMessage answer) {
        Pending question = pending.get(answer.question());
        if (question != null && question.node().equals(answer.from())) {
            question.word().tryComplete(new Word.Said(answer));
        }
    }

    void nodeGone(NodeId node) {
        pending.values().stream()
                .filter(question -> question.node().equals(node))
                .forEach(question -> question.word().tryComplete(new Word.Silence()));
    }

    int waiting() {
        return pending.size();
    }
}
