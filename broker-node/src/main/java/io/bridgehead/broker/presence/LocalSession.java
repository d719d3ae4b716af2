package io.bridgehead.broker.presence;

import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Signal;

/** A session that lives on this node, as others may speak to it. Any thread; every call returns at once. */
public interface LocalSession {

    SessionId id();

    /** Hands over another session's word. */
    void tell(Signal signal);

    /** Ends the session with this reason. */
    void evict(CloseReason reason);

    /** Whether nothing goes on in it that its end would cut. A snapshot. */
    boolean movable();

    /** The node drains: ends the session if it is still {@link #movable}, and changes nothing if not. */
    void askToMove();

    /** Its account goes by this display name from now on. */
    void renamed(String displayName);

    /** A node has gone: calls from and to it are over. */
    void nodeGone(NodeId node);

    /** Whether this is the session's thread. */
    boolean inContext();

    /** Runs the task on the session's thread, behind what was given before. */
    void execute(Runnable task);

    /** What it is, for the operator. A snapshot; safe to read from any thread. */
    SessionInfo info();
}
