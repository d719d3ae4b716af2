package io.bridgehead.broker.signalling;

import io.bridgehead.broker.account.Verdict;
import io.bridgehead.broker.bridge.Switchboard;
import io.bridgehead.broker.config.SignallingConfig;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Credentials;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.presence.ServerRow;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.Consumer;

/** Decides who comes in, and attaches them to their meeting. Any thread; nothing blocks and nothing throws. */
final class SignallingEntrance {

    /** Two tokens of words may be the same, once in a very long time. */
    private static final int DRAWS = 3;

    /** Whoever wants in, and where its answers go. */
    record Arrival(
            EntryRequest request,
            LocalSession session,
            SessionAddress self,
            EventLoop loop,
            String remoteAddress,
            MeetingLink link,
            Consumer<AccountId> admitted,
            Consumer<PeerWord.Attach> attaching) {}

    /** Ends an entry that is refused. Expected; without a stack trace. */
    private static final class TurnedAway extends RuntimeException {

        private static final long serialVersionUID = 1;
        private final SignallingClose close;

        private TurnedAway(SignallingClose close) {
            super(close.words(), null, false, false);
            this.close = close;
        }
    }

    private final SignallingConfig config;
    private final String homeDomain;
    private final Switchboard switchboard;
    private final Meetings meetings;
    private final Tokens tokens;
    private final Guesses guesses;
    private final Optional<JoinTokens> joinTokens;
    private final IceServers iceServers;
    private final SignallingMeters meters;

    SignallingEntrance(
            SignallingConfig config,
            String homeDomain,
            Switchboard switchboard,
            Meetings meetings,
            Tokens tokens,
            Guesses guesses,
            Optional<JoinTokens> joinTokens,
            IceServers iceServers,
            SignallingMeters meters) {
        this.config = config;
        this.homeDomain = homeDomain;
        this.switchboard = switchboard;
        this.meetings = meetings;
        this.tokens = tokens;
        this.guesses = guesses;
        this.joinTokens = joinTokens;
        this.iceServers = iceServers;
        this.meters = meters;
    }

    /** {@link SignallingEvent.Entered} or {@link SignallingEvent.TurnedAway}; never fails. */
    Future<SignallingEvent> enter(Arrival arrival) {
        Future<SignallingEvent> entered = switch (arrival.request()) {
            case EntryRequest.Open open ->
                mayGuess(arrival).compose(may -> serverLogin(arrival, open.shown())).compose(in -> open(arrival, open));
            case EntryRequest.Join join -> mayGuess(arrival).compose(may -> join(arrival, join));
            case EntryRequest.Bad bad -> turnedAway(SignallingClose.BAD_REQUEST);
        };
        return entered.otherwise(cause -> new SignallingEvent.TurnedAway(
                cause instanceof TurnedAway expected ? expected.close : SignallingClose.TRY_AGAIN));
    }

    private static <T> Future<T> turnedAway(SignallingClose close) {
        return Future.failedFuture(new TurnedAway(close));
    }

    /** On the arrival's loop. */
    private Future<Void> mayGuess(Arrival arrival) {
        Promise<Boolean> answer = Promise.promise();
        guesses.mayGuess(arrival.remoteAddress())
                .onComplete(known -> arrival.loop().execute(() -> answer.handle(known)));
        return answer.future().compose(may ->
                may ? Future.succeededFuture() : turnedAway(SignallingClose.TOO_MANY_GUESSES));
    }

    private <T> Future<T> wrong(Arrival arrival, RefusalAudit.Kind kind) {
        guesses.failed(kind, arrival.remoteAddress());
        return turnedAway(kind == RefusalAudit.Kind.UNKNOWN_TOKEN
                ? SignallingClose.UNKNOWN_TOKEN
                : SignallingClose.UNAUTHENTICATED);
    }

    // ---- servers

    private Future<Void> serverLogin(Arrival arrival, EntryRequest.Shown shown) {
        return switch (config.serverAuth()) {
            case NONE -> Future.succeededFuture();
            case PASSPHRASE -> shown.login().filter(this::isPassphrase).isPresent()
                    ? Future.succeededFuture()
                    : wrong(arrival, RefusalAudit.Kind.WRONG_PASSPHRASE);
            case ACCOUNT -> accountLogin(arrival, shown.login());
        };
    }

    private boolean isPassphrase(EntryRequest.Login login) {
        return MessageDigest.isEqual(
                Tokens.hash(login.password()).getBytes(StandardCharsets.UTF_8),
                Tokens.hash(config.passphrase().text()).getBytes(StandardCharsets.UTF_8));
    }

    private Future<Void> accountLogin(Arrival arrival, Optional<EntryRequest.Login> login) {
        Optional<AccountId> account = login.flatMap(shown -> AccountId.parse(shown.user(), homeDomain));
        if (account.isEmpty()) {
            return wrong(arrival, RefusalAudit.Kind.WRONG_LOGIN);
        }
        Credentials credentials = new Credentials(
                account.get(),
                login.get().user(),
                Optional.of(login.get().password()).filter(pin -> !pin.isEmpty()),
                arrival.remoteAddress());
        return switchboard.admit(arrival.session(), credentials).compose(verdict -> switch (verdict) {
            case Verdict.Admitted(var entitlement) -> {
                arrival.admitted().accept(entitlement.account());
                yield Future.succeededFuture();
            }
            // the account's own attempts are limited by whoever gave this verdict
            case Verdict.NoAccount n -> turnedAway(SignallingClose.UNAUTHENTICATED);
            case Verdict.WrongPin w -> turnedAway(SignallingClose.UNAUTHENTICATED);
            case Verdict.TooManyAttempts t -> turnedAway(SignallingClose.TOO_MANY_GUESSES);
            case Verdict.Expired e -> turnedAway(SignallingClose.FORBIDDEN);
            case Verdict.Banned b -> turnedAway(SignallingClose.FORBIDDEN);
            case Verdict.TryAgain t -> turnedAway(SignallingClose.TRY_AGAIN);
        });
    }

    private Future<SignallingEvent> open(Arrival arrival, EntryRequest.Open open) {
        EntryRequest.Shown shown = open.shown();
        if (shown.comesBack().isPresent()) {
            String token = shown.comesBack().get().id();
            SignallingState.Self self = new SignallingState.Self(token, true, token, true);
            return comeBack(arrival, shown, self, ServerRow.Peer.SERVER);
        }
        Optional<String> info = open.serverInfo()
                .or(() -> Optional.of(config.serverInfo()).filter(text -> !text.isEmpty()));
        return openNew(arrival, open, info, DRAWS);
    }

    private Future<SignallingEvent> openNew(
            Arrival arrival, EntryRequest.Open open, Optional<String> info, int draws) {
        String token = open.words() ? tokens.ofWords() : tokens.next();
        String proof = tokens.next();
        boolean extended = open.shown().extended();
        ServerRow.Peer row = new ServerRow.Peer(ServerRow.Peer.SERVER, Tokens.hash(proof), extended, "");
        return meetings.open(arrival.loop(), Tokens.hash(token), row, info).compose(opened -> {
            if (!opened) {
                return draws > 1 ? openNew(arrival, open, info, draws - 1) : turnedAway(SignallingClose.TRY_AGAIN);
            }
            PeerWord.Attach attach = new PeerWord.Attach(
                    arrival.self(), PeerWord.Coming.FOLLOWING, row.id(), row.secret(), extended, "", 0);
            SignallingState.Self self = new SignallingState.Self(token, true, token, extended);
            return attach(arrival, token, attach)
                    .compose(answer -> entered(self, Optional.of(proof), answer, false));
        });
    }

    // ---- clients

    private Future<SignallingEvent> join(Arrival arrival, EntryRequest.Join join) {
        EntryRequest.Shown shown = join.shown();
        if (shown.comesBack().isPresent()) {
            String id = shown.comesBack().get().id();
            return comeBack(arrival, shown, new SignallingState.Self(id, false, join.token(), true), id);
        }
        String id = tokens.next();
        String proof = tokens.next();
        return whoJoins(arrival, join).compose(who -> {
            PeerWord.Attach attach = new PeerWord.Attach(
                    arrival.self(), PeerWord.Coming.JOINING, id, Tokens.hash(proof), shown.extended(), who, 0);
            SignallingState.Self self = new SignallingState.Self(id, false, join.token(), shown.extended());
            return attach(arrival, join.token(), attach).compose(answer ->
                    answer instanceof PeerWord.NotAttached(var refusal) && refusal == PeerWord.Refusal.UNKNOWN
                            ? wrong(arrival, RefusalAudit.Kind.UNKNOWN_TOKEN)
                            : entered(self, Optional.of(proof), answer, false));
        });
    }

    private Future<String> whoJoins(Arrival arrival, EntryRequest.Join join) {
        if (joinTokens.isEmpty()) {
            return Future.succeededFuture("");
        }
        Optional<String> shown = join.shown().joinToken();
        if (shown.isEmpty()) {
            return turnedAway(SignallingClose.UNAUTHENTICATED);
        }
        return joinTokens.get().use(shown.get(), join.token()).compose(who -> who.isPresent()
                ? Future.succeededFuture(who.get())
                : wrong(arrival, RefusalAudit.Kind.WRONG_JOIN_TOKEN));
    }

    // ---- both

    private Future<SignallingEvent> comeBack(
            Arrival arrival, EntryRequest.Shown shown, SignallingState.Self self, String peer) {
        String proof = shown.comesBack().get().proof();
        PeerWord.Attach attach = new PeerWord.Attach(
                arrival.self(), PeerWord.Coming.RESUMING, peer, Tokens.hash(proof), true, "", shown.seen());
        return attach(arrival, self.serverId(), attach).compose(answer -> {
            if (answer instanceof PeerWord.NotAttached) {
                meters.resumed(SignallingMeters.ResumeResult.REFUSED);
                return wrong(arrival, RefusalAudit.Kind.UNKNOWN_TOKEN);
            }
            return entered(self, Optional.of(proof), answer, true);
        });
    }

    private static Future<PeerWord> attach(Arrival arrival, String token, PeerWord.Attach attach) {
        arrival.attaching().accept(attach);
        return arrival.link().attach(Tokens.hash(token), attach);
    }

    private Future<SignallingEvent> entered(
            SignallingState.Self self, Optional<String> proof, PeerWord answer, boolean resumed) {
        if (!(answer instanceof PeerWord.Attached(long seq, long received, long lost, Optional<String> info))) {
            boolean full = answer instanceof PeerWord.NotAttached(var refusal) && refusal == PeerWord.Refusal.FULL;
            return turnedAway(full ? SignallingClose.FULL : SignallingClose.TRY_AGAIN);
        }
        if (resumed) {
            meters.resumed(lost == 0
                    ? SignallingMeters.ResumeResult.COMPLETE
                    : SignallingMeters.ResumeResult.INCOMPLETE);
        }
        boolean returns = self.extended() && !config.resume().grace().isZero();
        Optional<SignallingReply.Return> comeBack = proof.filter(known -> returns).map(known ->
                new SignallingReply.Return(self.id() + '.' + known, config.resume().grace().toSeconds()));
        return Future.succeededFuture(new SignallingEvent.Entered(
                self,
                info,
                comeBack,
                resumed ? Optional.of(new SignallingReply.Resumed(received, lost)) : Optional.empty(),
                iceServers.of(self.id()),
                seq));
    }
}
