package io.bridgehead.broker.signalling;

import io.bridgehead.broker.config.SignallingConfig;
import io.bridgehead.broker.presence.ServerRow;
import io.bridgehead.broker.signalling.SignallingEffect.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The protocol of one connection as a function: state and event in, next state and effects out. One instance serves all
 * connections. Pure; any thread.
 */
final class SignallingSession {

    static final Duration ENTRY_TIME = Duration.ofSeconds(15);

    /** A client reads PEER_GONE and leaves by itself; one that does not is closed. */
    static final Duration LINGER = Duration.ofSeconds(5);

    private static final Set<String> RESERVED = Set.of("HELLO", "PEER_JOINED", "PEER_GONE", "ERROR");
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Where an event leads. */
    record Step(SignallingState state, List<SignallingEffect> effects) {

        static Step to(SignallingState state, SignallingEffect... effects) {
            return new Step(state, List.of(effects));
        }
    }

    private final SignallingConfig.Limits limits;

    SignallingSession(SignallingConfig.Limits limits) {
        this.limits = limits;
    }

    Step on(SignallingState state, SignallingEvent event) {
        return switch (state) {
            case SignallingState.Entering entering -> entering(entering, event);
            case SignallingState.Present present -> present(present, event);
            case SignallingState.Parted parted -> parted(parted, event);
            case SignallingState.Over over -> Step.to(over);
        };
    }

    private Step entering(SignallingState.Entering state, SignallingEvent event) {
        return switch (event) {
            case SignallingEvent.Opened o -> Step.to(
                    state,
                    new SignallingEffect.StartTimer(Timer.ENTRY, ENTRY_TIME),
                    new SignallingEffect.Enter());
            case SignallingEvent.Entered entered -> entered(entered);
            case SignallingEvent.TurnedAway(SignallingClose close) -> close(close);
            case SignallingEvent.TimedOut t -> close(SignallingClose.TRY_AGAIN);
            case SignallingEvent.MeetingOver m -> close(SignallingClose.UNKNOWN_TOKEN);
            case SignallingEvent.Ended(SignallingClose close) ->
                Step.to(
                        new SignallingState.Over(),
                        new SignallingEffect.Leave(isForGood(state, close)),
                        new SignallingEffect.Close(close));
            case SignallingEvent.Disconnected(SignallingClose close) ->
                Step.to(new SignallingState.Over(), new SignallingEffect.Leave(isForGood(state, close)));
            case SignallingEvent.Said s -> Step.to(state);
            case SignallingEvent.Heard h -> Step.to(state);
            case SignallingEvent.Told t -> Step.to(state);
            case SignallingEvent.Objected o -> Step.to(state);
        };
    }

    /** Its meeting may have taken it already. Who has no secret yet cannot come back. */
    private static boolean isForGood(SignallingState.Entering state, SignallingClose close) {
        return !state.returning() || close.isForGood();
    }

    private Step entered(SignallingEvent.Entered entered) {
        SignallingState.Self self = entered.self();
        SignallingReply hello = new SignallingReply.Hello(
                self.id(),
                Optional.of(self.serverId()).filter(server -> self.extended() && !self.server()),
                entered.serverInfo(), entered.comeBack(), entered.resumed(), entered.iceServers());
        return Step.to(
                new SignallingState.Present(entered.self(), Long.MIN_VALUE, 0, false, entered.seen()),
                new SignallingEffect.Reply(hello),
                new SignallingEffect.StartTimer(Timer.PING, limits.pingInterval()));
    }

    private Step present(SignallingState.Present state, SignallingEvent event) {
        return switch (event) {
            case SignallingEvent.Said(SignallingCommand command, long nanos) -> said(state, command, nanos);
            case SignallingEvent.Told(PeerWord.Numbered word) -> told(state, word);
            case SignallingEvent.Objected(ErrorCode code, String to) ->
                refuse(state, code, about(code, state, to), false);
            case SignallingEvent.Heard h -> Step.to(state.withSilent(false));
            case SignallingEvent.TimedOut(Timer timer) -> timedOut(state, timer);
            case SignallingEvent.MeetingOver m when state.self().server() -> leave(SignallingClose.SERVER_GONE);
            case SignallingEvent.MeetingOver m -> Step.to(
                    new SignallingState.Parted(state.self(), 0),
                    new SignallingEffect.Reply(new SignallingReply.PeerGone(
                            state.self().id(), state.self().serverId(), number(state.self(), state.seen() + 1))),
                    new SignallingEffect.StartTimer(Timer.LINGER, LINGER));
            case SignallingEvent.Ended(SignallingClose close) -> leave(close);
            case SignallingEvent.Disconnected(SignallingClose close) ->
                Step.to(new SignallingState.Over(), new SignallingEffect.Leave(close.isForGood()));
            case SignallingEvent.Opened o -> Step.to(state);
            case SignallingEvent.Entered e -> Step.to(state);
            case SignallingEvent.TurnedAway(SignallingClose close) -> leave(close);
        };
    }

    private Step said(SignallingState.Present state, SignallingCommand command, long nanos) {
        long interval = SECOND / limits.messagesPerSecond();
        boolean rested = state.allowedFrom() == Long.MIN_VALUE || state.allowedFrom() - nanos < 0;
        long from = rested ? nanos : state.allowedFrom();
        if (from - nanos > interval * (limits.messageBurst() - 1)) {
            return refuse(state, ErrorCode.TOO_FAST,
                    "at most " + limits.messagesPerSecond() + " messages per second expected", false);
        }
        SignallingState.Present counted = state.withAllowedFrom(from + interval);
        return switch (command) {
            case SignallingCommand.Malformed(ErrorCode code, String reason, boolean unsafe) ->
                refuse(counted, code, reason, unsafe);
            case SignallingCommand.Message message -> message(counted, message);
        };
    }

    private Step message(SignallingState.Present state, SignallingCommand.Message message) {
        SignallingState.Self self = state.self();
        if (message.from().filter(from -> !from.equals(self.id())).isPresent()) {
            return refuse(state, ErrorCode.WRONG_FROM, "from: your own id expected, or none", false);
        }
        if (RESERVED.contains(message.type())) {
            return refuse(state, ErrorCode.RESERVED_TYPE, "type: only the relay sends " + message.type(), false);
        }
        if (!self.server() && !isServer(self, message.to())) {
            return refuse(state, ErrorCode.WRONG_TO, "to: your server's id expected", false);
        }
        String to = self.server() ? message.to() : ServerRow.Peer.SERVER;
        return Step.to(state, new SignallingEffect.Say(to, message.type(), message.message()));
    }

    /** Nearly always it is written as it was given out. */
    private static boolean isServer(SignallingState.Self self, String to) {
        return to.equals(self.serverId()) || Tokens.written(to).equals(self.serverId());
    }

    private static String about(ErrorCode code, SignallingState.Present state, String to) {
        String peer = state.self().server() ? to : state.self().serverId();
        return switch (code) {
            case PEER_GONE -> "to: " + peer + " has left";
            case UNDELIVERED -> "to: " + peer + " may not have got it";
            case WRONG_TO -> "to: the id of one of your clients expected";
            case NOT_JSON, BAD_MESSAGE, WRONG_FROM, RESERVED_TYPE, SCHEMA, BINARY, TOO_LARGE, TOO_FAST -> code.wire();
        };
    }

    private Step refuse(SignallingState.Present state, ErrorCode code, String reason, boolean unsafe) {
        SignallingEffect error = new SignallingEffect.Reply(new SignallingReply.Error(state.self().id(), code, reason));
        if (!code.isViolation()) {
            return Step.to(state, error);
        }
        SignallingState.Present counted = state.withViolations(state.violations() + 1);
        if (unsafe) {
            SignallingClose close = code == ErrorCode.TOO_LARGE ? SignallingClose.TOO_LARGE : SignallingClose.UNSAFE;
            return closed(close, error);
        }
        return counted.violations() >= limits.maxViolations()
                ? closed(SignallingClose.VIOLATIONS, error)
                : Step.to(counted, error);
    }

    private Step told(SignallingState.Present state, PeerWord.Numbered word) {
        if (word.seq() <= state.seen()) {
            return Step.to(state);
        }
        if (word.seq() > state.seen() + 1) {
            return Step.to(state, new SignallingEffect.AskAgain(state.seen()));
        }
        return Step.to(state.withSeen(word.seq()), new SignallingEffect.Reply(reply(state.self(), word)));
    }

    private static SignallingReply reply(SignallingState.Self self, PeerWord.Numbered word) {
        OptionalLong seq = number(self, word.seq());
        return switch (word) {
            case PeerWord.Deliver(long number, String from, String type, String message) ->
                new SignallingReply.Forward(self.id(), named(self, from), type, message, seq);
            case PeerWord.Joined(long number, String peer, String who) ->
                new SignallingReply.PeerJoined(self.id(), peer, who, seq);
            case PeerWord.Gone(long number, String peer) ->
                new SignallingReply.PeerGone(self.id(), peer, seq);
        };
    }

    private static OptionalLong number(SignallingState.Self self, long seq) {
        return self.extended() ? OptionalLong.of(seq) : OptionalLong.empty();
    }

    private static String named(SignallingState.Self self, String peer) {
        return peer.equals(ServerRow.Peer.SERVER) ? self.serverId() : peer;
    }

    private Step timedOut(SignallingState.Present state, Timer timer) {
        return switch (timer) {
            case PING -> Step.to(
                    state.withSilent(true),
                    new SignallingEffect.Ping(),
                    new SignallingEffect.AskAgain(state.seen()),
                    new SignallingEffect.StartTimer(Timer.PONG, limits.pongTimeout()));
            case PONG -> state.silent()
                    ? leave(SignallingClose.PONG_TIMEOUT)
                    : Step.to(state, new SignallingEffect.StartTimer(Timer.PING, limits.pingInterval()));
            case ENTRY, LINGER -> Step.to(state);
        };
    }

    private Step parted(SignallingState.Parted state, SignallingEvent event) {
        return switch (event) {
            case SignallingEvent.Said s when state.answered() >= limits.maxViolations() ->
                close(SignallingClose.SERVER_GONE);
            case SignallingEvent.Said s -> Step.to(
                    new SignallingState.Parted(state.self(), state.answered() + 1),
                    new SignallingEffect.Reply(new SignallingReply.Error(
                            state.self().id(), ErrorCode.PEER_GONE, "to: " + state.self().serverId() + " has left")));
            case SignallingEvent.TimedOut(Timer timer) ->
                timer == Timer.LINGER ? close(SignallingClose.SERVER_GONE) : Step.to(state);
            case SignallingEvent.Ended(SignallingClose close) -> close(close);
            case SignallingEvent.Disconnected d -> Step.to(new SignallingState.Over());
            case SignallingEvent.Opened o -> Step.to(state);
            case SignallingEvent.Entered e -> Step.to(state);
            case SignallingEvent.TurnedAway t -> Step.to(state);
            case SignallingEvent.Heard h -> Step.to(state);
            case SignallingEvent.Told t -> Step.to(state);
            case SignallingEvent.Objected o -> Step.to(state);
            case SignallingEvent.MeetingOver m -> Step.to(state);
        };
    }

    private static Step close(SignallingClose close) {
        return Step.to(new SignallingState.Over(), new SignallingEffect.Close(close));
    }

    private static Step leave(SignallingClose close) {
        return closed(close);
    }

    private static Step closed(SignallingClose close, SignallingEffect... before) {
        List<SignallingEffect> effects = new ArrayList<>(List.of(before));
        effects.add(new SignallingEffect.Leave(close.isForGood()));
        effects.add(new SignallingEffect.Close(close));
        return new Step(new SignallingState.Over(), effects);
    }
}
