package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Signal;
import io.netty.channel.EventLoop;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;

/**
 * A question to a service's owner that waits for its answer: a session of its own, so that the answer finds it from
 * whatever node. Any thread; what changes in it does so on the node's event loop.
 */
final class ConsentRequest implements LocalSession {

    private final SessionAddress self;
    private final RelayService service;
    private final String clientAddress;
    private final int number;
    private final Instant since;
    private final EventLoop loop;
    private final Consents consents;

    /** Who waits for the answer, and how each is told. */
    final Map<SessionId, Promise<Optional<RelayClose>>> waiting = new HashMap<>();
    ScheduledFuture<?> limit;
    boolean over;
    /** The owner's session that was asked. */
    private volatile Party asked;

    ConsentRequest(
            SessionAddress self,
            RelayService service,
            String clientAddress,
            int number,
            Instant since,
            EventLoop loop,
            Consents consents) {
        this.self = self;
        this.service = service;
        this.clientAddress = clientAddress;
        this.number = number;
        this.since = since;
        this.loop = loop;
        this.consents = consents;
    }

    int number() {
        return number;
    }

    /** The name it goes by on the wire and in the API: an id that no account can have. */
    String name() {
        return service.name() + "." + number + "@" + AccountId.REQUESTS;
    }

    Party party() {
        return new Party(self, new AccountId(service.name() + "." + number, AccountId.REQUESTS), name());
    }

    CallId call() {
        return new CallId(self.session(), 1);
    }

    RelayService service() {
        return service;
    }

    String clientAddress() {
        return clientAddress;
    }

    AccountId owner() {
        return service.rules().owner().orElseThrow();
    }

    void asked(Party owner) {
        asked = owner;
    }

    Optional<Party> asked() {
        return Optional.ofNullable(asked);
    }

    PendingConsent shown() {
        return new PendingConsent(
                name(), service.name(), clientAddress, owner().text(), self.node().name(), since, asked != null);
    }

    @Override
    public SessionId id() {
        return self.session();
    }

    @Override
    public void tell(Signal signal) {
        execute(() -> consents.heard(this, signal));
    }

    @Override
    public void evict(CloseReason reason) {
        execute(() -> consents.decide(this, false, reason.tag()));
    }

    @Override
    public boolean movable() {
        return true;
    }

    @Override
    public void askToMove() {
        evict(CloseReason.SHUTDOWN);
    }

    @Override
    public void renamed(String displayName) {
        // it has no account
    }

    @Override
    public void nodeGone(NodeId node) {
        // an operator may answer yet
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
                self, "relay-request", clientAddress, since, Optional.empty(), "asking", asked().map(Party::displayName));
    }
}
