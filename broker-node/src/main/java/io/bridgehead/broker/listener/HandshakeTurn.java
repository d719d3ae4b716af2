package io.bridgehead.broker.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;

/**
 * Stands where TLS is to be until the connection's turn has come, with the client's first bytes: only a whole
 * {@link ClientHello} of at most {@value #MAX_BYTES} bytes gets in line. Its turn ends with the first bytes of our
 * answer, behind the costly signature, or with the connection. On the connection's event loop.
 *
 * <pre>
 *  reading --whole--> waiting --turn--> begun --answer--> gone
 *     `-------------------`------- close, refusal --------^
 * </pre>
 */
final class HandshakeTurn extends ChannelDuplexHandler {

    /** One record; those of browsers have at most 2 KiB. */
    private static final int MAX_BYTES = 16 * 1024;

    private final HandshakeTurns turns;
    private final Admission admission;
    private final Runnable begin;
    private ByteBuf received;
    private HandshakeTurns.Turn turn;
    private boolean begun;

    /** @param begin puts TLS, and what is behind it, into the pipeline */
    HandshakeTurn(HandshakeTurns turns, Admission admission, Runnable begin) {
        this.turns = turns;
        this.admission = admission;
        this.begin = begin;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (begun || !(message instanceof ByteBuf bytes)) {
            context.fireChannelRead(message);
            return;
        }
        keep(context, bytes);
        ClientHello hello = ClientHello.in(received, MAX_BYTES);
        if (hello == ClientHello.NONE || received.readableBytes() > MAX_BYTES) {
            admission.refuse(ConnectionResult.TLS_FAILED);
        } else if (hello == ClientHello.WHOLE && turn == null) {
            // in a task of its own, for the turn may be another event loop's to give
            turn = turns.await(() -> context.executor().execute(() -> begin(context)));
        }
    }

    /** In a buffer that fits: a read's own is many times what a hello needs, and outside the heap nothing is copied. */
    private void keep(ChannelHandlerContext context, ByteBuf bytes) {
        if (received == null) {
            received = context.alloc().directBuffer(bytes.readableBytes());
        }
        received.writeBytes(bytes);
        bytes.release();
    }

    private void begin(ChannelHandlerContext context) {
        if (context.isRemoved()) {
            // closed on the way, and the turn given back
            return;
        }
        begun = true;
        admission.turnCame();
        begin.run();
        ByteBuf first = received;
        received = null;
        context.fireChannelRead(first);
        context.fireChannelReadComplete();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        context.write(message, promise);
        context.pipeline().remove(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        ReferenceCountUtil.release(received);
        received = null;
        if (turn != null) {
            turn.end();
        }
    }
}
