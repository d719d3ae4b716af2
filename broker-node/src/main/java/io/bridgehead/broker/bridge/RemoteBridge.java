package io.bridgehead.broker.bridge;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeMessageCodec;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * This node's end of a bridge whose other end is on another node. Its connection's context only.
 *
 * <p>The bus may lose a frame and tells nobody, and it has no back-pressure. So each direction numbers its frames, and
 * a gap ends the bridge; and the sender keeps at most {@code window} bytes on their way that the receiver's socket has
 * not taken yet, or {@link #WINDOWS} times as many while the receiver is fast. What does not fit waits here, at most
 * one read of the client, which is held meanwhile. An end that waits for credit asks the other where it stands: once a
 * second, so that a loss shows even when nothing follows it, and at once when the other would not tell by itself. A frame
 * without bytes says that the client sends no more. An end that has ended with bytes pending stays until they are out, and
 * takes what comes, to throw it away.
 */
final class RemoteBridge implements Bridge {

    /** How a bridge ended, when it was not one of its ends that wanted it. */
    enum Failure {
        /** A frame was lost, doubled or out of order. */
        FRAME_LOST,
        /** The other node is gone. */
        NODE_GONE
    }

    /** What a bridge tells its node. */
    interface Observer {

        void sent(int bytes);

        void failed(Failure failure);

        /** The bridge is done with, nothing is pending. */
        void closed();
    }

    /**
     * So many may be on their way to a fast reader: credit takes its time between nodes, and with one window both would
     * wait for it while a core is idle (ADR 0011).
     */
    static final int WINDOWS = 2;

    /**
     * Fast is who took so many in the last second: by default 8 MiB. The kernel alone takes up to 4 MiB for a client who
     * reads nothing, and who needs less than 8 MiB a second has it with one window, however far the nodes are apart.
     */
    static final int FAST = 16;

    /**
     * What a frame costs of the window at least, in bytes, however few it bears: around them are some 500 in queues and
     * buffers, at the sender while the other node is slow, and at the receiver while the socket is.
     */
    static final int LEAST_COST = 1024;

    /** With nothing to wait for, one in so many seconds is enough. */
    private static final int IDLE_CHECK_SECONDS = 5;

    /** So many parts has a window: each that the socket has taken is reported, before the sender has to ask. */
    private static final int REPORTS = 4;

    private final CallId call;
    private final SessionAddress self;
    private final SessionAddress partner;
    private final NodeBus.Line line;
    private final BridgeEnd end;
    private final int window;
    private final NodeCredit nodeCredit;
    private final Observer observer;
    private final ScheduledFuture<?> ticker;

    private final ArrayDeque<ByteBuf> pending = new ArrayDeque<>(2);
    private int sentFrames;
    private long sentBytes;
    private long takenByPartner;
    private long costOnTheWay;
    private long takenBefore;
    private int allowed;
    private boolean held;
    private boolean waitsForRoom;
    private int askedFrames;
    private int ticks;

    private int receivedFrames;
    /** Of an end that has ended: what had come when the partner last asked and had sent more; -1: it has not. */
    private int checkedFrames = -1;
    private long delivered;
    private long taken;
    /** What the frames since the last report cost the sender's window. */
    private long unreported;
    /** The partner waits for credit for what the socket has not taken yet. */
    private boolean awaited;

    private boolean ended;
    private boolean partnerOver;
    private boolean closed;

    RemoteBridge(
            CallId call,
            SessionAddress self,
            SessionAddress partner,
            boolean caller,
            BridgeEnd end,
            NodeBus bus,
            int window,
            NodeCredit nodeCredit,
            Observer observer) {
        this.call = call;
        this.self = self;
        this.partner = partner;
        LoopAddress to = LoopAddress.of(partner.node());
        this.line = caller ? bus.line(to) : bus.lineBack(to);
        this.end = end;
        this.window = window;
        this.allowed = window;
        this.nodeCredit = nodeCredit;
        this.observer = observer;
        nodeCredit.bridgeOpened();
        // the timer stays on this event loop; the connection may move, for its next call, while this end lingers
        this.ticker = end.eventLoop().scheduleWithFixedDelay(() -> end.execute(this::tick), 1, 1, TimeUnit.SECONDS);
    }

    /** The node of the other end. */
    NodeId partnerNode() {
        return partner.node();
    }

    /** Runs the task on the one thread that may call this bridge. */
    void execute(Runnable task) {
        end.execute(task);
    }

    // ---- to the partner

    @Override
    public void send(ByteBuf bytes) {
        if (ended || closed || !bytes.isReadable()) {
            bytes.release();
            return;
        }
        observer.sent(bytes.readableBytes());
        pending.add(bytes);
        pump();
    }

    @Override
    public void finish() {
        if (!ended && !closed) {
            pending.add(Unpooled.EMPTY_BUFFER);
            pump();
        }
    }

    private void pump() {
        while (!pending.isEmpty() && !closed && sendFrame(pending.peek())) {
            if (!pending.peek().isReadable()) {
                pending.poll().release();
            }
        }
        if (closed) {
            return;
        }
        boolean hold = !pending.isEmpty();
        if (ended) {
            if (!hold) {
                close(true);
            }
        } else if (hold && !held) {
            held = true;
            end.hold();
        } else if (!hold && held) {
            held = false;
            end.release();
        }
    }

    private boolean sendFrame(ByteBuf from) {
        if (!from.isReadable()) {
            line.send(new NodeMessage.BridgeBytes(
                    partner.session(), call, sentFrames++, Unpooled.EMPTY_BUFFER));
            return true;
        }
        int wanted = (int) Math.min(
                Math.min(from.readableBytes(), NodeMessageCodec.MAX_BRIDGE_BYTES), allowed - costOnTheWay);
        boolean sliver = wanted < from.readableBytes() && wanted < NodeCredit.MIN_SHARE;
        if (sliver) {
            ask();
            return false;
        }
        long gifts = nodeCredit.gifts();
        int cost = nodeCredit.take(cost(wanted), costOnTheWay);
        if (cost == 0) {
            ask();
            awaitRoom(retry -> nodeCredit.awaitRoom(gifts, retry));
            return false;
        }
        int length = Math.min(wanted, cost);
        costOnTheWay += cost;
        sentBytes += length;
        line.send(new NodeMessage.BridgeBytes(
                partner.session(), call, sentFrames++, from.readRetainedSlice(length)));
        if (length < wanted) {
            // little is left, and others on this thread want some of it, too
            awaitRoom(Runnable::run);
        }
        return length == wanted;
    }

    private static int cost(int bytes) {
        return Math.max(bytes, LEAST_COST);
    }

    private void awaitRoom(Consumer<Runnable> room) {
        if (!waitsForRoom) {
            waitsForRoom = true;
            room.accept(() -> end.execute(() -> {
                waitsForRoom = false;
                pump();
            }));
        }
    }

    /** The other end gives credit by itself for a part of the window; who may not send that much asks for it. */
    private void ask() {
        long onTheWay = sentBytes - takenByPartner;
        if (onTheWay > 0 && onTheWay < window / REPORTS && askedFrames != sentFrames) {
            askedFrames = sentFrames;
            line.send(new NodeMessage.BridgeCheck(partner.session(), call, sentFrames, self));
        }
    }

    /** The partner's socket has taken so much in all. */
    void credit(long takenInAll) {
        if (closed || takenInAll <= takenByPartner || takenInAll > sentBytes) {
            return;
        }
        // how many frames that was is not said: small ones cost more than their bytes, and all in proportion
        long given = costOnTheWay * (takenInAll - takenByPartner) / (sentBytes - takenByPartner);
        takenByPartner = takenInAll;
        costOnTheWay -= given;
        nodeCredit.give(given);
        pump();
    }

    // ---- from the partner

    void frame(int sequence, ByteBuf bytes) {
        if (closed) {
            bytes.release();
            return;
        }
        if (ended) {
            throwAway(bytes);
            return;
        }
        if (sequence != receivedFrames) {
            bytes.release();
            fail(Failure.FRAME_LOST);
            return;
        }
        receivedFrames++;
        if (!bytes.isReadable()) {
            bytes.release();
            end.finished();
            return;
        }
        countIn(bytes.readableBytes());
        end.deliver(bytes);
        if (!end.congested()) {
            drained();
        }
    }

    /**
     * What is thrown away is taken: a partner that had no credit any more would stay, too, and each would wait for the
     * other. In whatever order: the connection may be moving to another loop for its next call.
     */
    private void throwAway(ByteBuf bytes) {
        receivedFrames++;
        countIn(bytes.readableBytes());
        bytes.release();
        drained();
    }

    private void countIn(int bytes) {
        delivered += bytes;
        unreported += cost(bytes);
    }

    @Override
    public void drained() {
        taken = delivered;
        if (awaited || unreported >= window / REPORTS) {
            report();
        }
    }

    private void report() {
        unreported = 0;
        awaited = false;
        line.send(new NodeMessage.BridgeCredit(partner.session(), call, taken));
    }

    /** The partner's end has sent so many frames, and asks where we stand. */
    void check(int frames) {
        if (closed || frames == receivedFrames) {
            report();
            awaited = taken < delivered;
        } else if (ended && receivedFrames != checkedFrames) {
            // nobody wants the bytes, and some may come behind this; lost are those that are not here at the next check
            checkedFrames = receivedFrames;
            report();
        } else {
            fail(Failure.FRAME_LOST);
        }
    }

    private void tick() {
        if (closed) {
            return;
        }
        ticks++;
        allowed = takenByPartner - takenBefore >= (long) FAST * window ? WINDOWS * window : window;
        takenBefore = takenByPartner;
        boolean waits = sentBytes > takenByPartner || !pending.isEmpty();
        if (waits || ticks % IDLE_CHECK_SECONDS == 0) {
            line.send(new NodeMessage.BridgeCheck(partner.session(), call, sentFrames, self));
        }
        pump();
    }

    // ---- ends

    /** The partner's end is over, after so many frames; -1: it does not know this bridge. */
    void over(int frames) {
        if (closed) {
            return;
        }
        partnerOver = true;
        if (!ended && frames >= 0 && frames != receivedFrames) {
            observer.failed(Failure.FRAME_LOST);
        }
        tellEnd();
    }

    /** The node of the other end is gone. */
    void nodeGone() {
        if (!closed) {
            fail(Failure.NODE_GONE);
        }
    }

    private void fail(Failure failure) {
        observer.failed(failure);
        if (failure == Failure.FRAME_LOST) {
            line.send(new NodeMessage.BridgeOver(partner.session(), call, -1));
        }
        partnerOver = true;
        tellEnd();
    }

    private void tellEnd() {
        boolean first = !ended;
        ended = true;
        close(false);
        if (first) {
            end.ended(call);
        }
    }

    @Override
    public void end() {
        if (ended) {
            return;
        }
        ended = true;
        // what the client sent before it ended the bridge is still on its way out
        pump();
        if (!closed) {
            // of the partner it reads nothing any more
            drained();
        }
    }

    private void close(boolean tell) {
        if (closed) {
            return;
        }
        closed = true;
        ticker.cancel(false);
        pending.forEach(ByteBuf::release);
        pending.clear();
        nodeCredit.bridgeClosed(costOnTheWay);
        if (tell && !partnerOver) {
            line.send(new NodeMessage.BridgeOver(partner.session(), call, sentFrames));
        }
        observer.closed();
    }
}
