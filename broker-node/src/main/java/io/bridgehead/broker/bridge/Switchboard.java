package io.bridgehead.broker.bridge;

import io.bridgehead.broker.account.Verdict;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Credentials;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.Nickname;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.PresenceRegistry;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Registration;
import io.bridgehead.broker.session.Registration.Refusal;
import io.bridgehead.broker.session.Signal;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Where sessions find each other: authorise, find, ring, splice. Knows no protocol. Any thread; nothing blocks and
 * nothing throws.
 */
public final class Switchboard {

    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Directory directory;
    private final PresenceRegistry presence;
    private final LocalSessions sessions;
    private final LiveEntitlement entitlement;
    private final Bridges bridges;
    private final boolean requirePin;
    private final InstantSource clock;

    /** {@code requirePin}: an unknown account and a wrong PIN are told alike. */
    public Switchboard(
            Directory directory,
            PresenceRegistry presence,
            LocalSessions sessions,
            LiveEntitlement entitlement,
            Bridges bridges,
            boolean requirePin,
            InstantSource clock) {
        this.directory = directory;
        this.presence = presence;
        this.sessions = sessions;
        this.entitlement = entitlement;
        this.bridges = bridges;
        this.requirePin = requirePin;
        this.clock = clock;
    }

    /** Decides on the credentials and makes {@code session} the account's one registration: the newest wins. */
    public Future<Registration> register(LocalSession session, SessionAddress address, Credentials credentials) {
        return directory
                .admit(credentials)
                .compose(verdict -> switch (verdict) {
                    case Verdict.Admitted(Entitlement granted) -> claim(session, address, credentials, granted);
                    case Verdict.NoAccount n ->
                        refused(requirePin ? Refusal.NO_ACCOUNT_OR_WRONG_PIN : Refusal.NO_ACCOUNT);
                    case Verdict.WrongPin w ->
                        refused(requirePin ? Refusal.NO_ACCOUNT_OR_WRONG_PIN : Refusal.WRONG_PIN);
                    case Verdict.Expired e -> refused(Refusal.EXPIRED);
                    case Verdict.Banned b -> refused(Refusal.BANNED);
                    case Verdict.TooManyAttempts t -> refused(Refusal.TOO_MANY_ATTEMPTS);
                    case Verdict.TryAgain(Duration after) ->
                        Future.<Registration>succeededFuture(new Registration.TryAgain(after));
                })
                .otherwise(cause -> new Registration.TryAgain(RETRY));
    }

    private Future<Registration> claim(
            LocalSession session, SessionAddress address, Credentials credentials, Entitlement granted) {
        String display = granted.nickname().map(Nickname::text).orElse(credentials.displayName());
        Presence row = new Presence(
                granted.account(),
                display,
                address,
                clock.instant(),
                granted.visible(),
                granted.epoch(),
                granted.planVersion());
        return presence.claim(row).map(loser -> {
            sessions.registered(session, granted);
            loser.flatMap(older -> sessions.find(older.address().session()))
                    .ifPresent(older -> older.evict(CloseReason.REGISTERED_ELSEWHERE));
            // a ban may have come between the verdict and the claim, when there was no session yet to end
            entitlement.recheck(granted.account());
            return new Registration.Registered(granted);
        });
    }

    private static Future<Registration> refused(Refusal refusal) {
        return Future.succeededFuture(new Registration.Refused(refusal));
    }

    /** Gives up what {@code session} registered. */
    public void unregister(LocalSession session, AccountId account) {
        sessions.unregistered(account, session);
        presence.withdraw(account, session.id());
    }

    /** Finds the callee and rings; the caller hears {@code ringing}, or {@link Signal.Answered}. */
    public void ring(LocalSession caller, CallId call, Party callerParty, AccountId callee, BiConsumer<CallId, Party> ringing) {
        find(callee).onComplete(found -> {
            if (found.failed()) {
                caller.tell(new Signal.Answered(call, CallOutcome.TRY_AGAIN));
            } else if (found.result().isEmpty()) {
                caller.tell(new Signal.Answered(call, CallOutcome.UNAVAILABLE));
            } else {
                Party party = found.result().get().party();
                if (party.account().equals(callerParty.account())) {
                    caller.tell(new Signal.Answered(call, CallOutcome.SELF));
                } else {
                    ringing.accept(call, party);
                    tell(party.address(), new Signal.Rung(call, callerParty));
                }
            }
        });
    }

    /** Whoever is registered under this id, or under this nickname. */
    private Future<Optional<Presence>> find(AccountId idOrAlias) {
        return presence.find(idOrAlias).compose(row -> row.isPresent()
                ? Future.succeededFuture(row)
                : directory.resolve(idOrAlias).compose(account -> account.isEmpty()
                                || account.get().equals(idOrAlias)
                        ? Future.succeededFuture(Optional.empty())
                        : presence.find(account.get())));
    }

    /** Passes a signal on. One that needs an answer and finds nobody is answered here. */
    public void tell(SessionAddress to, Signal signal) {
        sessions.find(to.session()).ifPresentOrElse(session -> session.tell(signal), () -> answerForAbsent(to, signal));
    }

    private void answerForAbsent(SessionAddress absent, Signal signal) {
        switch (signal) {
            case Signal.Rung(CallId call, Party caller) ->
                tell(caller.address(), new Signal.Answered(call, CallOutcome.UNAVAILABLE));
            case Signal.Accepted(CallId call, Party callee) -> tell(callee.address(), new Signal.Gone(call));
            case Signal.Confirmed(CallId call) ->
                tell(new SessionAddress(absent.node(), call.caller()), new Signal.Ended(call));
            case Signal.Withdrawn w -> {}
            case Signal.Answered a -> {}
            case Signal.Gone g -> {}
            case Signal.Ended e -> {}
        }
    }

    /** This end of the bridge that {@code call} led to. */
    public Bridge splice(CallId call, Party self, Party partner, boolean caller, BridgeEnd end) {
        return caller
                ? bridges.openByCaller(call, self.displayName(), partner.displayName(), end)
                : bridges.joinByCallee(call, end);
    }

    /** The visible users' display names, in order, and how many there are with the invisible ones. */
    public Future<UserList> users() {
        return presence.list().map(rows -> new UserList(
                rows.stream().filter(Presence::visible).map(Presence::displayName).sorted().toList(), rows.size()));
    }

    /** What {@code ;users} shows. */
    public record UserList(List<String> visible, int total) {}

    /** Keeps the visibility with the account, over restarts, and shows or hides the session at once. */
    public Future<Void> setVisible(LocalSession session, AccountId account, boolean visible) {
        return directory
                .setVisible(account, visible)
                .compose(stored -> presence.setVisible(account, session.id(), visible));
    }

    /** How many users are registered in the cluster, about. */
    public int registeredUsers() {
        return presence.count();
    }
}
