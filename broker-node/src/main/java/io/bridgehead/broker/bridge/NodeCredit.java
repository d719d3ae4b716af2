package io.bridgehead.broker.bridge;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all bridges to one other node together may have on their way: the event bus has no back-pressure, and control
 * messages share its one connection with them. While more than half is in use, no bridge gets beyond its even share; and
 * the less is left, the less of it one bridge may have. So readers who have stopped, who give nothing back, leave
 * something to all others. Any thread.
 */
final class NodeCredit {

    /** An even share is never less: smaller frames would cost more than they carry. */
    static final int MIN_SHARE = 16 * 1024;

    /** When this part of the limit is left, it goes in pieces of {@link #MIN_SHARE}: to all who ask, not to the first. */
    private static final int SCARCE = 8;

    /** Half of what is left is one bridge's at most, but for this part of the limit, which must do for many. */
    private static final int RESERVE = 16;

    /** So many of them, at least, can have some of it. */
    private static final int MANY = 256;

    /** Less is not worth a frame. */
    private static final int LEAST_SHARE = 1024;

    private final long limit;
    private final AtomicLong outstanding = new AtomicLong();
    private final AtomicLong gifts = new AtomicLong();
    private final AtomicInteger bridges = new AtomicInteger();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** {@code limit}: bytes. */
    NodeCredit(long limit) {
        this.limit = limit;
    }

    void bridgeOpened() {
        bridges.incrementAndGet();
    }

    /** {@code unacknowledged}: what the bridge had on its way, given back. */
    void bridgeClosed(long unacknowledged) {
        bridges.decrementAndGet();
        give(unacknowledged);
    }

    /**
     * Takes up to {@code wanted} bytes for a bridge that has {@code own} on their way; answers how many, 0 when it must
     * wait.
     */
    int take(int wanted, long own) {
        while (true) {
            long used = outstanding.get();
            long free = limit - used;
            int taken = (int) Math.max(0, used > limit / 2 ? piece(wanted, own, free) : Math.min(wanted, free));
            if (taken == 0 || outstanding.compareAndSet(used, used + taken)) {
                return taken;
            }
        }
    }

    private long piece(int wanted, long own, long free) {
        long share = share(free);
        long piece = free < limit / SCARCE ? Math.min(wanted, MIN_SHARE) : wanted;
        long room = Math.min(free, share - own);
        // crumbs would come with each gift, to all who wait
        boolean crumb = room < piece && room < Math.min(MIN_SHARE, share / 2);
        return crumb ? 0 : Math.min(piece, room);
    }

    private long share(long free) {
        long even = Math.max(MIN_SHARE, limit / Math.max(1, bridges.get()));
        long ofWhatIsLeft = Math.max((free - limit / RESERVE) / 2, free / MANY);
        return Math.min(even, Math.max(LEAST_SHARE, ofWhatIsLeft));
    }

    /** Gives bytes back, and lets those who wait try again in turn. */
    void give(long bytes) {
        outstanding.addAndGet(-bytes);
        gifts.incrementAndGet();
        for (int turns = waiting.size(); turns > 0 && outstanding.get() < limit; turns--) {
            Runnable next = waiting.poll();
            if (next == null) {
                return;
            }
            next.run();
        }
    }

    /** How often something was given back: to be read before {@link #take}, for {@link #awaitRoom}. */
    long gifts() {
        return gifts.get();
    }

    /**
     * Calls {@code retry} once, on any thread, when there may be room again: at the next gift, or at once if there was
     * one after {@code before}, which another thread may have given between the look and the wait.
     */
    void awaitRoom(long before, Runnable retry) {
        waiting.add(retry);
        // whoever gives from here on finds it in the queue; who gave before may not have
        if (gifts.get() != before && waiting.remove(retry)) {
            retry.run();
        }
    }

    long outstanding() {
        return outstanding.get();
    }
}
