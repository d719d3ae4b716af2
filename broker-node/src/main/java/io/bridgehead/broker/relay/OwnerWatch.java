package io.bridgehead.broker.relay;

import io.bridgehead.broker.account.Verdict;
import io.bridgehead.broker.bridge.Switchboard;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Signal;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for one service among its owner's sessions on this node, so that a ban or an expiry reaches it as it reaches
 * them. While the owner may not, it asks once a second whether he may again; who cannot be asked after is taken for
 * barred. Nobody finds it by its id. Any thread; it changes on the node's event loop.
 */
final class OwnerWatch implements LocalSession {

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private static final Logger AUDIT = LoggerFactory.getLogger("audit");

    private final String service;
    private final AccountId owner;
    private final SessionAddress self;
    private final Switchboard switchboard;
    private final EventLoop loop;
    private final Instant since;
    private final Runnable barred;
    private volatile boolean stands;
    private volatile boolean closed;

    /** @param barred told when the owner may no longer; on {@code loop} */
    OwnerWatch(
            String service,
            AccountId owner,
            SessionAddress self,
            Switchboard switchboard,
            EventLoop loop,
            Instant since,
            Runnable barred) {
        this.service = service;
        this.owner = owner;
        this.self = self;
        this.switchboard = switchboard;
        this.loop = loop;
        this.since = since;
        this.barred = barred;
    }

    /** Done when it was asked once. Never fails. */
    Future<Void> start() {
        return switchboard.stand(this, owner).transform(answer -> {
            boolean may = answer.succeeded() && answer.result() instanceof Verdict.Admitted;
            if (may && !closed) {
                stands = true;
                AUDIT.atInfo().addKeyValue("service", service).addKeyValue("owner", owner).log("relay service open");
            } else {
                again();
            }
            return Future.succeededFuture();
        });
    }

    private void again() {
        if (!closed) {
            loop.schedule(() -> start(), AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    boolean stands() {
        return stands;
    }

    void close() {
        closed = true;
        switchboard.release(this, owner);
    }

    @Override
    public void evict(CloseReason reason) {
        // at once: nobody comes in behind this
        stands = stands && reason == CloseReason.PIN_CHANGED;
        execute(() -> {
            switchboard.release(this, owner);
            if (reason == CloseReason.PIN_CHANGED) {
                // the service did not come in by it
                start();
                return;
            }
            AUDIT.atWarn()
                    .addKeyValue("service", service)
                    .addKeyValue("owner", owner)
                    .addKeyValue("reason", reason.tag())
                    .log("relay service closed");
            barred.run();
            again();
        });
    }

    @Override
    public SessionId id() {
        return self.session();
    }

    @Override
    public void tell(Signal signal) {
        // nobody calls it
    }

    @Override
    public boolean movable() {
        return true;
    }

    @Override
    public void askToMove() {
        // every node has its own
    }

    @Override
    public void renamed(String displayName) {
        // nobody sees it
    }

    @Override
    public void nodeGone(NodeId node) {
        // nothing of it is elsewhere
    }

    @Override
    public boolean inContext() {
        return loop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public SessionInfo info() {
        return new SessionInfo(
                self, "relay-service", "", since, Optional.of(owner), stands ? "open" : "closed", Optional.empty());
    }
}
