package io.bridgehead.broker.cluster;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * How many bytes of bridges may be on their way between two nodes: on a connection they stand before every other
 * message. The bus's own pings tell what has arrived, and how long it took; what may be on the way grows while it
 * arrives soon. Pure; one thread.
 */
final class Transit {

    /** Always allowed: as much as one fast bridge needs (ADR 0011). */
    static final int LEAST = 1024 * 1024;

    /** So much longer than without load, in nanoseconds, may a ping take: other messages wait as long. */
    static final long PATIENCE = 20_000_000;

    /** Of what may be on the way, this part is taken back at a ping that took too long. */
    private static final int STEP_BACK = 4;

    /** So many pings follow what may be on the way: each costs both nodes a write and a read. */
    private static final int PINGS = 2;

    /** @param sent bytes that went before the ping */
    private record Ping(boolean ofBus, long sent, long nanos) {}

    private final Queue<Ping> pings = new ArrayDeque<>();
    private long sent;
    private long pinged;
    private long arrived;
    private long window = LEAST;
    private long shortest = Long.MAX_VALUE;
    private boolean full;

    /** Whether another frame may go. */
    boolean hasRoom() {
        boolean room = sent - arrived < window;
        full |= !room;
        return room;
    }

    void sent(int bytes) {
        sent += bytes;
    }

    /** Whether a ping is due behind what was sent. */
    boolean pingIsDue() {
        return sent - pinged >= window / PINGS;
    }

    /** A ping goes, the bus's own or one of ours. */
    void ping(boolean ofBus, long nanos) {
        pinged = sent;
        pings.add(new Ping(ofBus, sent, nanos));
    }

    /** Whether an answer is due. */
    boolean isAsked() {
        return !pings.isEmpty();
    }

    /** A ping has been answered; whether it is the bus that waits for the answer. They come in order. */
    boolean pong(long nanos) {
        Ping ping = pings.poll();
        if (ping == null) {
            return true;
        }
        long took = nanos - ping.nanos();
        shortest = Math.min(shortest, took);
        if (took - shortest > PATIENCE) {
            window = Math.max(LEAST, window - window / STEP_BACK);
        } else if (full) {
            window += ping.sent() - arrived;
        }
        full = false;
        arrived = ping.sent();
        return ping.ofBus();
    }

    /** Bytes that may be on their way. */
    long window() {
        return window;
    }
}
