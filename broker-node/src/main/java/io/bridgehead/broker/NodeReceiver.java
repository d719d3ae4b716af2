package io.bridgehead.broker;

import io.bridgehead.broker.bridge.Switchboard;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.relay.RelayListener;
import io.bridgehead.broker.signalling.SignallingListener;

/** Gives what other nodes say to whom it is for: a room has its own messages, so has the node, the rest is the switchboard's. */
record NodeReceiver(Switchboard switchboard, SignallingListener signalling, RelayListener relay, NodeRoll roll) implements NodeBus.Receiver {

    @Override
    public NodeBus.Answer received(NodeMessage message) {
        return switch (message) {
            case NodeMessage.Signalling word -> signalling.received(word);
            case NodeMessage.Relay word -> relay.received(word);
            case NodeMessage.OfNode ofNode -> roll.received(ofNode);
            default -> switchboard.received(message);
        };
    }

    @Override
    public void nodeGone(NodeId node) {
        switchboard.nodeGone(node);
        signalling.nodeGone(node);
        relay.nodeGone(node);
        roll.nodeGone(node);
    }
}
