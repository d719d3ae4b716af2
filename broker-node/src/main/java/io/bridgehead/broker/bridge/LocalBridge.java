package io.bridgehead.broker.bridge;

import io.bridgehead.broker.model.CallId;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/**
 * A bridge whose two ends are on this node: a direct pipe.
 *
 * <p>Each direction holds at most {@code window} bytes of buffers between the two event loops and at most the
 * write-queue mark of the receiving connection (the same figure at most) behind them; a reader that stops reading so
 * stops its writer. On one event loop bytes go straight from socket to socket.
 *
 * <p>Each {@link Side} belongs to its connection's context; the two talk through tasks on each other's event loop.
 */
final class LocalBridge {

    /** What a chunk costs besides its bytes: many tiny ones must not hold more memory than the window says. */
    private static final int CHUNK_OVERHEAD = 256;

    private final CallId call;
    private final int window;
    private final LongConsumer bytesMeter;
    private final Runnable onEnd;
    private final Side caller = new Side();
    private final Side callee = new Side();

    LocalBridge(CallId call, int window, LongConsumer bytesMeter, Runnable onEnd) {
        this.call = call;
        this.window = window;
        this.bytesMeter = bytesMeter;
        this.onEnd = onEnd;
        caller.other = callee;
        callee.other = caller;
    }

    /** The caller's end; it reads nothing until the callee's end is there. */
    Bridge attachCaller(BridgeEnd end) {
        caller.end = end;
        end.hold();
        return caller;
    }

    /** The callee's end, which moves to the caller's event loop if it can; then both read. */
    Bridge attachCallee(BridgeEnd end) {
        end.hold();
        end.moveTo(caller.end.eventLoop(), () -> {
            callee.end = end;
            if (caller.ended) {
                end.ended(call);
            } else {
                open(caller);
                open(callee);
            }
        });
        return callee;
    }

    private static void open(Side side) {
        side.end.execute(() -> {
            if (!side.ended) {
                side.end.release();
            }
        });
    }

    /**
     * All that the bytes keep from being used again: the buffer that they were read into, which they may not fill. The pool
     * takes up to a quarter more for it.
     */
    private static int cost(ByteBuf bytes) {
        ByteBuf whole = bytes;
        while (whole.unwrap() != null) {
            whole = whole.unwrap();
        }
        return Math.max(whole.capacity(), bytes.readableBytes()) + CHUNK_OVERHEAD;
    }

    private final class Side implements Bridge {

        /** Cost of what was sent and is not yet taken by the other connection; falls on the other event loop. */
        private final AtomicInteger inFlight = new AtomicInteger();

        private volatile BridgeEnd end;
        private volatile boolean ended;
        private Side other;

        /** Cost of what was delivered to this end's congested connection, to be credited to the other side once it drains. */
        private int owed;

        @Override
        public void send(ByteBuf bytes) {
            BridgeEnd target = other.end;
            int length = bytes.readableBytes();
            if (ended || other.ended || target == null) {
                bytes.release();
                return;
            }
            bytesMeter.accept(length);
            int cost = cost(bytes);
            if (inFlight.addAndGet(cost) >= window) {
                end.hold();
            }
            if (target.eventLoop() == end.eventLoop()) {
                other.arrive(bytes, cost);
            } else {
                target.execute(() -> other.arrive(bytes, cost));
            }
        }

        private void arrive(ByteBuf bytes, int cost) {
            if (ended) {
                bytes.release();
                other.credit(cost);
                return;
            }
            end.deliver(bytes);
            owed += cost;
            if (!end.congested()) {
                drained();
            }
        }

        @Override
        public void finish() {
            BridgeEnd target = other.end;
            if (ended || other.ended || target == null) {
                return;
            }
            if (target.eventLoop() == end.eventLoop()) {
                other.partnerFinished();
            } else {
                target.execute(other::partnerFinished);
            }
        }

        private void partnerFinished() {
            if (!ended) {
                end.finished();
            }
        }

        @Override
        public void drained() {
            int cost = owed;
            owed = 0;
            other.credit(cost);
        }

        /** Runs on the other side's event loop. */
        private void credit(int cost) {
            int before = inFlight.getAndAdd(-cost);
            int mark = window / 2;
            if (before >= mark && before - cost < mark && !ended) {
                if (end.eventLoop() == other.end.eventLoop()) {
                    end.release();
                } else {
                    end.execute(this::released);
                }
            }
        }

        private void released() {
            if (!ended && inFlight.get() < window) {
                end.release();
            }
        }

        @Override
        public void end() {
            if (ended) {
                return;
            }
            ended = true;
            onEnd.run();
            BridgeEnd target = other.end;
            if (target != null) {
                target.execute(() -> {
                    if (!other.ended) {
                        target.ended(call);
                    }
                });
            }
        }
    }
}
