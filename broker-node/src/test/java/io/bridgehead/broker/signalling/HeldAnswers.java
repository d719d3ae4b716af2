package io.bridgehead.broker.signalling;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A bus that takes signalling messages to other nodes, and answers when the test says so. */
final class HeldAnswers implements NodeBus {

    record Sent(LoopAddress to, List<NodeMessage.SignallingWord> words, Promise<Answer> answer) {}

    /** In their order. */
    final List<Sent> sent = new ArrayList<>();

    private final Set<NodeId> others;

    HeldAnswers(NodeId... others) {
        this.others = Set.of(others);
    }

    @Override
    public void send(LoopAddress to, NodeMessage message) {
        throw new IllegalStateException("every word is answered");
    }

    @Override
    public Future<Answer> ask(LoopAddress to, NodeMessage message, Duration limit) {
        Promise<Answer> answer = Promise.promise();
        sent.add(new Sent(to, ((NodeMessage.Signalling) message).words(), answer));
        return answer.future();
    }

    @Override
    public Set<NodeId> others() {
        return others;
    }
}
