package io.bridgehead.broker.bridge;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
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
 * Questions to other nodes that are answered by a message of their own, since the bus says no more than that a question
 * arrived. Bounded: none waits longer than the limit. Any thread; no future fails.
 *
 * @param <A> the answers
 */
public final class NodeQuestions<A> {

    /** What came of asking a node. */
    public sealed interface Word<A> {

        record Said<A>(A answer) implements Word<A> {}

        /** It is gone, or cannot be reached, or does not answer in time. */
        record Silence<A>() implements Word<A> {}

        /** It is of an older version, which does not know the question. */
        record NotUnderstood<A>() implements Word<A> {}
    }

    private record Pending<A>(NodeId node, Promise<Word<A>> word) {}

    private final NodeBus bus;
    private final Duration limit;
    private final AtomicLong numbers;
    private final Map<Long, Pending<A>> pending = new ConcurrentHashMap<>();

    /** @param before the number before the first question's */
    public NodeQuestions(NodeBus bus, Duration limit, long before) {
        this.bus = bus;
        this.limit = limit;
        this.numbers = new AtomicLong(before);
    }

    /** {@code question}: made for its number. */
    public Future<Word<A>> ask(NodeId node, LongFunction<NodeMessage> question) {
        long number = numbers.incrementAndGet();
        Promise<Word<A>> word = Promise.promise();
        pending.put(number, new Pending<>(node, word));
        bus.ask(LoopAddress.of(node), question.apply(number))
                .onComplete(
                        taken -> {
                            if (taken.equals(NodeBus.Answer.NOT_HERE)) {
                                word.tryComplete(new Word.NotUnderstood<>());
                            }
                        },
                        lost -> word.tryComplete(new Word.Silence<>()));
        return word.future()
                .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .<Word<A>>otherwise(late -> new Word.Silence<>())
                .onComplete(done -> pending.remove(number));
    }

    /** Gives the answer to who waits for it, if it comes from the node that was asked. */
    public void answered(long number, NodeId from, A answer) {
        Pending<A> question = pending.get(number);
        if (question != null && question.node().equals(from)) {
            question.word().tryComplete(new Word.Said<>(answer));
        }
    }

    public void nodeGone(NodeId node) {
        pending.values().stream()
                .filter(question -> question.node().equals(node))
                .forEach(question -> question.word().tryComplete(new Word.Silence<>()));
    }
}
