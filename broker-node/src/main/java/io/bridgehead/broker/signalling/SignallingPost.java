package io.bridgehead.broker.signalling;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeBus.Answer;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Takes words to connections and meetings, on this node and on others. Any thread; nothing blocks, nothing throws. */
final class SignallingPost {

    /** A connection or a meeting of this node. */
    interface Addressee {

        boolean inContext();

        void execute(Runnable task);

        /** On its thread; false: it is over. */
        boolean hear(PeerWord word);

        void nodeGone(NodeId node);

        /** On its thread: others may have gone on without this node for a while. */
        void lookAgain();
    }

    private final NodeId self;
    private final NodeBus bus;
    private final ConcurrentMap<SessionId, Addressee> addressees = new ConcurrentHashMap<>();

    SignallingPost(NodeId self, NodeBus bus) {
        this.self = self;
        this.bus = bus;
    }

    void add(SessionAddress address, Addressee addressee) {
        addressees.put(address.session(), addressee);
    }

    void remove(SessionAddress address) {
        addressees.remove(address.session());
    }

    boolean isHere(NodeId node) {
        return node.equals(self);
    }

    /** Whether the node is this one or a member now. */
    boolean reaches(NodeId node) {
        return isHere(node) || bus.others().contains(node);
    }

    /**
     * What is sent from one thread to one address arrives in order. Completes on any thread; failed: nobody knows
     * whether it arrived.
     */
    Future<Answer> send(SessionAddress to, PeerWord word) {
        if (!to.node().equals(self)) {
            return bus.ask(LoopAddress.of(to), new NodeMessage.Signalling(to.session(), PeerWordCodec.write(word)));
        }
        Addressee addressee = addressees.get(to.session());
        if (addressee == null) {
            return Future.succeededFuture(Answer.NOT_HERE);
        }
        Promise<Answer> answer = Promise.promise();
        addressee.execute(() -> answer.complete(addressee.hear(word) ? Answer.TAKEN : Answer.NOT_HERE));
        return answer.future();
    }

    /** From another node; on the event loop it was addressed to. */
    Answer received(NodeMessage.Signalling message) {
        Addressee addressee = addressees.get(message.to());
        Optional<PeerWord> word = PeerWordCodec.read(message.word());
        if (addressee == null || word.isEmpty()) {
            return Answer.NOT_HERE;
        }
        if (addressee.inContext()) {
            return addressee.hear(word.get()) ? Answer.TAKEN : Answer.NOT_HERE;
        }
        addressee.execute(() -> addressee.hear(word.get()));
        return Answer.TAKEN;
    }

    void lookAgain() {
        addressees.values().forEach(each -> each.execute(each::lookAgain));
    }

    void nodeGone(NodeId node) {
        addressees.values().forEach(each -> each.execute(() -> each.nodeGone(node)));
    }
}
