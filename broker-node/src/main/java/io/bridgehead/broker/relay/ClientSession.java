package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.relay.ClientState.Asking;
import io.bridgehead.broker.relay.ClientState.Over;
import io.bridgehead.broker.relay.ClientState.Queued;
import io.bridgehead.broker.relay.ClientState.Served;
import io.bridgehead.broker.session.Signal;
import java.util.ArrayList;
import java.util.List;

/**
 * A client's connection: it waits for a host, and is that host's until one of them ends it.
 *
 * <pre>
 *  Asking --allowed--> Queued --host accepts--> Served --ends--> Over
 * </pre>
 *
 * Hosts of several attempts may accept; the first one has it, the others keep their place. Pure. Source:
 * {@code protocols.md} §3.
 */
final class ClientSession implements RelaySession<ClientState> {

    private final SessionTimes times;

    ClientSession(SessionTimes times) {
        this.times = times;
    }

    @Override
    public Step<ClientState> on(ClientState state, RelayEvent event) {
        return switch (state) {
            case Asking a -> asking(a, event);
            case Queued q -> queued(q, event);
            case Served s -> served(s, event);
            case Over o -> Step.to(o, refusal(event));
        };
    }

    private Step<ClientState> asking(Asking state, RelayEvent event) {
        return switch (event) {
            case RelayEvent.Opened o -> Step.to(state, new RelayEffect.Ask());
            case RelayEvent.Allowed(Party self) -> Step.to(
                    new Queued(self),
                    new RelayEffect.StartTimer(RelayTimer.HOST, times.host()),
                    new RelayEffect.Queue(self));
            default -> ended(state, event, List.of());
        };
    }

    private static Step<ClientState> queue(Party self) {
        return Step.to(new Queued(self), new RelayEffect.Queue(self));
    }

    private Step<ClientState> queued(Queued state, RelayEvent event) {
        return switch (event) {
            case RelayEvent.Signalled(Signal.Accepted(CallId call, Party host)) -> Step.to(
                    new Served(call, false, false),
                    new RelayEffect.StopTimer(RelayTimer.HOST),
                    new RelayEffect.Served(),
                    new RelayEffect.Splice(call, state.self(), host, true),
                    new RelayEffect.Tell(host.address(), new Signal.Confirmed(call)));
            case RelayEvent.Signalled(Signal.Answered a) -> queue(state.self());
            default -> ended(state, event, List.of(new RelayEffect.Forget()));
        };
    }

    private Step<ClientState> served(Served state, RelayEvent event) {
        return switch (event) {
            case RelayEvent.InputDrained i ->
                half(new Served(state.call(), true, state.hostDone()), new RelayEffect.FinishPartner());
            case RelayEvent.PartnerFinished p ->
                half(new Served(state.call(), state.clientDone(), true), new RelayEffect.FinishPeer());
            case RelayEvent.Signalled(Signal.Ended(CallId call)) when call.equals(state.call()) ->
                close(RelayClose.PARTNER_GONE, List.of(new RelayEffect.Unsplice()));
            case RelayEvent.TimedOut(RelayTimer timer) when timer == RelayTimer.HALF_CLOSE ->
                close(RelayClose.HALF_CLOSED, List.of(new RelayEffect.Unsplice()));
            case RelayEvent.TimedOut(RelayTimer timer) when timer == RelayTimer.IDLE ->
                close(RelayClose.IDLE, List.of(new RelayEffect.Unsplice()));
            case RelayEvent.Evicted(RelayClose reason) -> close(reason, List.of(new RelayEffect.Unsplice()));
            case RelayEvent.Disconnected d -> Step.to(new Over(), new RelayEffect.Unsplice());
            default -> Step.to(state, refusal(event));
        };
    }

    /** One direction is over; with both of them the connection is. */
    private Step<ClientState> half(Served state, RelayEffect effect) {
        return state.clientDone() && state.hostDone()
                ? Step.to(
                        new Over(), effect, new RelayEffect.Unsplice(), new RelayEffect.Close(RelayClose.FINISHED))
                : Step.to(state, effect, new RelayEffect.StartTimer(RelayTimer.HALF_CLOSE, times.halfClose()));
    }

    /** What ends a client that has no host. */
    private static Step<ClientState> ended(ClientState state, RelayEvent event, List<RelayEffect> before) {
        return switch (event) {
            case RelayEvent.TimedOut(RelayTimer timer) when timer == RelayTimer.HOST ->
                close(RelayClose.NO_HOST, before);
            case RelayEvent.Refused(RelayClose reason) -> close(reason, before);
            case RelayEvent.Evicted(RelayClose reason) -> close(reason, before);
            case RelayEvent.Disconnected d -> new Step<>(new Over(), before);
            default -> Step.to(state, refusal(event));
        };
    }

    private static Step<ClientState> close(RelayClose reason, List<RelayEffect> before) {
        List<RelayEffect> effects = new ArrayList<>(before);
        effects.add(new RelayEffect.Close(reason));
        return new Step<>(new Over(), effects);
    }

    /** A host that offers itself too late keeps its place. */
    private static RelayEffect[] refusal(RelayEvent event) {
        return event instanceof RelayEvent.Signalled(Signal.Accepted(CallId call, Party host))
                ? new RelayEffect[] {new RelayEffect.Tell(host.address(), new Signal.Gone(call))}
                : new RelayEffect[0];
    }
}
