package io.bridgehead.broker.admin;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;

/**
 * A request that the document allows: decoded parameters, and the body (empty where the operation takes none).
 * Immutable by convention, any thread.
 */
record CheckedRequest(Map<String, Object> path, Map<String, Object> query, JsonObject body) {

    /** A path parameter; the document makes it mandatory. */
    String path(String name) {
        return (String) path.get(name);
    }

    Optional<String> query(String name) {
        return Optional.ofNullable((String) query.get(name));
    }

    int queryNumber(String name, int absent) {
        return ((Number) query.getOrDefault(name, absent)).intValue();
    }
}
