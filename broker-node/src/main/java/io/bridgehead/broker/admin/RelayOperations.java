package io.bridgehead.broker.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** The relay room, as the API needs it. Any thread; futures complete on any thread, within some 3 s. */
public interface RelayOperations {

    /** Hosts of the cluster behind {@code after}, as {@code service/id}; empty future value: that is no host's name. */
    Future<Optional<Hosts>> hosts(Optional<String> after, int limit);

    Future<List<JsonObject>> services();

    /** Ends a host's connections on all nodes. */
    Future<Kicked> kick(String service, String host);

    /**
     * A page of hosts.
     *
     * @param next where the next page begins; empty: this is the last
     * @param missing nodes that do not tell
     */
    record Hosts(List<JsonObject> rows, Optional<String> next, List<String> missing) {

        public Hosts {
            rows = List.copyOf(rows);
            missing = List.copyOf(missing);
        }
    }

    /** What became of it; {@code silent}: nodes that did not answer. */
    record Kicked(boolean found, List<String> silent) {

        public Kicked {
            silent = List.copyOf(silent);
        }
    }
}
