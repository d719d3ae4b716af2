package io.bridgehead.broker.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.SessionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A bridge inside a node, of which one end reads nothing. */
class LocalBridgeTest {

    private static final int WINDOW = 256 * 1024;
    private static final int BUFFER = 64 * 1024;

    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final End writer = new End();
    private final End reader = new End();
    private final LocalBridge local = new LocalBridge(new CallId(new SessionId(1, 2), 3), WINDOW, bytes -> {}, () -> {});
    private Bridge ofWriter;
    private Bridge ofReader;

    @BeforeEach
    void open() {
        ofWriter = local.attachCaller(writer);
        ofReader = local.attachCallee(reader);
        loop.runPendingTasks();
        reader.congested = true;
    }

    /** Sends so many bytes of a buffer, again and again, until the writer is held; how many such buffers it took. */
    private int fill(int bytes) {
        int count = 0;
        while (!writer.held) {
            ofWriter.send(Unpooled.buffer(BUFFER, BUFFER).writeZero(bytes).readRetainedSlice(bytes));
            count++;
        }
        return count;
    }

    @Test
    void theWriterIsHeldAtTheWindowAndGoesOnWhenHalfOfItIsGone() {
        assertThat(fill(BUFFER)).isEqualTo(WINDOW / BUFFER);
        reader.congested = false;
        ofReader.drained();
        assertThat(writer.held).isFalse();
    }

    /** What a read did not fill is kept as long as what it did. */
    @Test
    void buffersThatAreHalfEmptyCountAsWhatTheyKeep() {
        assertThat(fill(BUFFER / 2)).isEqualTo(WINDOW / BUFFER);
    }

    private final class End implements BridgeEnd {

        private final Deque<ByteBuf> got = new ArrayDeque<>();
        private boolean held;
        private boolean congested;

        @Override
        public EventLoop eventLoop() {
            return loop.eventLoop();
        }

        @Override
        public void execute(Runnable task) {
            loop.eventLoop().execute(task);
        }

        @Override
        public void moveTo(EventLoop target, Runnable moved) {
            moved.run();
        }

        @Override
        public void deliver(ByteBuf bytes) {
            got.add(bytes);
        }

        @Override
        public boolean congested() {
            return congested;
        }

        @Override
        public void hold() {
            held = true;
        }

        @Override
        public void release() {
            held = false;
        }

        @Override
        public void ended(CallId call) {}
    }
}
