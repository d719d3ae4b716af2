package io.bridgehead.broker.faults;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** One end of one bridge, as its user sees it: what went in here and what came out here. Any thread. */
final class Leg {

    private final History history;
    private final long bridge;
    private final String user;
    private final NumberedBytes outgoing;
    private final NumberedBytes incoming;
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong got = new AtomicLong();
    private volatile long wrongAt = -1;

    Leg(History history, long bridge, String user, boolean caller) {
        this.history = history;
        this.bridge = bridge;
        this.user = user;
        this.outgoing = new NumberedBytes(bridge, caller);
        this.incoming = new NumberedBytes(bridge, !caller);
    }

    void join(int connection, String node) {
        history.add(new History.Joined(System.nanoTime(), bridge, user, connection, node));
        connected.complete(null);
    }

    boolean joined() {
        return connected.isDone() && !connected.isCompletedExceptionally();
    }

    void told() {
        history.add(new History.Told(System.nanoTime(), bridge, user));
        over.complete(null);
    }

    /** The connection ended under it. */
    void cutOff() {
        connected.completeExceptionally(new IllegalStateException("connection closed"));
        over.complete(null);
    }

    /** Ends it from this side. */
    void leave() {
        history.add(new History.Left(System.nanoTime(), bridge, user));
        over.complete(null);
    }

    CompletableFuture<Void> connected() {
        return connected;
    }

    CompletableFuture<Void> over() {
        return over;
    }

    /** The next bytes to send; they count as sent from now on. */
    byte[] next(int length) {
        return outgoing.from(sent.getAndAdd(length), length);
    }

    void got(byte[] buffer, int from, int length) {
        long position = got.getAndAdd(length);
        if (wrongAt < 0) {
            int wrong = incoming.firstWrong(position, buffer, from, length);
            if (wrong >= 0) {
                wrongAt = position + wrong;
            }
        }
    }

    long sent() {
        return sent.get();
    }

    long got() {
        return got.get();
    }

    /** Puts into the history what came out here of what {@code other} sent. */
    void account(Leg other) {
        history.add(new History.Carried(
                System.nanoTime(), bridge, other.user, user, other.sent.get(), got.get(), wrongAt));
    }

    @Override
    public String toString() {
        return user + " sent " + sent + " got " + got + (over.isDone() ? " over" : "");
    }
}
