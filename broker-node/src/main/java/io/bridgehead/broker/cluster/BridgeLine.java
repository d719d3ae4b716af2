package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * One bridge's messages to another node, in order: straight to the bus's connection ({@link CargoLoader}) where that is
 * on the sender's event loop, else through the bus. One that went through the bus may wait there for a route or a
 * connection; until it has passed the loader, what comes behind it goes the same way. A line back goes by the connection
 * that the other node has made ({@link CargoReturn}), if there is one at its first message, and until that ends: TCP's
 * acknowledgements then need no segments of their own. One thread sends.
 */
final class BridgeLine implements NodeBus.Line {

    private final LoopAddress to;
    private final String address;
    private final BridgeCargo cargo;
    private final BiConsumer<LoopAddress, Outgoing> bus;
    private final AtomicInteger inTheBus = new AtomicInteger();
    /** The first message decides: another way could overtake this one. */
    private boolean undecided;
    private CargoReturn wayBack;

    /** @param back goes by the other node's connection, where there is one */
    BridgeLine(LoopAddress to, BridgeCargo cargo, BiConsumer<LoopAddress, Outgoing> bus, boolean back) {
        this.undecided = back;
        this.to = to;
        this.address = to.text();
        this.cargo = cargo;
        this.bus = bus;
    }

    @Override
    public void send(NodeMessage.OfBridge message) {
        if (undecided) {
            undecided = false;
            wayBack = cargo.wayBackTo(to.node());
        }
        if (wayBack != null && wayBack.send(message)) {
            return;
        }
        // what was lost with it, the numbers of the frames tell
        wayBack = null;
        CargoLoader connection = inTheBus.get() == 0 ? cargo.connectionTo(address) : null;
        if (connection == null || !connection.send(message)) {
            inTheBus.incrementAndGet();
            bus.accept(to, new Outgoing(message, this));
        }
    }

    /** A message has left the bus: it is in the connection, or lost. Any thread. */
    void passed() {
        inTheBus.decrementAndGet();
    }
}
