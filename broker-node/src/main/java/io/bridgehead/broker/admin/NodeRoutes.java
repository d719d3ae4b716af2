package io.bridgehead.broker.admin;

import io.bridgehead.broker.bus.NodeOrder;
import io.bridgehead.broker.bus.NodeStatus;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;

/** The operations on the nodes of the cluster. Any thread. */
final class NodeRoutes implements Operations {

    private final NodeOperations nodes;

    NodeRoutes(NodeOperations nodes) {
        this.nodes = nodes;
    }

    @Override
    public Map<String, Operation> byId() {
        return Map.of(
                "listNodes", request -> list(),
                "drainNode", request -> order(
                        request,
                        request.query("stop").filter("true"::equals).isPresent()
                                ? NodeOrder.DRAIN_AND_STOP
                                : NodeOrder.DRAIN,
                        202),
                "undrainNode", request -> order(request, NodeOrder.UNDRAIN, 200));
    }

    private Future<Answer> list() {
        return nodes.list().map(views -> {
            JsonArray rows = new JsonArray();
            views.forEach(view -> rows.add(json(view)));
            return Answer.json(200, new JsonObject().put("nodes", rows));
        });
    }

    private Future<Answer> order(CheckedRequest request, NodeOrder order, int status) {
        String name = request.path("name");
        return nodes.order(new NodeId(name), order).map(outcome -> switch (outcome) {
            case NodeOperations.Outcome.Done(NodeOperations.View view) -> Answer.json(status, json(view));
            case NodeOperations.Outcome.Refused(String why) ->
                throw Problem.of(409, "name: node " + name + ": " + why).refusal();
            case NodeOperations.Outcome.NoSuchNode n ->
                throw Problem.of(404, "name: no node " + name + " in the cluster").refusal();
            case NodeOperations.Outcome.NoAnswer n -> throw Problem.of(
                    504, "name: node " + name + " does not answer on the bus; it may have been told or not").refusal();
        });
    }

    private static JsonObject json(NodeOperations.View view) {
        JsonObject json = new JsonObject()
                .put("name", view.node().name())
                .put("self", view.self())
                .put("incarnation", view.incarnation().toString())
                .put("answers", view.answers())
                .put("state", view.status()
                        .map(status -> status.state().name().toLowerCase(Locale.ROOT))
                        .orElse(view.answers() ? "unknown" : "unreachable"));
        view.address().ifPresent(address -> json.put("address", address));
        view.status().ifPresent(status -> add(status, json));
        return json;
    }

    private static void add(NodeStatus status, JsonObject json) {
        json.put("version", status.version())
                .put("since", status.since().toString())
                .put("sessions", status.sessions())
                .put("bridges", status.bridges());
    }
}
