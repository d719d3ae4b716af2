package io.bridgehead.broker.listener;

import io.bridgehead.broker.session.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.List;

/** How a session's bytes get to its client: TCP or WebSocket. The connection's context only; any room may drive one. */
public interface Transport {

    /** The connection's event loop; it changes when the connection moves. Any thread. */
    EventLoop eventLoop();

    /**
     * Moves to another event loop, if this transport can; calls {@code moved} on the loop it is on then. Between the
     * call and that one nothing of the session may run.
     */
    void moveTo(EventLoop target, Runnable moved);

    /** Whom to tell of what comes in; reading starts now. */
    void start(Receiver receiver);

    /** Writes whole lines. */
    void writeLines(List<String> lines);

    /** Writes a partner's bytes; takes over the reference. */
    void writeBytes(ByteBuf bytes);

    /** Whether more is waiting to be written than should be. */
    boolean congested();

    /** Stops reading; what is on its way already may still come. */
    void pause();

    /** Reads again. */
    void resume();

    /** Whether what is read and written now is a bridge's: a stalled reader is then waited for longer. */
    void bridged(boolean bridged);

    /** Says, behind all that was written, that nothing more comes; reading goes on. Where there is no half of a close: nothing. */
    void finish();

    /** Closes when everything written so far is out, or cannot be got out. */
    void close();

    /**
     * The same, but so that the client cannot take what it got for all there was: by a reset, once what was written has
     * arrived. A WebSocket closes.
     */
    void cut();

    /** The session behind a transport. The connection's context only. */
    interface Receiver {

        /** Bytes came; takes over the reference. */
        void received(ByteBuf bytes);

        /** A message of a transport that has messages is complete. */
        void messageEnded();

        /** The write queue is below its mark again. */
        void drained();

        /** The client will send nothing more. It may still read: the answers it is owed are due. */
        void inputEnded();

        /** The connection is gone, for this reason if it was not this side that closed it. Comes once, last. */
        void closed(CloseReason reason);
    }
}
