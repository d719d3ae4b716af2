package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.NodeBus.Answer;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Questions that wait for another node's answer. The event bus does not fail those to a node that dies: this does, at
 * once. Any thread.
 */
final class PendingAsks {

    private final Map<NodeId, Set<Promise<Answer>>> byNode = new ConcurrentHashMap<>();

    void add(NodeId node, Promise<Answer> ask) {
        Set<Promise<Answer>> asks = byNode.computeIfAbsent(node, name -> ConcurrentHashMap.newKeySet());
        asks.add(ask);
        ask.future().onComplete(answered -> asks.remove(ask));
    }

    /** Fails what waits for the node now. */
    void failAll(NodeId node) {
        Set<Promise<Answer>> asks = byNode.getOrDefault(node, Set.of());
        asks.forEach(ask -> ask.tryFail("node " + node + " is gone"));
    }

    int count() {
        return byNode.values().stream().mapToInt(Set::size).sum();
    }
}
