package io.bridgehead.broker.presence;

import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Signal;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A session that remembers why it was ended, and takes part in nothing else. Any thread. */
public record RecordedSession(SessionInfo info, List<CloseReason> evictions) implements LocalSession {

    public RecordedSession(SessionInfo info) {
        this(info, new CopyOnWriteArrayList<>());
    }

    @Override
    public SessionId id() {
        return info.address().session();
    }

    @Override
    public void tell(Signal signal) {
        throw new IllegalStateException("nobody here tells sessions anything: " + signal);
    }

    @Override
    public void evict(CloseReason reason) {
        evictions.add(reason);
    }

    @Override
    public boolean movable() {
        return true;
    }

    @Override
    public void askToMove() {
        throw new IllegalStateException("nobody here drains");
    }

    @Override
    public void renamed(String displayName) {
        throw new IllegalStateException("nobody here is renamed: " + displayName);
    }

    @Override
    public void nodeGone(NodeId node) {
        throw new IllegalStateException("nobody here ends calls: " + node);
    }

    @Override
    public boolean inContext() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }
}
