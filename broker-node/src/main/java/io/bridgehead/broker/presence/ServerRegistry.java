package io.bridgehead.broker.presence;

import io.bridgehead.broker.model.SessionAddress;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/**
 * Which signalling servers are open in the cluster, by the hash of their token. Any thread; futures complete on any
 * thread, within 2 s; a failed future means "nobody could say". Nothing throws. A row that its keeper has not kept for
 * {@link #LEASE} is gone.
 */
public interface ServerRegistry {

    /** Keepers say every minute that they still are. */
    Duration LEASE = Duration.ofMinutes(5);

    /** Enters the row; false when there is one of that token. */
    Future<Boolean> open(ServerRow row);

    Future<Optional<ServerRow>> find(String token);

    /** Gives the row to another keeper if {@code gone} still has it. Answers the row that stands then, if any. */
    Future<Optional<ServerRow>> takeOver(String token, SessionAddress gone, SessionAddress now);

    /** The keeper's word: writes the row, also when it was lost. False when another keeps it now. */
    Future<Boolean> keep(ServerRow row);

    /** Removes the row if it still is this keeper's; answers whether it was. */
    Future<Boolean> close(String token, SessionAddress keeper);

    /** True for the first who asks with this key within {@code time}. */
    Future<Boolean> firstUse(String key, Duration time);
}
