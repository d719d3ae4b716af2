package io.bridgehead.broker.admin;

import io.bridgehead.broker.bus.NodeOrder;
import io.bridgehead.broker.bus.NodeStatus;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** The nodes of the cluster, as the API needs them. Any thread; futures complete on any thread, within some 3 s. */
public interface NodeOperations {

    /** Every member, by name; one that does not answer is among them. */
    Future<List<View>> list();

    /** Has a node carry an order out, this one or another. */
    Future<Outcome> order(NodeId node, NodeOrder order);

    /**
     * A member as this node sees it.
     *
     * @param self whether it is this node
     * @param incarnation the life that the membership knows
     * @param address where the members reach it; empty without a cluster
     * @param answers whether it answered on the bus
     * @param status what it said; empty when it did not, or is of a version that cannot
     */
    record View(
            NodeId node,
            boolean self,
            Incarnation incarnation,
            Optional<String> address,
            boolean answers,
            Optional<NodeStatus> status) {}

    /** What became of an order. */
    sealed interface Outcome {

        /** It was carried out, or was so already. */
        record Done(View node) implements Outcome {}

        /** The node said no. */
        record Refused(String why) implements Outcome {}

        /** No member has this name. */
        record NoSuchNode() implements Outcome {}

        /** Nobody knows whether it was carried out. */
        record NoAnswer() implements Outcome {}
    }
}
