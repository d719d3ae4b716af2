package io.bridgehead.broker.estim;

import io.bridgehead.broker.estim.EstimState.Accepting;
import io.bridgehead.broker.estim.EstimState.Bridged;
import io.bridgehead.broker.estim.EstimState.Closed;
import io.bridgehead.broker.estim.EstimState.Idle;
import io.bridgehead.broker.estim.EstimState.Offers;
import io.bridgehead.broker.estim.EstimState.Outgoing;
import io.bridgehead.broker.estim.EstimState.Registering;
import io.bridgehead.broker.estim.EstimState.Unregistered;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.session.Effect;
import io.bridgehead.broker.session.Signal;
import io.bridgehead.broker.session.Timer;
import io.bridgehead.broker.session.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the parts of {@link EstimSession} say often. Pure, any thread. */
final class EstimWords {

    private EstimWords() {}

    static Idle idle(Bridged bridged) {
        return new Idle(bridged.self(), Offers.NONE, Optional.empty(), bridged.calls());
    }

    static Optional<Party> self(EstimState state) {
        return switch (state) {
            case Idle idle -> Optional.of(idle.self());
            case Accepting accepting -> Optional.of(accepting.self());
            case Bridged bridged -> Optional.of(bridged.self());
            case Unregistered u -> Optional.empty();
            case Registering r -> Optional.empty();
            case Closed c -> Optional.empty();
        };
    }

    static boolean isOurs(Optional<Outgoing> outgoing, CallId call) {
        return outgoing.filter(ours -> ours.call().equals(call)).isPresent();
    }

    static Transition<EstimState, EstimReply> notRegistered(EstimState state) {
        return problem(state, "not registered");
    }

    static Transition<EstimState, EstimReply> problem(EstimState state, String text) {
        return Transition.to(state, reply(new EstimReply.Problem(text)));
    }

    static Effect<EstimReply> reply(EstimReply reply) {
        return new Effect.Reply<>(reply);
    }

    static Effect<EstimReply> tell(Party party, Signal signal) {
        return new Effect.Tell<>(party.address(), signal);
    }

    static Effect<EstimReply> start(Timer timer, Duration after) {
        return new Effect.StartTimer<>(timer, after);
    }

    static List<Effect<EstimReply>> withdrawal(Optional<Outgoing> outgoing) {
        List<Effect<EstimReply>> effects = new ArrayList<>();
        outgoing.ifPresent(call -> {
            effects.add(new Effect.StopTimer<>(Timer.CALL));
            call.callee().ifPresent(callee -> effects.add(tell(callee, new Signal.Withdrawn(call.call()))));
        });
        return effects;
    }
}
