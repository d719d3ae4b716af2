package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.relay.CommandState.Checking;
import io.bridgehead.broker.relay.CommandState.Listening;
import io.bridgehead.broker.relay.CommandState.Over;
import io.bridgehead.broker.relay.CommandState.Silent;
import java.util.ArrayList;
import java.util.List;

/**
 * A host's command connection: it is told of every client that one of the host's data connections gets, and of its end.
 * A host of the seed's kind says nothing on it; one that has named itself says Hello first.
 *
 * <pre>
 *  Silent --Hello--> Checking --admitted--> Listening --ends--> Over
 * </pre>
 *
 * Pure. Source: {@code protocols.md} §3.
 */
final class CommandSession implements RelaySession<CommandState> {

    private final SessionTimes times;

    CommandSession(SessionTimes times) {
        this.times = times;
    }

    @Override
    public Step<CommandState> on(CommandState state, RelayEvent event) {
        return switch (state) {
            case Silent s -> silent(s, event);
            case Checking c -> checking(c, event);
            case Listening l -> ended(l, event, List.of(new RelayEffect.Forget()));
            case Over o -> Step.to(o);
        };
    }

    private Step<CommandState> silent(Silent state, RelayEvent event) {
        return switch (event) {
            case RelayEvent.Opened o -> state.anonymous()
                    .map(key -> Step.<CommandState>to(state, new RelayEffect.Listen(key)))
                    .orElseGet(() -> Step.to(
                            state, new RelayEffect.StartTimer(RelayTimer.HELLO, times.hello())));
            case RelayEvent.Said(RelayCommand.Hello hello) -> Step.to(
                    new Checking(),
                    new RelayEffect.StopTimer(RelayTimer.HELLO),
                    new RelayEffect.Forget(),
                    new RelayEffect.Decide(hello));
            default -> ended(state, event, List.of(new RelayEffect.Forget()));
        };
    }

    private Step<CommandState> checking(Checking state, RelayEvent event) {
        return event instanceof RelayEvent.Admitted(RelayEvent.Admission admission, SessionAddress self)
                ? Step.to(new Listening(admission.key()), new RelayEffect.Listen(admission.key()))
                : ended(state, event, List.of());
    }

    private static Step<CommandState> ended(CommandState state, RelayEvent event, List<RelayEffect> before) {
        return switch (event) {
            case RelayEvent.Announced(RelayReply reply) -> Step.to(state, new RelayEffect.Write(reply));
            case RelayEvent.Said s -> close(RelayClose.PROTOCOL_ERROR, before);
            case RelayEvent.Malformed m -> close(RelayClose.PROTOCOL_ERROR, before);
            case RelayEvent.Refused(RelayClose reason) -> close(reason, before);
            case RelayEvent.TimedOut t -> close(RelayClose.NO_HELLO, before);
            case RelayEvent.InputClosed i -> close(RelayClose.PEER_GONE, before);
            case RelayEvent.Evicted(RelayClose reason) -> close(reason, before);
            case RelayEvent.Disconnected d -> new Step<>(new Over(), before);
            default -> Step.to(state);
        };
    }

    private static Step<CommandState> close(RelayClose reason, List<RelayEffect> before) {
        List<RelayEffect> effects = new ArrayList<>(before);
        effects.add(new RelayEffect.Close(reason));
        return new Step<>(new Over(), effects);
    }
}
