package io.bridgehead.broker.signalling;

import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeBus.Answer;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Takes words to connections and meetings, on this node and on others. Any thread; nothing blocks. */
final class SignallingPost {

    private static final Future<Answer> TAKEN = Future.succeededFuture(Answer.TAKEN);
    private static final Future<Answer> NOT_HERE = Future.succeededFuture(Answer.NOT_HERE);

    /** A connection or a meeting of this node. */
    interface Addressee {

        boolean inContext();

        void execute(Runnable task);

        /**
         * On its thread; false: it is over. Perhaps called from within what the addressee itself is about: its answer
         * is true at once, what it does may wait until it has done that.
         */
        boolean hear(PeerWord word);

        void nodeGone(NodeId node);

        /** On its thread: others may have gone on without this node for a while. */
        void lookAgain();
    }

    private final NodeId self;
    private final NodeBus bus;
    private final ConcurrentMap<SessionId, Addressee> addressees = new ConcurrentHashMap<>();
    private final ConcurrentMap<EventLoop, WordBatches> batches = new ConcurrentHashMap<>();

    SignallingPost(NodeId self, NodeBus bus) {
        this.self = self;
        this.bus = bus;
    }

    /** Now, when called on the loop; else as a turn of its own. */
    static void on(EventLoop loop, Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
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
     * What is sent from one event loop to one address arrives in order: at once when it lives on the same loop.
     * Completes on any thread, perhaps before this returns; failed: nobody knows whether it arrived.
     *
     * @param from the caller's event loop
     */
    Future<Answer> send(EventLoop from, SessionAddress to, PeerWord word) {
        if (!to.node().equals(self)) {
            return batches.computeIfAbsent(from, loop -> new WordBatches(bus, loop)).send(to, word);
        }
        Addressee addressee = addressees.get(to.session());
        if (addressee == null) {
            return NOT_HERE;
        }
        if (addressee.inContext()) {
            return addressee.hear(word) ? TAKEN : NOT_HERE;
        }
        Promise<Answer> answer = Promise.promise();
        addressee.execute(() -> answer.complete(addressee.hear(word) ? Answer.TAKEN : Answer.NOT_HERE));
        return answer.future();
    }

    /** From another node; on the event loop it was addressed to. */
    Answer received(NodeMessage.Signalling message) {
        long missing = 0;
        List<NodeMessage.SignallingWord> words = message.words();
        for (int n = 0; n < words.size(); n++) {
            if (!received(words.get(n))) {
                missing |= 1L << n;
            }
        }
        return Answer.of(missing);
    }

    private boolean received(NodeMessage.SignallingWord received) {
        Addressee addressee = addressees.get(received.to());
        Optional<PeerWord> word = PeerWordCodec.read(received.word());
        if (addressee == null || word.isEmpty()) {
            return false;
        }
        if (addressee.inContext()) {
            return addressee.hear(word.get());
        }
        addressee.execute(() -> addressee.hear(word.get()));
        return true;
    }

    void lookAgain() {
        addressees.values().forEach(each -> each.execute(each::lookAgain));
    }

    void nodeGone(NodeId node) {
        addressees.values().forEach(each -> each.execute(() -> each.nodeGone(node)));
    }
}
