package io.bridgehead.broker.signalling;

import io.netty.channel.EventLoop;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** What goes out to one peer. Its event loop only; a socket that is closed takes everything and does nothing. */
final class PeerSocket {

    private static final Buffer PING = Buffer.buffer(new byte[] {0});

    /** What a closing hand-shake may take. */
    private static final long CLOSE_MILLIS = 5_000;

    private final ServerWebSocket socket;
    private final EventLoop loop;

    PeerSocket(ServerWebSocket socket, EventLoop loop, int maxQueuedBytes) {
        this.socket = socket;
        this.loop = loop;
        socket.setWriteQueueMaxSize(maxQueuedBytes);
    }

    void write(SignallingReply reply) {
        if (!socket.isClosed()) {
            socket.writeTextMessage(SignallingEncoder.text(reply));
        }
    }

    void ping() {
        if (!socket.isClosed()) {
            socket.writePing(PING);
        }
    }

    /** Whether more waits for the peer than may. */
    boolean isTooSlow() {
        return !socket.isClosed() && socket.writeQueueFull();
    }

    void reading(boolean on) {
        if (on) {
            socket.resume();
        } else {
            socket.pause();
        }
    }

    void close(SignallingClose close) {
        if (close == SignallingClose.TOO_SLOW || close == SignallingClose.PONG_TIMEOUT) {
            // a close frame would queue behind what the peer does not take
            cut();
            return;
        }
        // the peer's close frame must be read
        socket.resume();
        ScheduledFuture<?> late = loop.schedule(this::cut, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        socket.close(close.code(), close.words()).onComplete(done -> late.cancel(false));
    }

    private void cut() {
        ((WebSocketInternal) socket).channelHandlerContext().close();
    }
}
