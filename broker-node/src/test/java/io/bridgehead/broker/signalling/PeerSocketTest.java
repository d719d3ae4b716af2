package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeerSocketTest {

    private static final int MAX_QUEUED = 1024;

    /** The way to the kernel: counts what goes there, which may take nothing. */
    private static final class Kernel extends ChannelOutboundHandlerAdapter {

        private final List<Object> held = new ArrayList<>();
        private int writes;
        private boolean full;
        /** An embedded channel would begin a turn of its own with each message that reaches it. */
        private boolean holds;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (holds) {
                held.add(message);
            } else {
                context.write(message, promise);
            }
        }

        @Override
        public void flush(ChannelHandlerContext context) {
            writes++;
            held.forEach(context::write);
            held.clear();
            if (!full) {
                context.flush();
            }
        }
    }

    private final Kernel kernel = new Kernel();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final PeerSocket peer = new PeerSocket(channel);

    PeerSocketTest() {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(MAX_QUEUED / 2, MAX_QUEUED));
        channel.pipeline().addLast(kernel, peer);
    }

    @AfterEach
    void nothingIsLeft() {
        channel.finishAndReleaseAll();
    }

    /** The text of a short WebSocket message, behind its two bytes of header. */
    private String taken() {
        ByteBuf frame = channel.readOutbound();
        try {
            return frame.toString(2, frame.readableBytes() - 2, StandardCharsets.UTF_8);
        } finally {
            frame.release();
        }
    }

    private void write(String text) {
        peer.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatOneTurnHasForAPeerIsOneWrite() {
        kernel.holds = true;
        write("one");
        write("two");
        write("three");
        assertThat(kernel.writes).isZero();

        channel.runPendingTasks();

        assertThat(kernel.writes).isEqualTo(1);
        assertThat(taken()).isEqualTo("one");
        assertThat(taken()).isEqualTo("two");
        assertThat(taken()).isEqualTo("three");

        write("next turn");
        channel.runPendingTasks();
        assertThat(kernel.writes).isEqualTo(2);
    }

    @Test
    void aPeerWhoCouldTakeALargeBurstIsNotTooSlow() {
        write("x".repeat(2 * MAX_QUEUED));
        assertThat(peer.isTooSlow()).isFalse();
    }

    @Test
    void aPeerWhoTakesNothingIsTooSlow() {
        kernel.full = true;
        write("x".repeat(MAX_QUEUED / 4));
        assertThat(peer.isTooSlow()).isFalse();
        write("x".repeat(MAX_QUEUED));
        assertThat(peer.isTooSlow()).isTrue();
    }
}
