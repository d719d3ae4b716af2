package io.bridgehead.broker.admin;

import io.bridgehead.broker.bus.NodeOrder;
import io.bridgehead.broker.bus.NodeState;
import io.bridgehead.broker.bus.NodeStatus;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Three nodes: n1 does what it is told, n2 is silent, n3 is older and refuses. Remembers the orders. */
final class RecordedNodes implements NodeOperations {

    /** An order, and for whom. */
    record Given(NodeId node, NodeOrder order) {}

    final List<Given> orders = new CopyOnWriteArrayList<>();

    private static final Incarnation LIFE = new Incarnation(255);

    @Override
    public Future<List<View>> list() {
        return Future.succeededFuture(List.of(
                one(), silent("n2", false), silent("n3", true)));
    }

    private static View one() {
        NodeStatus status = new NodeStatus(
                RunningAdmin.NODE, LIFE, "1.2", NodeState.READY, RunningAdmin.NOW, 3, 1);
        return new View(
                RunningAdmin.NODE, true, LIFE, Optional.of("192.0.2.1:5701"), true, Optional.of(status));
    }

    private static View silent(String name, boolean answers) {
        return new View(new NodeId(name), false, LIFE, Optional.empty(), answers, Optional.empty());
    }

    @Override
    public Future<Outcome> order(NodeId node, NodeOrder order) {
        orders.add(new Given(node, order));
        return Future.succeededFuture(switch (node.name()) {
            case "n1" -> new Outcome.Done(one());
            case "n2" -> new Outcome.NoAnswer();
            case "n3" -> new Outcome.Refused("it stops");
            default -> new Outcome.NoSuchNode();
        });
    }
}
