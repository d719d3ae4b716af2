package io.bridgehead.broker.session;

import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import java.util.List;

/**
 * Everything that can happen to a session, in the order its connection's context sees it. Time and chance reach a
 * session only in here.
 *
 * @param <C> the room's commands
 */
public sealed interface Event<C> {

    /** The connection is up; {@code registered} users are in the cluster, about. */
    record Opened<C>(int registered) implements Event<C> {}

    /** The client sent a command. */
    record Command<C>(C command) implements Event<C> {}

    /** The client sent something that is no command and must be told so, or cut off. */
    record Malformed<C>(String problem, boolean fatal) implements Event<C> {}

    /** A timer that the session started ran out. */
    record TimedOut<C>(Timer timer) implements Event<C> {}

    /** Answer to {@link Effect.Register}. */
    record RegistrationDecided<C>(Registration outcome) implements Event<C> {}

    /** Answer to {@link Effect.Ring}, when the callee was found: it rings now. */
    record Ringing<C>(CallId call, Party callee) implements Event<C> {}

    /** Answer to {@link Effect.ListUsers}; {@code visible} is empty and {@code total} -1 when nobody could say. */
    record Listed<C>(List<String> visible, int total) implements Event<C> {}

    /** Answer to {@link Effect.SetVisible}. */
    record VisibilitySet<C>(boolean visible, boolean stored) implements Event<C> {}

    /** Answer to {@link Effect.Describe}: what the account may do now. */
    record Described<C>(String written, Entitlement entitlement) implements Event<C> {}

    /** The account goes by this display name from now on. */
    record Renamed<C>(String displayName) implements Event<C> {}

    /** Another session's word. */
    record Signalled<C>(Signal signal) implements Event<C> {}

    /** A node has gone, and every session on it. The bridge to it ends by itself. */
    record NodeGone<C>(NodeId node) implements Event<C> {}

    /** The broker ends this session: entitlement lost, registered elsewhere, kicked, shut down. */
    record Evicted<C>(CloseReason reason) implements Event<C> {}

    /** The connection is gone, or will not take our bytes. Nothing can be written any more. */
    record Disconnected<C>(CloseReason reason) implements Event<C> {}
}
