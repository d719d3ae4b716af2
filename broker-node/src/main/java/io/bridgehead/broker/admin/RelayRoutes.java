package io.bridgehead.broker.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** The operations on the relay's hosts and services. Any thread. */
final class RelayRoutes implements Operations {

    private static final int DEFAULT_LIMIT = 100;
    private static final String RETRY_AFTER_SECONDS = "5";

    private final RelayOperations relay;

    RelayRoutes(RelayOperations relay) {
        this.relay = relay;
    }

    @Override
    public Map<String, Operation> byId() {
        return Map.of(
                "listRelayHosts", this::hosts,
                "listRelayServices", request -> services(),
                "kickRelayHost", this::kick);
    }

    private Future<Answer> hosts(CheckedRequest request) {
        return relay.hosts(request.query("cursor"), request.queryNumber("limit", DEFAULT_LIMIT)).map(found -> {
            RelayOperations.Hosts page = found.orElseThrow(() -> Problem.of(400, "cursor: "
                            + Shown.text(request.query("cursor").orElse("")) + " (expected: the next of the page before)")
                    .refusal());
            JsonObject json = new JsonObject()
                    .put("hosts", new JsonArray(page.rows()))
                    .put("missing", new JsonArray(page.missing()));
            page.next().ifPresent(next -> json.put("next", next));
            return Answer.json(200, json);
        });
    }

    private Future<Answer> services() {
        return relay.services().map(rows ->
                Answer.json(200, new JsonObject().put("services", new JsonArray(rows))));
    }

    private Future<Answer> kick(CheckedRequest request) {
        String service = request.path("service");
        String host = request.path("host");
        return relay.kick(service, host).map(kicked -> {
            if (kicked.found() && kicked.silent().isEmpty()) {
                return Answer.noContent();
            }
            String name = Shown.text(service + "/" + host);
            if (kicked.silent().isEmpty()) {
                throw Problem.of(404, "host: no host " + name + " on any node").refusal();
            }
            throw new Problem(
                            503,
                            "node " + String.join(", ", kicked.silent()) + " does not answer: it may have connections of "
                                    + name + " yet",
                            Map.of("Retry-After", RETRY_AFTER_SECONDS))
                    .refusal();
        });
    }
}
