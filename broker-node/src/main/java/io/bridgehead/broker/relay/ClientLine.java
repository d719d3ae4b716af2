package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The clients of one service that wait for a host on this node, first come first. No I/O, no clock; one thread, the
 * desk's. Bounded by the listeners' connection limits.
 */
final class ClientLine {

    /** A client: who, from where, and the call that is being made for it, if any. */
    static final class Place {

        private final Party client;
        private final String address;
        private int calls;
        private CallId call;
        private long calledNanos;

        private Place(Party client, String address) {
            this.client = client;
            this.address = address;
        }

        Party client() {
            return client;
        }

        String address() {
            return address;
        }

        boolean waits() {
            return call == null;
        }

        /** A host is asked from here on. */
        CallId call(long nanos) {
            call = new CallId(client.address().session(), ++calls);
            calledNanos = nanos;
            return call;
        }

        /** Nothing came of that call; a later one stands. */
        boolean missed(CallId missed) {
            boolean own = missed.equals(call);
            if (own) {
                call = null;
            }
            return own;
        }
    }

    private final Map<SessionId, Place> places = new LinkedHashMap<>();

    /** The client waits; one that waits already keeps its place, and whatever was tried for it came to nothing. */
    void join(Party client, String address) {
        Place place = places.computeIfAbsent(client.address().session(), id -> new Place(client, address));
        place.call = null;
    }

    void leave(SessionId client) {
        places.remove(client);
    }

    Collection<Place> places() {
        return places.values();
    }

    Optional<Place> place(SessionId client) {
        return Optional.ofNullable(places.get(client));
    }

    /** Gives up calls that are older than that; whether there were any. */
    boolean giveUp(long beforeNanos) {
        boolean any = false;
        for (Place place : places.values()) {
            if (place.call != null && place.calledNanos - beforeNanos < 0) {
                place.call = null;
                any = true;
            }
        }
        return any;
    }

    int size() {
        return places.size();
    }
}
