package io.bridgehead.broker.relay;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What owners said of client addresses, for as long as it holds. Bounded: the oldest is forgotten, and asked again. No
 * I/O, no clock; one thread.
 */
final class ConsentMemory {

    static final int MAX = 10_000;

    /** A no holds for so long: who comes again at once does not trouble the owner again. */
    static final Duration NO_HOLDS = Duration.ofMinutes(1);

    private record Place(String service, String address) {}

    private record Said(boolean yes, long untilNanos) {}

    private final Map<Place, Said> said = new LinkedHashMap<>();

    void put(String service, String address, boolean yes, long untilNanos) {
        Place place = new Place(service, address);
        said.remove(place);
        said.put(place, new Said(yes, untilNanos));
        if (said.size() > MAX) {
            said.remove(said.keySet().iterator().next());
        }
    }

    /** Empty: nothing that holds at {@code nanos}. */
    Optional<Boolean> of(String service, String address, long nanos) {
        Place place = new Place(service, address);
        Said known = said.get(place);
        if (known != null && nanos - known.untilNanos() >= 0) {
            said.remove(place);
            return Optional.empty();
        }
        return Optional.ofNullable(known).map(Said::yes);
    }

    int size() {
        return said.size();
    }
}
