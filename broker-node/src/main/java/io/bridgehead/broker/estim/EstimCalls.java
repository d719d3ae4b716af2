package io.bridgehead.broker.estim;

import static io.bridgehead.broker.estim.EstimWords.idle;
import static io.bridgehead.broker.estim.EstimWords.isOurs;
import static io.bridgehead.broker.estim.EstimWords.problem;
import static io.bridgehead.broker.estim.EstimWords.reply;
import static io.bridgehead.broker.estim.EstimWords.self;
import static io.bridgehead.broker.estim.EstimWords.start;
import static io.bridgehead.broker.estim.EstimWords.tell;
import static io.bridgehead.broker.estim.EstimWords.withdrawal;

import io.bridgehead.broker.estim.EstimState.Accepting;
import io.bridgehead.broker.estim.EstimState.Bridged;
import io.bridgehead.broker.estim.EstimState.Closed;
import io.bridgehead.broker.estim.EstimState.Idle;
import io.bridgehead.broker.estim.EstimState.Offer;
import io.bridgehead.broker.estim.EstimState.Offers;
import io.bridgehead.broker.estim.EstimState.Outgoing;
import io.bridgehead.broker.estim.EstimState.Registering;
import io.bridgehead.broker.estim.EstimState.Unregistered;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.WrittenId;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.Effect;
import io.bridgehead.broker.session.Signal;
import io.bridgehead.broker.session.Timer;
import io.bridgehead.broker.session.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The calling part of {@link EstimSession}: from {@code ;connect} and {@code ;accept} to a bridge, or to an answer.
 * Pure, any thread.
 */
final class EstimCalls {

    private final Duration callTimeout;
    private final int maxOffers;

    EstimCalls(Duration callTimeout, int maxOffers) {
        this.callTimeout = callTimeout;
        this.maxOffers = maxOffers;
    }

    Transition<EstimState, EstimReply> connect(
            Idle idle, WrittenId callee) {
        if (idle.outgoing().isPresent()) {
            return problem(idle, "already calling " + idle.outgoing().get().written().written());
        }
        if (callee.id().equals(idle.self().account())) {
            return problem(idle, "cannot call yourself");
        }
        CallId call = new CallId(idle.self().address().session(), idle.calls() + 1);
        Idle calling = new Idle(
                idle.self(),
                idle.offers(),
                Optional.of(new Outgoing(call, callee, Optional.empty())),
                idle.calls() + 1);
        return Transition.to(
                calling, new Effect.Ring<>(call, idle.self(), callee.id()), start(Timer.CALL, callTimeout));
    }

    Transition<EstimState, EstimReply> answer(
            Idle idle, WrittenId caller, boolean yes) {
        Optional<Offer> found = idle.offers().from(caller);
        if (found.isEmpty()) {
            return problem(idle, "no connect request from " + caller.written());
        }
        Offer offer = found.get();
        Offers others = idle.offers().without(offer.call());
        if (offer.gone()) {
            return Transition.to(
                    new Idle(idle.self(), others, idle.outgoing(), idle.calls()),
                    reply(new EstimReply.Unavailable(caller.written())));
        }
        if (!yes) {
            return Transition.to(
                    new Idle(idle.self(), others, idle.outgoing(), idle.calls()),
                    tell(offer.caller(), new Signal.Answered(offer.call(), CallOutcome.DENIED)));
        }
        if (offer.question()) {
            return Transition.to(
                    new Idle(idle.self(), others, idle.outgoing(), idle.calls()),
                    tell(offer.caller(), new Signal.Consented(offer.call())),
                    reply(new EstimReply.Notice("accepted " + offer.caller().displayName())));
        }
        // a call of ours to the same user stays: if they accept it at this moment, the two must agree on one of them
        boolean crossed = idle.outgoing().filter(ours -> ours.isTo(offer.caller())).isPresent();
        List<Effect<EstimReply>> effects = new ArrayList<>();
        if (!crossed) {
            effects.addAll(withdrawal(idle.outgoing()));
        }
        effects.add(new Effect.Accept<>(offer.call(), offer.caller(), idle.self()));
        Optional<Outgoing> kept = crossed ? idle.outgoing() : Optional.empty();
        return new Transition<>(
                new Accepting(idle.self(), others, kept, idle.calls(), offer, caller), effects);
    }

    Transition<EstimState, EstimReply> withdraw(Idle idle) {
        Idle quiet = new Idle(idle.self(), idle.offers(), Optional.empty(), idle.calls());
        return new Transition<>(quiet, withdrawal(idle.outgoing()));
    }

    Transition<EstimState, EstimReply> ringing(EstimState state, CallId call, Party callee) {
        if (state instanceof Idle idle && isOurs(idle.outgoing(), call)) {
            Outgoing ringing = new Outgoing(call, idle.outgoing().get().written(), Optional.of(callee));
            return Transition.to(new Idle(idle.self(), idle.offers(), Optional.of(ringing), idle.calls()));
        }
        if (state instanceof Accepting a && isOurs(a.outgoing(), call)) {
            Outgoing ringing = new Outgoing(call, a.outgoing().get().written(), Optional.of(callee));
            return Transition.to(
                    new Accepting(a.self(), a.offers(), Optional.of(ringing), a.calls(), a.chosen(), a.written()));
        }
        return Transition.to(state);
    }

    private static List<Effect<EstimReply>> unanswered(Outgoing call) {
        List<Effect<EstimReply>> effects = new ArrayList<>(withdrawal(Optional.of(call)));
        effects.add(reply(new EstimReply.Unavailable(call.written().written())));
        return effects;
    }

    Transition<EstimState, EstimReply> signal(EstimState state, Signal signal) {
        return switch (signal) {
            case Signal.Rung(CallId call, Party caller) ->
                rung(state, new Offer(call, caller, false, false), List.of(), maxOffers);
            case Signal.Asked(CallId call, Party asker, String about) -> rung(
                    state,
                    new Offer(call, asker, false, true),
                    List.of(reply(new EstimReply.Notice(about))),
                    maxQuestions(state));
            case Signal.Consented c -> Transition.to(state);
            case Signal.Withdrawn(CallId call) -> withdrawn(state, call);
            case Signal.Answered(CallId call, CallOutcome outcome) -> answered(state, call, outcome);
            case Signal.Accepted(CallId call, Party callee) -> accepted(state, call, callee);
            case Signal.Confirmed(CallId call) -> confirmed(state, call);
            case Signal.Gone(CallId call) -> state instanceof Accepting a && a.chosen().call().equals(call)
                    ? Transition.to(
                            new Idle(a.self(), a.offers(), a.outgoing(), a.calls()),
                            reply(new EstimReply.Unavailable(a.written().written())))
                    : Transition.to(state);
            case Signal.Ended(CallId call) -> state instanceof Bridged bridged && bridged.call().equals(call)
                    ? Transition.to(
                            idle(bridged), new Effect.Unsplice<>(call), reply(new EstimReply.Disconnected()))
                    : Transition.to(state);
        };
    }

    /** Whoever was on that node has gone: calls from there are withdrawn, ours to there is not answered any more. */
    Transition<EstimState, EstimReply> nodeGone(EstimState state, NodeId node) {
        return switch (state) {
            // almost all, and a node has twenty thousand of them to tell at that moment
            case Idle idle when idle.offers().all().isEmpty() && idle.outgoing().isEmpty() -> Transition.to(state);
            case Idle idle -> {
                List<Effect<EstimReply>> effects = new ArrayList<>();
                yield new Transition<>(without(idle, node, effects), effects);
            }
            case Accepting a when isOn(a.chosen().caller(), node) -> {
                List<Effect<EstimReply>> effects = new ArrayList<>();
                effects.add(reply(new EstimReply.Unavailable(a.written().written())));
                Idle idle = new Idle(a.self(), a.offers(), a.outgoing(), a.calls());
                yield new Transition<>(without(idle, node, effects), effects);
            }
            case Accepting a -> Transition.to(new Accepting(
                    a.self(), a.offers().withdrawnFrom(node), a.outgoing(), a.calls(), a.chosen(), a.written()));
            case Bridged b -> Transition.to(state);
            case Unregistered u -> Transition.to(state);
            case Registering r -> Transition.to(state);
            case Closed c -> Transition.to(state);
        };
    }

    private static Idle without(Idle idle, NodeId node, List<Effect<EstimReply>> effects) {
        Offers offers = idle.offers().withdrawnFrom(node);
        Optional<Outgoing> lost = idle.outgoing()
                .filter(call -> call.callee().filter(callee -> isOn(callee, node)).isPresent());
        lost.ifPresent(call -> {
            effects.add(new Effect.StopTimer<>(Timer.CALL));
            effects.add(reply(new EstimReply.Unavailable(call.written().written())));
        });
        return new Idle(idle.self(), offers, lost.isPresent() ? Optional.empty() : idle.outgoing(), idle.calls());
    }

    private static boolean isOn(Party party, NodeId node) {
        return party.address().node().equals(node);
    }

    private static Transition<EstimState, EstimReply> withdrawn(EstimState state, CallId call) {
        return switch (state) {
            case Idle idle -> Transition.to(
                    new Idle(idle.self(), idle.offers().withdrawn(call), idle.outgoing(), idle.calls()));
            case Accepting a -> Transition.to(new Accepting(
                    a.self(), a.offers().withdrawn(call), a.outgoing(), a.calls(), a.chosen(), a.written()));
            case Bridged b -> Transition.to(state);
            case Unregistered u -> Transition.to(state);
            case Registering r -> Transition.to(state);
            case Closed c -> Transition.to(state);
        };
    }

    /** Strangers' questions never take more than half of the places, so that callers find one. */
    private int maxQuestions(EstimState state) {
        long calls = state instanceof Idle idle
                ? idle.offers().live().stream().filter(offer -> !offer.question()).count()
                : 0;
        return Math.min(maxOffers, (int) calls + Math.max(1, maxOffers / 2));
    }

    /** @param limit how many live offers there may be with this one */
    private Transition<EstimState, EstimReply> rung(
            EstimState state, Offer offer, List<Effect<EstimReply>> before, int limit) {
        CallId call = offer.call();
        Party caller = offer.caller();
        return switch (state) {
            case Idle idle -> {
                boolean known = idle.offers().live().stream()
                        .anyMatch(other -> other.caller().account().equals(caller.account()));
                if (!known && idle.offers().live().size() >= limit) {
                    yield Transition.to(state, tell(caller, new Signal.Answered(call, CallOutcome.BUSY)));
                }
                Offers offers = idle.offers().with(offer, maxOffers);
                List<Effect<EstimReply>> effects = new ArrayList<>(before);
                effects.add(reply(new EstimReply.Asked(caller.displayName())));
                yield new Transition<>(new Idle(idle.self(), offers, idle.outgoing(), idle.calls()), effects);
            }
            case Accepting a -> Transition.to(state, tell(caller, new Signal.Answered(call, CallOutcome.BUSY)));
            case Bridged b -> Transition.to(state, tell(caller, new Signal.Answered(call, CallOutcome.BUSY)));
            case Unregistered u -> unavailable(state, call, caller);
            case Registering r -> unavailable(state, call, caller);
            case Closed c -> unavailable(state, call, caller);
        };
    }

    private static Transition<EstimState, EstimReply> unavailable(EstimState state, CallId call, Party caller) {
        return Transition.to(state, tell(caller, new Signal.Answered(call, CallOutcome.UNAVAILABLE)));
    }

    private Transition<EstimState, EstimReply> answered(EstimState state, CallId call, CallOutcome outcome) {
        if (state instanceof Accepting a && isOurs(a.outgoing(), call)) {
            return Transition.to(
                    new Accepting(a.self(), a.offers(), Optional.empty(), a.calls(), a.chosen(), a.written()),
                    new Effect.StopTimer<>(Timer.CALL));
        }
        if (!(state instanceof Idle idle) || !isOurs(idle.outgoing(), call)) {
            return Transition.to(state);
        }
        String written = idle.outgoing().get().written().written();
        EstimReply told =
                switch (outcome) {
                    case DENIED -> new EstimReply.Denied();
                    case BUSY -> new EstimReply.Busy(written);
                    case UNAVAILABLE -> new EstimReply.Unavailable(written);
                    case SELF -> new EstimReply.Problem("cannot call yourself");
                    case TRY_AGAIN -> new EstimReply.Problem("try again");
                };
        return Transition.to(
                new Idle(idle.self(), idle.offers(), Optional.empty(), idle.calls()),
                new Effect.StopTimer<>(Timer.CALL),
                reply(told));
    }

    private Transition<EstimState, EstimReply> accepted(EstimState state, CallId call, Party callee) {
        return switch (state) {
            case Idle idle when isOurs(idle.outgoing(), call) ->
                bridge(idle.self(), idle.offers(), idle.calls(), call, callee);
            case Accepting a when isOurs(a.outgoing(), call) && call.compareTo(a.chosen().call()) < 0 ->
                // both said yes to each other at once: the lower call counts, on both sides
                bridge(a.self(), a.offers(), a.calls(), call, callee);
            case Accepting a when isOurs(a.outgoing(), call) -> Transition.to(
                    new Accepting(a.self(), a.offers(), Optional.empty(), a.calls(), a.chosen(), a.written()),
                    new Effect.StopTimer<>(Timer.CALL),
                    tell(callee, new Signal.Gone(call)));
            case Idle i -> Transition.to(state, tell(callee, new Signal.Gone(call)));
            case Accepting a -> Transition.to(state, tell(callee, new Signal.Gone(call)));
            case Bridged b -> Transition.to(state, tell(callee, new Signal.Gone(call)));
            case Unregistered u -> Transition.to(state, tell(callee, new Signal.Gone(call)));
            case Registering r -> Transition.to(state, tell(callee, new Signal.Gone(call)));
            case Closed c -> Transition.to(state, tell(callee, new Signal.Gone(call)));
        };
    }

    /** The caller's side: the last word is ours, and it is yes. */
    private Transition<EstimState, EstimReply> bridge(
            Party self, Offers offers, int calls, CallId call, Party callee) {
        List<Effect<EstimReply>> effects = new ArrayList<>();
        effects.add(new Effect.StopTimer<>(Timer.CALL));
        effects.add(new Effect.Splice<>(call, callee, true));
        effects.add(tell(callee, new Signal.Confirmed(call)));
        effects.addAll(turnAway(offers, callee));
        effects.add(reply(new EstimReply.Connected()));
        return new Transition<>(new Bridged(self, call, callee, calls), effects);
    }

    /** The callee's side. */
    private Transition<EstimState, EstimReply> confirmed(EstimState state, CallId call) {
        if (state instanceof Accepting a && a.chosen().call().equals(call)) {
            List<Effect<EstimReply>> effects = new ArrayList<>(withdrawal(a.outgoing()));
            effects.add(new Effect.Splice<>(call, a.chosen().caller(), false));
            effects.addAll(turnAway(a.offers(), a.chosen().caller()));
            effects.add(reply(new EstimReply.Connected()));
            return new Transition<>(new Bridged(a.self(), call, a.chosen().caller(), a.calls()), effects);
        }
        return Transition.to(state);
    }

    private static List<Effect<EstimReply>> turnAway(Offers offers, Party chosen) {
        return offers.live().stream()
                .filter(offer -> !offer.caller().account().equals(chosen.account()))
                .map(offer -> tell(offer.caller(), new Signal.Answered(offer.call(), CallOutcome.BUSY)))
                .toList();
    }

    /** Our call was not answered in time. */
    Transition<EstimState, EstimReply> noAnswer(EstimState state) {
        return switch (state) {
            case Idle idle when idle.outgoing().isPresent() -> new Transition<>(
                    new Idle(idle.self(), idle.offers(), Optional.empty(), idle.calls()),
                    unanswered(idle.outgoing().get()));
            case Accepting a when a.outgoing().isPresent() -> new Transition<>(
                    new Accepting(a.self(), a.offers(), Optional.empty(), a.calls(), a.chosen(), a.written()),
                    unanswered(a.outgoing().get()));
            case Idle i -> Transition.to(state);
            case Accepting a -> Transition.to(state);
            case Bridged b -> Transition.to(state);
            case Unregistered u -> Transition.to(state);
            case Registering r -> Transition.to(state);
            case Closed c -> Transition.to(state);
        };
    }
}
