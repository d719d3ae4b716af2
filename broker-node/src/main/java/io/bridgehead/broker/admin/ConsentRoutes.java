package io.bridgehead.broker.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** The operations on questions to the owners of relay services. Any thread. */
final class ConsentRoutes implements Operations {

    private final ConsentOperations consents;

    ConsentRoutes(ConsentOperations consents) {
        this.consents = consents;
    }

    @Override
    public Map<String, Operation> byId() {
        return Map.of(
                "listRelayRequests", request -> list(),
                "acceptRelayRequest", request -> answer(request, true),
                "rejectRelayRequest", request -> answer(request, false));
    }

    private Future<Answer> list() {
        return consents.requests().map(found -> Answer.json(200, new JsonObject()
                .put("requests", new JsonArray(found.rows()))
                .put("missing", new JsonArray(found.missing()))));
    }

    private Future<Answer> answer(CheckedRequest request, boolean yes) {
        String id = request.path("id");
        return consents.answer(id, yes).map(found -> {
            if (!found) {
                throw Problem.of(404, "id: no request " + Shown.text(id) + " waits on a node that answers").refusal();
            }
            return Answer.noContent();
        });
    }
}
