package io.bridgehead.broker.estim;

import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.WrittenId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where a line-protocol session stands. Immutable.
 *
 * <pre>
 *   Unregistered --;register--> Registering --admitted--> Idle --;accept--> Accepting --confirmed--> Bridged
 *   Unregistered <--refused, try again-- Registering      Idle <--gone-- Accepting
 *                                                         Idle --our call was accepted--> Bridged
 *                                                         Idle <--;end, partner gone-- Bridged
 *                   calls that crossed: Accepting --our call was accepted--> Bridged
 *   Unregistered --registration time-out--> Closed        Registering --registration time-out--> Closed
 *   every state --;quit, line too long, evicted, disconnected--> Closed
 * </pre>
 */
sealed interface EstimState {

    /** Connected, nobody yet. */
    record Unregistered(SessionAddress self, String remoteAddress) implements EstimState {}

    /** The broker decides; input waits. */
    record Registering(SessionAddress self, String remoteAddress, EstimCommand.Register request) implements EstimState {}

    /** Registered and not bridged; perhaps calling, perhaps called. */
    record Idle(Party self, Offers offers, Optional<Outgoing> outgoing, int calls) implements EstimState {}

    /** Said yes to {@code chosen}; its caller has the last word; input waits. */
    record Accepting(Party self, Offers offers, Optional<Outgoing> outgoing, int calls, Offer chosen, WrittenId written)
            implements EstimState {}

    /** One end of a bridge. */
    record Bridged(Party self, CallId call, Party partner, int calls) implements EstimState {}

    /** Over. */
    record Closed() implements EstimState {}

    /** Our call: {@code callee} is known once it rings. */
    record Outgoing(CallId call, WrittenId written, Optional<Party> callee) {

        /** Whether it is {@code party} we call; before it rings, by the name we wrote. */
        boolean isTo(Party party) {
            return callee.map(known -> known.account().equals(party.account())).orElse(written.names(party));
        }
    }

    /**
     * Somebody's call to us.
     *
     * @param gone withdrawn since, kept to tell the client so if it accepts
     * @param question a yes or a no is wanted, and no bridge comes of it
     */
    record Offer(CallId call, Party caller, boolean gone, boolean question) {}

    /** The calls to us, oldest first, at most one a caller. Bounded by {@code estim.max-offers}. */
    record Offers(List<Offer> all) {

        static final Offers NONE = new Offers(List.of());

        List<Offer> live() {
            return all.stream().filter(offer -> !offer.gone()).toList();
        }

        /** The newest offer of the user who goes by this id or display name. */
        Optional<Offer> from(WrittenId caller) {
            return all.stream()
                    .filter(offer -> caller.names(offer.caller()))
                    .reduce((older, newer) -> newer);
        }

        /** With this offer in the place of an older one of the same account; gone ones make room first. */
        Offers with(Offer offer, int limit) {
            List<Offer> others = all.stream()
                    .filter(o -> !o.caller().account().equals(offer.caller().account()))
                    .toList();
            long tooMany = others.size() + 1L - limit;
            List<Offer> kept = new ArrayList<>();
            for (Offer other : others) {
                if (other.gone() && tooMany > 0) {
                    tooMany--;
                } else {
                    kept.add(other);
                }
            }
            kept.add(offer);
            return new Offers(List.copyOf(kept));
        }

        Offers without(CallId call) {
            return new Offers(all.stream().filter(o -> !o.call().equals(call)).toList());
        }

        Offers withdrawn(CallId call) {
            return withdrawn(offer -> offer.call().equals(call));
        }

        Offers withdrawnFrom(NodeId node) {
            return withdrawn(offer -> offer.caller().address().node().equals(node));
        }

        private Offers withdrawn(Predicate<Offer> which) {
            return new Offers(all.stream()
                    .map(o -> which.test(o) ? new Offer(o.call(), o.caller(), true, o.question()) : o)
                    .toList());
        }
    }
}
