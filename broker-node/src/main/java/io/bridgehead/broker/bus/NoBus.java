package io.bridgehead.broker.bus;

import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Set;

/** The bus of a node that is no cluster: there is nobody else. */
public final class NoBus implements NodeBus {

    @Override
    public void send(LoopAddress to, NodeMessage message) {
        if (message instanceof NodeMessage.BridgeBytes frame) {
            frame.bytes().release();
        }
    }

    @Override
    public Future<Answer> ask(LoopAddress to, NodeMessage message, Duration within) {
        return Future.succeededFuture(Answer.NOT_HERE);
    }

    @Override
    public Set<NodeId> others() {
        return Set.of();
    }
}
