package io.bridgehead.broker.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Questions to the owners of relay services, as the API needs them. Any thread; futures complete within some 3 s. */
public interface ConsentOperations {

    Future<Requests> requests();

    /** False: no such question waits. */
    Future<Boolean> answer(String id, boolean yes);

    /** @param missing nodes that do not tell */
    record Requests(List<JsonObject> rows, List<String> missing) {

        public Requests {
            rows = List.copyOf(rows);
            missing = List.copyOf(missing);
        }
    }
}
