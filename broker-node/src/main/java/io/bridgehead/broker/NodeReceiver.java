package io.bridgehead.broker;

import io.bridgehead.broker.bridge.Switchboard;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.signalling.SignallingListener;

/** Gives what other nodes say to whom it is for: a room has its own messages, the rest is the switchboard's. */
record NodeReceiver(Switchboard switchboard, SignallingListener signalling) implements NodeBus.Receiver {

    @Override
    public NodeBus.Answer received(NodeMessage message) {
        return message instanceof NodeMessage.Signalling word
                ? signalling.received(word)
                : switchboard.received(message);
    }

    @Override
    public void nodeGone(NodeId node) {
        switchboard.nodeGone(node);
        signalling.nodeGone(node);
    }
}
