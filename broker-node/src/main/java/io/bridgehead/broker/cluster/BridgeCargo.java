package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.BusTap;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.config.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Takes the bytes of bridges past the buffers of the event bus, which would copy each of them five times between two
 * sockets. On the wire a frame is the bus's own, bytes and all. Inside a process, between the message codec and the
 * socket, a frame carries a ticket in their place, and so keeps its turn among all other messages.
 *
 * <pre>
 *  codec --ticket--> Vert.x --ticket--> {@link CargoLoader} --bytes--> [TLS] -> socket
 *  codec <--ticket-- Vert.x <--ticket-- {@link CargoUnloader} <--bytes-- [TLS] <- socket
 * </pre>
 *
 * A ticket begins with a number that only this process knows, so that no peer can make one. Any thread.
 */
final class BridgeCargo implements BusTap {

    /** The process's number and the ticket's, at the end of a frame. */
    static final int TICKET_BYTES = 2 * Long.BYTES;

    /** Fewer are copied sooner than they are sent by themselves. */
    static final int MIN_BYTES = 4 * 1024;

    /** What came for an address that nobody listens at any more is thrown away after this time. */
    private static final Duration UNCLAIMED = Duration.ofSeconds(10);

    /** Frames are just beyond 64 KiB: one read then holds most of one or more. */
    private static final int MAX_READ = 128 * 1024;

    private record Arrived(ByteBuf bytes, long nanos) {}

    private final Endpoint bus;
    private final LongSupplier nanoTime;
    private final long mark;
    private final AtomicLong tickets = new AtomicLong();
    private final Map<Long, Outgoing> leaving = new ConcurrentHashMap<>();
    private final Map<Long, Arrived> arrived = new ConcurrentHashMap<>();
    private volatile boolean fitted;
    private volatile EventLoop loop;

    BridgeCargo(Endpoint bus, SecureRandom random, LongSupplier nanoTime) {
        this.bus = bus;
        this.nanoTime = nanoTime;
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
        ChannelHandler vertx = connection.pipeline().get("handler");
        if (vertx == null) {
            // it comes last, once the TLS hand-shake is done
            connection.pipeline().addLast(new CargoUnloader(this));
        } else {
            connection.pipeline().addBefore("handler", null, new CargoUnloader(this));
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

    /** False: few bytes, or the transport does not show its connections; then the frame carries them itself. */
    boolean takes(NodeMessage message) {
        return fitted && message instanceof NodeMessage.BridgeBytes frame && frame.bytes().readableBytes() >= MIN_BYTES;
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

    private static long ticketOf(ByteBuf frame) {
        return frame.getLong(frame.writerIndex() - Long.BYTES);
    }

    /** The bytes that belong into this frame, which are the caller's now; null: the message was given up. */
    ByteBuf load(ByteBuf frame) {
        Outgoing outgoing = leaving.remove(ticketOf(frame));
        return outgoing == null ? null : outgoing.takeBytes();
    }

    // ---- in

    /** Keeps bytes that arrived; the ticket for them ends the frame. */
    void unload(ByteBuf bytes, ByteBuf frame) {
        long ticket = tickets.incrementAndGet();
        arrived.put(ticket, new Arrived(bytes, nanoTime.getAsLong()));
        frame.writeLong(mark);
        frame.writeLong(ticket);
    }

    /** The bytes of this frame, which are the caller's now; null: they were not claimed for too long. */
    ByteBuf claim(ByteBuf frame) {
        Arrived there = arrived.remove(ticketOf(frame));
        return there == null ? null : there.bytes();
    }

    /** Throws away what nobody claims. To be called about once a second. */
    void sweep() {
        long now = nanoTime.getAsLong();
        arrived.forEach((ticket, there) -> {
            if (now - there.nanos() > UNCLAIMED.toNanos() && arrived.remove(ticket, there)) {
                there.bytes().release();
            }
        });
    }

    /** Releases everything; the bus is closed. */
    void close() {
        arrived.keySet().forEach(ticket -> {
            Arrived there = arrived.remove(ticket);
            if (there != null) {
                there.bytes().release();
            }
        });
    }

    /** Bytes that wait for their message. */
    int waiting() {
        return arrived.size();
    }
}
