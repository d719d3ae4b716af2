package io.bridgehead.broker;

import static io.bridgehead.broker.AdminClient.encoded;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** What {@code GET /v1/nodes} answers, as the commands read it. */
record NodeList(JsonObject answer) {

    static final String PATH = "/v1/nodes";

    /** Where the node of this name is drained: {@code PATH/NAME/ACTION}. */
    static String path(String name, String action) {
        return PATH + "/" + encoded(name) + "/" + action;
    }

    /** The name that was given, else the name of the node that {@code client} asks. */
    static String named(String given, AdminClient client) {
        return Optional.ofNullable(given).orElseGet(() -> new NodeList(client.get(PATH)).self());
    }

    List<JsonObject> all() {
        return answer.getJsonArray("nodes", new JsonArray()).stream().map(JsonObject.class::cast).toList();
    }

    Optional<JsonObject> find(String name) {
        return all().stream().filter(node -> name.equals(node.getString("name"))).findFirst();
    }

    private String self() {
        return all().stream()
                .filter(node -> node.getBoolean("self", false))
                .map(node -> node.getString("name"))
                .findFirst()
                .orElseThrow(() -> new CommandFailed("the node does not say which one it is (expected: NODE)"));
    }
}
