package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.relay.HostState.Assigned;
import io.bridgehead.broker.relay.HostState.Checking;
import io.bridgehead.broker.relay.HostState.Greeting;
import io.bridgehead.broker.relay.HostState.Guest;
import io.bridgehead.broker.relay.HostState.Offered;
import io.bridgehead.broker.relay.HostState.Over;
import io.bridgehead.broker.relay.HostState.Waiting;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A host's data connection: it says Hello, waits for one client, is that client's, and is over with it.
 *
 * <pre>
 *  Greeting --Hello--> Checking --admitted--> Waiting --rung--> Offered --confirmed--> Assigned --ends--> Over
 *                                                ^                 |
 *                                                +---client gone---+
 * </pre>
 *
 * A client that does not confirm costs the host nothing: nothing was announced, and it keeps its place. Pure. Source:
 * {@code protocols.md} §3.
 */
final class HostSession implements RelaySession<HostState> {

    /** A client that has not said its last word by then will not. */
    static final Duration LAST_WORD = Duration.ofSeconds(10);

    /** The domain of the room's own parties: nobody's, RFC 2606. */
    static final String DOMAIN = AccountId.REQUESTS;

    private final SessionTimes times;

    HostSession(SessionTimes times) {
        this.times = times;
    }

    static Party party(SessionAddress self, HostKey key) {
        return new Party(self, new AccountId(key.service(), DOMAIN), key.toString());
    }

    @Override
    public Step<HostState> on(HostState state, RelayEvent event) {
        return switch (state) {
            case Greeting g -> greeting(g, event);
            case Checking c -> checking(c, event);
            case Waiting w -> waiting(w, event);
            case Offered o -> offered(o, event);
            case Assigned a -> assigned(a, event);
            case Over o -> Step.to(o, lateWord(event));
        };
    }

    private Step<HostState> greeting(Greeting state, RelayEvent event) {
        return switch (event) {
            case RelayEvent.Opened o -> Step.to(state, new RelayEffect.StartTimer(RelayTimer.HELLO, times.hello()));
            case RelayEvent.Said(RelayCommand.Hello hello) -> Step.to(
                    new Checking(), new RelayEffect.StopTimer(RelayTimer.HELLO), new RelayEffect.Decide(hello));
            default -> ended(state, event, List.of());
        };
    }

    private Step<HostState> checking(Checking state, RelayEvent event) {
        return event instanceof RelayEvent.Admitted(RelayEvent.Admission admission, SessionAddress self)
                ? Step.to(
                        new Waiting(new Guest(admission.key(), admission.number(), party(self, admission.key()))),
                        new RelayEffect.Write(new RelayReply.Welcome(
                                admission.number(), admission.relayHost(), admission.relayPort())),
                        new RelayEffect.Offer(admission.key()))
                : ended(state, event, List.of());
    }

    private Step<HostState> waiting(Waiting state, RelayEvent event) {
        if (event instanceof RelayEvent.Signalled(Signal.Rung(CallId call, Party client))) {
            return Step.to(
                    new Offered(state.guest(), call, client),
                    new RelayEffect.StartTimer(RelayTimer.LAST_WORD, LAST_WORD),
                    new RelayEffect.Tell(client.address(), new Signal.Accepted(call, state.guest().self())));
        }
        return ended(state, event, List.of(new RelayEffect.Forget()));
    }

    private Step<HostState> offered(Offered state, RelayEvent event) {
        // a client whose last word comes too late is told that there is nobody any more
        RelayEffect withdrawn = new RelayEffect.Tell(state.client().address(), new Signal.Ended(state.call()));
        if (event instanceof RelayEvent.TimedOut(RelayTimer timer) && timer == RelayTimer.LAST_WORD) {
            return Step.to(new Waiting(state.guest()), withdrawn, new RelayEffect.Offer(state.guest().key()));
        }
        if (event instanceof RelayEvent.Signalled(Signal.Gone(CallId call)) && call.equals(state.call())) {
            return Step.to(
                    new Waiting(state.guest()),
                    new RelayEffect.StopTimer(RelayTimer.LAST_WORD),
                    new RelayEffect.Offer(state.guest().key()));
        }
        if (event instanceof RelayEvent.Signalled(Signal.Confirmed(CallId call)) && call.equals(state.call())) {
            return Step.to(
                    new Assigned(state.guest(), call, false, false),
                    new RelayEffect.StopTimer(RelayTimer.LAST_WORD),
                    new RelayEffect.Announce(state.guest().key(), new RelayReply.Opened(state.guest().number())),
                    new RelayEffect.Splice(call, state.guest().self(), state.client(), false));
        }
        return event instanceof RelayEvent.Signalled(Signal.Rung(CallId call, Party client))
                ? Step.to(state, busy(call, client))
                : ended(state, event, List.of(new RelayEffect.Forget(), withdrawn));
    }

    private Step<HostState> assigned(Assigned state, RelayEvent event) {
        return switch (event) {
            case RelayEvent.InputDrained i -> half(
                    new Assigned(state.guest(), state.call(), true, state.clientDone()),
                    List.of(new RelayEffect.FinishPartner()));
            case RelayEvent.PartnerFinished p -> half(
                    new Assigned(state.guest(), state.call(), state.hostDone(), true),
                    state.guest().key().isNamed()
                            ? List.of(new RelayEffect.FinishPeer())
                            : List.of(dropped(state.guest()), new RelayEffect.FinishPeer()));
            case RelayEvent.Signalled(Signal.Ended(CallId call)) when call.equals(state.call()) ->
                close(RelayClose.PARTNER_GONE, closing(state));
            case RelayEvent.Signalled(Signal.Rung(CallId call, Party client)) -> Step.to(state, busy(call, client));
            case RelayEvent.TimedOut(RelayTimer timer) when timer == RelayTimer.HALF_CLOSE ->
                close(RelayClose.HALF_CLOSED, closing(state));
            case RelayEvent.Disconnected d ->
                Step.to(new Over(), new RelayEffect.Unsplice(), new RelayEffect.Forget());
            case RelayEvent.Evicted(RelayClose reason) -> close(reason, closing(state));
            default -> Step.to(state, lateWord(event));
        };
    }

    /** One direction is over; with both of them the connection is. */
    private Step<HostState> half(Assigned state, List<RelayEffect> effects) {
        List<RelayEffect> all = new ArrayList<>(effects);
        if (state.hostDone() && state.clientDone()) {
            all.addAll(closing(state));
            all.add(new RelayEffect.Close(RelayClose.FINISHED));
            return new Step<>(new Over(), all);
        }
        boolean namedOrHostDone = state.guest().key().isNamed() || state.hostDone();
        all.add(new RelayEffect.StartTimer(
                RelayTimer.HALF_CLOSE, namedOrHostDone ? times.halfClose() : times.legacyDrain()));
        return new Step<>(state, all);
    }

    /** The client's end is announced once. To a host of the seed's kind it was when the client sent no more. */
    private static List<RelayEffect> closing(Assigned state) {
        List<RelayEffect> effects = new ArrayList<>();
        effects.add(new RelayEffect.Unsplice());
        effects.add(new RelayEffect.Forget());
        if (state.guest().key().isNamed() || !state.clientDone()) {
            effects.add(dropped(state.guest()));
        }
        return effects;
    }

    private static RelayEffect dropped(Guest guest) {
        return new RelayEffect.Announce(guest.key(), new RelayReply.Dropped(guest.number()));
    }

    private static RelayEffect busy(CallId call, Party client) {
        return new RelayEffect.Tell(
                client.address(), new Signal.Answered(call, CallOutcome.UNAVAILABLE));
    }

    /** What ends a connection that is nobody's yet. */
    private static Step<HostState> ended(HostState state, RelayEvent event, List<RelayEffect> before) {
        return switch (event) {
            case RelayEvent.Malformed m -> close(RelayClose.PROTOCOL_ERROR, before);
            case RelayEvent.Refused(RelayClose reason) -> close(reason, before);
            case RelayEvent.TimedOut(RelayTimer timer) when timer == RelayTimer.HELLO ->
                close(RelayClose.NO_HELLO, before);
            case RelayEvent.InputClosed i -> close(RelayClose.PEER_GONE, before);
            case RelayEvent.Evicted(RelayClose reason) -> close(reason, before);
            case RelayEvent.Disconnected d -> new Step<>(new Over(), before);
            default -> Step.to(state, lateWord(event));
        };
    }

    private static Step<HostState> close(RelayClose reason, List<RelayEffect> before) {
        List<RelayEffect> effects = new ArrayList<>(before);
        effects.add(new RelayEffect.Close(reason));
        return new Step<>(new Over(), effects);
    }

    /** A client that would wait for an answer gets one. */
    private static RelayEffect[] lateWord(RelayEvent event) {
        return switch (event) {
            case RelayEvent.Signalled(Signal.Rung(CallId call, Party client)) ->
                new RelayEffect[] {busy(call, client)};
            default -> new RelayEffect[0];
        };
    }
}
