package io.bridgehead.broker.listener;

import io.bridgehead.broker.bridge.Bridge;
import io.bridgehead.broker.bridge.BridgeEnd;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Credentials;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.Event;
import io.bridgehead.broker.session.Registration;
import io.bridgehead.broker.session.Signal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * What one session asks of the switchboard, who it is and whom it is bridged to by that, and the answers' way back: as
 * events, on the session's thread. That thread only, but for {@link #party} and {@link #partner}.
 *
 * @param <C> the room's commands
 */
final class SessionCalls<C> {

    /** A caller on another node that has not said its last word by then will not. */
    private static final Duration LAST_WORD = Duration.ofSeconds(10);

    /** Lists and look-ups of one session: who asks without waiting for answers costs everybody else no more than this. */
    private static final int AT_A_TIME = 4;

    /** Each change of visibility is a write to the database that every node reads. */
    private static final Duration VISIBILITY_REST = Duration.ofSeconds(1);

    /** The session, as its calls see it. */
    interface Caller<C> extends LocalSession, BridgeEnd {

        /** An event of now, on the session's thread. */
        void fire(Event<C> event);

        /** Whether the session still makes this call. */
        boolean calls(CallId call);

        /** A callee is no more looked for, and nothing may have come of it. */
        void answered();
    }

    private final SessionHost host;
    private final SessionThread thread;
    private final Caller<C> session;
    private final SessionAddress self;

    /** What is told once the connection has moved; null: it does not move. */
    private Queue<Runnable> untold;

    private volatile Party party;
    private volatile Party partner;
    private Bridge bridge;
    /** Answers that are due without input waiting for them. */
    private int due;
    private int lists;
    /** Look-ups of callees, those among them that nobody wants any more. */
    private int lookUps;
    /** The call that is looked up when one of those is done, if it is still made by then; null: none. */
    private Runnable nextLookUp;
    /** A change of visibility is being stored, or was within the last second; then there may be a next one. */
    private boolean visibilityRests;
    private Optional<Boolean> nextVisible = Optional.empty();
    /** The call whose callee is being looked for. */
    private CallId lookedUp;
    private long rangAtNanos;

    SessionCalls(SessionHost host, SessionThread thread, Caller<C> session, SessionAddress self) {
        this.host = host;
        this.thread = thread;
        this.session = session;
        this.self = self;
    }

    /** As whom the session is registered, or null. Any thread. */
    Party party() {
        return party;
    }

    /** The account goes by this display name from now on. */
    void renamed(String displayName) {
        if (party != null) {
            party = party.withDisplayName(displayName);
        }
    }

    /** Whom it is bridged to, or null. Any thread. */
    Party partner() {
        return partner;
    }

    /** The bridge, or null. */
    Bridge bridge() {
        return bridge;
    }

    /** Whether an answer is on its way. */
    boolean areDue() {
        return due > 0 || lookedUp != null;
    }

    /** Whether no list may be asked for before one has come. */
    boolean isFull() {
        return lists >= AT_A_TIME;
    }

    /** Bytes for the partner; takes over the reference. */
    void pass(ByteBuf bytes) {
        if (bridge == null) {
            bytes.release();
        } else {
            bridge.send(bytes);
        }
    }

    /** Notes which answer has come. */
    void heard(Event<C> event) {
        if (event instanceof Event.Listed) {
            due--;
            lists--;
        } else if (event instanceof Event.VisibilitySet) {
            due--;
        } else if (event instanceof Event.Ringing<C>(CallId call, Party callee)) {
            found(call);
        } else if (event instanceof Event.Signalled<C>(Signal signal)
                && signal instanceof Signal.Answered(CallId call, CallOutcome outcome)) {
            found(call);
        }
    }

    void register(Credentials credentials) {
        host.switchboard().register(session, self, credentials).onComplete(done -> {
            Registration outcome = done.succeeded() ? done.result() : new Registration.TryAgain(Duration.ZERO);
            host.count(outcome);
            thread.execute(() -> decided(outcome, credentials.displayName()));
        });
    }

    private void decided(Registration outcome, String displayName) {
        if (outcome instanceof Registration.Registered(var entitlement)) {
            party = new Party(
                    self, entitlement.account(), entitlement.nickname().map(Object::toString).orElse(displayName));
        }
        session.fire(new Event.RegistrationDecided<>(outcome));
    }

    void unregister(AccountId account) {
        party = null;
        host.switchboard().unregister(session, account);
    }

    void ring(CallId call, Party caller, AccountId callee) {
        rangAtNanos = System.nanoTime();
        lookedUp = call;
        if (lookUps < AT_A_TIME) {
            lookUp(call, caller, callee);
        } else {
            // a session makes one call at a time: the one that waits has been given up
            nextLookUp = () -> {
                if (session.calls(call)) {
                    lookUp(call, caller, callee);
                } else {
                    found(call);
                }
            };
        }
    }

    private void lookUp(CallId call, Party caller, AccountId callee) {
        lookUps++;
        host.switchboard()
                .ring(session, call, caller, callee, session::execute, this::ringing)
                .onComplete(rung -> thread.execute(this::lookUpDone));
    }

    private void lookUpDone() {
        lookUps--;
        if (nextLookUp != null) {
            Runnable next = nextLookUp;
            nextLookUp = null;
            next.run();
        }
        session.answered();
    }

    /** The callee is found. It may have been given up meanwhile, or be given up by what the session has to say now. */
    private boolean ringing(CallId call, Party callee) {
        if (session.calls(call)) {
            session.fire(new Event.Ringing<>(call, callee));
            moveBeside(callee.address());
        } else {
            found(call);
        }
        return session.calls(call);
    }

    /** No longer looked for; a later call's callee may be. */
    private void found(CallId call) {
        if (call.equals(lookedUp)) {
            lookedUp = null;
        }
    }

    void tell(SessionAddress to, Signal signal) {
        if (untold == null) {
            host.switchboard().tell(to, signal);
        } else {
            untold.add(() -> host.switchboard().tell(to, signal));
        }
    }

    void accept(CallId call, Party caller, Party callee) {
        moveBeside(caller.address());
        tell(caller.address(), new Signal.Accepted(call, callee));
        if (!caller.address().node().equals(self.node())) {
            // the last word may be lost between the nodes; once it came, this one changes nothing
            thread.schedule(() -> session.fire(new Event.Signalled<>(new Signal.Gone(call))), LAST_WORD.toMillis());
        }
    }

    /**
     * Moves the connection to where a bridge to that partner is short, if it is not there. What is told meanwhile waits,
     * in its order: while the connection moves, nothing that may open the bridge must be on its way to it.
     */
    private void moveBeside(SessionAddress other) {
        Optional<EventLoop> seat = host.switchboard().seat(self.session(), other);
        if (untold == null && seat.isPresent() && seat.get() != thread.eventLoop()) {
            untold = new ArrayDeque<>(2);
            // behind what is being carried out
            thread.execute(() -> {
                if (bridge == null) {
                    thread.moveTo(seat.get(), this::tellAll);
                } else {
                    tellAll();
                }
            });
        }
    }

    private void tellAll() {
        Queue<Runnable> waiting = untold;
        untold = null;
        waiting.forEach(Runnable::run);
    }

    void splice(CallId call, Party other, boolean caller) {
        if (caller) {
            host.countConnected(System.nanoTime() - rangAtNanos);
        }
        partner = other;
        bridge = host.switchboard().splice(call, party, other, caller, session);
    }

    void unsplice() {
        Bridge ended = bridge;
        bridge = null;
        partner = null;
        if (ended != null) {
            ended.end();
        }
    }

    void listUsers() {
        due++;
        lists++;
        host.switchboard().users().onComplete(done -> post(
                done.succeeded()
                        ? new Event.Listed<>(done.result().visible(), done.result().total())
                        : new Event.Listed<>(List.of(), -1)));
    }

    /** One at a time, and none within a second of the one before: what is asked meanwhile waits, and the last of it counts. */
    void setVisible(AccountId account, boolean visible) {
        if (!visibilityRests) {
            due++;
            storeVisible(account, visible);
        } else {
            due += nextVisible.isEmpty() ? 1 : 0;
            nextVisible = Optional.of(visible);
        }
    }

    private void storeVisible(AccountId account, boolean visible) {
        visibilityRests = true;
        host.switchboard().setVisible(session, account, visible).onComplete(done -> {
            post(new Event.VisibilitySet<>(visible, done.succeeded()));
            thread.schedule(() -> visibilityRested(account), VISIBILITY_REST.toMillis());
        });
    }

    private void visibilityRested(AccountId account) {
        visibilityRests = false;
        Optional<Boolean> next = nextVisible;
        nextVisible = Optional.empty();
        next.ifPresent(visible -> storeVisible(account, visible));
    }

    private void post(Event<C> event) {
        thread.execute(() -> session.fire(event));
    }

    /** The connection is gone. */
    void forget() {
        host.switchboard().forget(session.id());
    }
}
