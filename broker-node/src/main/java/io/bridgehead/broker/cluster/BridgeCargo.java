package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.BusTap;
import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeMessageCodec;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.model.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Takes the messages of bridges past the event bus, on the bus's own connections and at first in its own form, which a node
 * of any version reads. Inside, a byte is not copied between two sockets, and a message is not queued between two handlers.
 *
 * <pre>
 *  a connection to another node:
 *  {@link BridgeLine} ------------------> {@link CargoLoader} --> [TLS] -> socket
 *            +-- codec --ticket--> Vert.x --ticket--^
 *  Receiver <----------------------------- {@link CargoUnloader} <-- [TLS] <- socket
 *
 *  a connection from another node:
 *  Receiver <---------------------------- {@link CargoUnloader} <-- [TLS] <- socket
 *            codec <------------- Vert.x <-- others--+
 *  {@link BridgeLine}, back ------------> {@link CargoReturn} --> [TLS] -> socket
 * </pre>
 *
 * Where both nodes know it, what a bridge sends goes back by the connection that brings what it gets (ADR 0037), and
 * neither way with the bus's fields, which nobody there reads.
 *
 * A message that goes out through the bus, as the first of a bridge may, has a ticket in place of its bytes and so keeps
 * its turn. A ticket begins with a number that only this process knows, so that no peer can make one. Any thread.
 */
final class BridgeCargo implements BusTap {

    /** The process's number and the ticket's, at the end of a frame. */
    static final int TICKET_BYTES = 2 * Long.BYTES;

    /** Fewer are copied sooner than they are sent by themselves. */
    static final int MIN_BYTES = 4 * 1024;

    /** Frames are just beyond 64 KiB: one read then holds most of one or more. */
    private static final int MAX_READ = 128 * 1024;

    /** Who takes what comes for an event loop; {@code address} as it is in a frame. */
    private record Door(NodeId self, ByteBuf address, EventLoop loop, Consumer<NodeMessage.OfBridge> receiver) {}

    private final Endpoint bus;
    private final long mark;
    private final AtomicLong tickets = new AtomicLong();
    private final Map<Long, Outgoing> leaving = new ConcurrentHashMap<>();
    /** By the address of the loop there; what the bus itself sends by, so no more than there are members. */
    private final Map<String, CargoLoader> connections = new ConcurrentHashMap<>();
    /** By who made the connection; no more than there are connections to the bus. */
    private final Map<NodeId, CargoReturn> waysBack = new ConcurrentHashMap<>();
    private volatile boolean fitted;
    private volatile EventLoop loop;
    private volatile Door door;

    BridgeCargo(Endpoint bus, SecureRandom random) {
        this.bus = bus;
        this.mark = random.nextLong();
    }

    // ---- connections

    @Override
    public void fitted() {
        fitted = true;
    }

    @Override
    public boolean serves(String host, int port) {
        return bus.host().equals(host) && bus.port() == port;
    }

    @Override
    public void accepted(Channel connection) {
        loop = connection.eventLoop();
        connection.config().setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(64, 2048, MAX_READ));
        CargoReturn back = new CargoReturn(this, System::nanoTime);
        ChannelHandler[] ours = {back, CargoUnloader.of(this, back::said)};
        ChannelHandler vertx = connection.pipeline().get("handler");
        for (ChannelHandler each : ours) {
            if (vertx == null) {
                // it comes last, once the TLS hand-shake is done
                connection.pipeline().addLast(each);
            } else {
                connection.pipeline().addBefore("handler", null, each);
            }
        }
    }

    @Override
    public void dialling(Channel connection) {
        connection.pipeline().addLast(new CargoLoader(this));
    }

    /** Where the bus's connections live: Vert.x has them all on one event loop, its first. */
    Optional<EventLoop> loop() {
        return Optional.ofNullable(loop);
    }

    // ---- out

    /** The bus sends to this address by this connection. */
    void connected(String address, CargoLoader connection) {
        connections.put(address, connection);
    }

    /** The bus has asked by it whether the node is there: who does not answer is not sent anything back either. */
    void disconnected(String address, CargoLoader connection) {
        if (connections.remove(address, connection)) {
            waysBack.keySet().stream()
                    .filter(node -> LoopAddress.isOf(node.name(), address))
                    .forEach(this::forgetWayBack);
        }
    }

    /** What is sent to this node asks the bus for the way again. */
    void forget(NodeId node) {
        connections.keySet().removeIf(address -> LoopAddress.isOf(node.name(), address));
        forgetWayBack(node);
    }

    private void forgetWayBack(NodeId node) {
        CargoReturn connection = waysBack.remove(node);
        if (connection != null) {
            connection.giveUp();
        }
    }

    /** The connection that the bus sends to this address by; null: that is not known. */
    CargoLoader connectionTo(String address) {
        return connections.get(address);
    }

    /** This node has made a connection to us by which it reads what we send to it. */
    void wayBack(NodeId node, CargoReturn connection) {
        waysBack.put(node, connection);
    }

    void noWayBack(NodeId node, CargoReturn connection) {
        waysBack.remove(node, connection);
    }

    /** The connection from this node that takes what is sent to it; null: there is none. */
    CargoReturn wayBackTo(NodeId node) {
        return waysBack.get(node);
    }

    /** Whether the {@link CargoLoader} will see to it: for a line, and for bytes that are worth it. */
    boolean takes(Outgoing outgoing) {
        return fitted
                && (outgoing.isOfLine()
                        || outgoing.message() instanceof NodeMessage.BridgeBytes frame
                                && frame.bytes().readableBytes() >= MIN_BYTES);
    }

    /** Ends a frame whose bytes will be put in by the {@link CargoLoader}. */
    void writeTicket(Outgoing outgoing, ByteBuf frame) {
        long ticket = tickets.incrementAndGet();
        leaving.put(ticket, outgoing);
        outgoing.onRelease(() -> leaving.remove(ticket));
        frame.writeLong(mark);
        frame.writeLong(ticket);
    }

    boolean hasTicket(ByteBuf frame) {
        return frame.readableBytes() >= TICKET_BYTES && frame.getLong(frame.writerIndex() - TICKET_BYTES) == mark;
    }

    /** Whether the frame's ticket is for the credit of a bridge. */
    boolean isCredit(ByteBuf frame) {
        Outgoing outgoing = leaving.get(ticketOf(frame));
        return outgoing != null && outgoing.message() instanceof NodeMessage.BridgeCredit;
    }

    /** The bytes that belong into this frame, which are the caller's now; null: the message was given up. */
    ByteBuf load(ByteBuf frame) {
        Outgoing outgoing = leaving.remove(ticketOf(frame));
        return outgoing == null ? null : outgoing.takeBytes();
    }

    private static long ticketOf(ByteBuf frame) {
        return frame.getLong(frame.writerIndex() - Long.BYTES);
    }

    // ---- in

    /** From here on messages of bridges to this address, the one of that loop, are for the receiver, on the loop. */
    void open(LoopAddress address, EventLoop on, Consumer<NodeMessage.OfBridge> receiver) {
        byte[] text = address.text().getBytes(StandardCharsets.UTF_8);
        ByteBuf inFrame = Unpooled.buffer(Integer.BYTES + text.length).writeInt(text.length).writeBytes(text);
        door = new Door(address.node(), Unpooled.unreleasableBuffer(inFrame.asReadOnly()), on, receiver);
    }

    /**
     * Where a message of a bridge begins, or one of the connection, in a frame that begins at {@code start}; -1: it is
     * none, is not for this event loop, or does not begin before the buffer ends.
     */
    int messageIn(ByteBuf in, int start, EventLoop on) {
        if (!isOpenOn(on)) {
            return -1;
        }
        int message = BridgeFrame.messageIn(in, start);
        boolean ours = message >= 0
                && NodeMessageCodec.isBelowTheBus(in, message)
                && (BridgeFrame.isBare(in, start) || isForUs(in, start, message));
        return ours ? message : -1;
    }

    private boolean isForUs(ByteBuf in, int start, int message) {
        ByteBuf open = door.address();
        int address = open.readableBytes();
        return message - start >= BridgeFrame.ADDRESS + address
                && ByteBufUtil.equals(in, start + BridgeFrame.ADDRESS, open, 0, address);
    }

    /** Whether messages of bridges that come by a connection on this event loop are taken. */
    boolean isOpenOn(EventLoop on) {
        Door open = door;
        return open != null && open.loop() == on;
    }

    /** Who we are to other nodes; once it is open. */
    NodeId self() {
        return door.self();
    }

    /** Takes over the message; on its loop. */
    void give(NodeMessage.OfBridge message) {
        door.receiver().accept(message);
    }
}
