package io.bridgehead.broker.bus;

import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;

/**
 * Where a message goes: one event loop of one node. There is one consumer for each, never one for a client: every
 * clustered consumer is a row of a cluster-wide map. Immutable, any thread.
 */
public record LoopAddress(NodeId node, int loop) {

    private static final String PREFIX = "node/";

    /** The loop that a session lives on. */
    public static LoopAddress of(SessionAddress session) {
        return new LoopAddress(session.node(), session.session().loop());
    }

    /**
     * For what concerns no session, and for the bytes of bridges: any loop of the node would do, and on this one the
     * connections of the bus live ({@link NodeBus#loop}), so that it is reached without a hand-over.
     */
    public static LoopAddress of(NodeId node) {
        return new LoopAddress(node, 0);
    }

    /** The event-bus address. */
    public String text() {
        return PREFIX + node.name() + "/" + loop;
    }

    /** Whether an event-bus address is that of an event loop. */
    public static boolean isOne(String text) {
        return text.startsWith(PREFIX);
    }

    /** Whether an event-bus address is that of an event loop of the node of this name; null is nobody's name. */
    public static boolean isOf(String node, String text) {
        return node != null && text.substring(0, text.lastIndexOf('/') + 1).equals(PREFIX + node + "/");
    }
}
