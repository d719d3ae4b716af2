package io.bridgehead.broker.admin;

import io.bridgehead.broker.bridge.ClusterView;
import io.bridgehead.broker.bridge.Explanation;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BridgeInfo;
import io.bridgehead.broker.model.BridgeMark;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The operations on what is running in the cluster: sessions, bridges, and why a connect would not work. Any thread.
 */
final class SessionRoutes implements Operations {

    private static final int DEFAULT_LIMIT = 100;
    private static final String RETRY_AFTER_SECONDS = "5";

    private final AdminCore core;

    SessionRoutes(AdminCore core) {
        this.core = core;
    }

    @Override
    public Map<String, Operation> byId() {
        return Map.of(
                "listSessions", this::list,
                "kickSession", this::kick,
                "listBridges", this::bridges,
                "explain", this::explain);
    }

    private Future<Answer> list(CheckedRequest request) {
        Optional<AccountId> account =
                request.query("account").map(text -> AccountJson.id("account", text, core.homeDomain()));
        Optional<SessionId> after = request.query("cursor")
                .map(text -> SessionId.parse(text).orElseThrow(() -> wrongCursor(text)));
        return core.view()
                .sessions(request.query("node").map(this::node), account, after, size(request))
                .map(page -> Answer.json(200, json("sessions", page, SessionRoutes::json, info ->
                        info.address().session().toString())));
    }

    private NodeId node(String name) {
        List<NodeId> nodes = core.view().nodes();
        return nodes.stream().filter(node -> node.name().equals(name)).findFirst().orElseThrow(() ->
                Problem.of(404, "node: no " + Shown.text(name) + " in the cluster (expected: one of " + nodes + ")")
                        .refusal());
    }

    private static int size(CheckedRequest request) {
        return request.queryNumber("limit", DEFAULT_LIMIT);
    }

    private static Problem.Refusal wrongCursor(String text) {
        return Problem.of(400, "cursor: " + Shown.text(text) + " (expected: the next of the page before)").refusal();
    }

    private Future<Answer> kick(CheckedRequest request) {
        String id = request.path("id");
        return core.view().kick(SessionId.parse(id).orElseThrow(() -> noSession(id))).map(kick -> switch (kick) {
            case ClusterView.Kick.Told t -> Answer.noContent();
            case ClusterView.Kick.Unknown u -> throw noSession(id);
            case ClusterView.Kick.Unanswered(List<NodeId> nodes) -> throw new Problem(
                            503,
                            "node " + names(nodes) + " does not answer, and no other has the session "
                                    + Shown.text(id) + ": it may have ended",
                            Map.of("Retry-After", RETRY_AFTER_SECONDS))
                    .refusal();
        });
    }

    private static Problem.Refusal noSession(String id) {
        return Problem.of(404, "id: no session " + Shown.text(id) + " on any node").refusal();
    }

    private static String names(List<NodeId> nodes) {
        return nodes.stream().map(NodeId::name).sorted().collect(Collectors.joining(", "));
    }

    private Future<Answer> bridges(CheckedRequest request) {
        Optional<BridgeMark> after = request.query("cursor")
                .map(text -> BridgeMark.parse(text).orElseThrow(() -> wrongCursor(text)));
        return core.view()
                .bridges(after, size(request))
                .map(page -> Answer.json(
                        200, json("bridges", page, SessionRoutes::json, bridge -> bridge.mark().toString())));
    }

    private static <T> JsonObject json(
            String name, ClusterView.Page<T> page, Function<T, JsonObject> form, Function<T, String> mark) {
        JsonObject json = new JsonObject()
                .put(name, new JsonArray(page.rows().stream().map(form).toList()))
                .put("missing", new JsonArray(page.missing().stream().map(NodeId::name).toList()));
        return page.more() ? json.put("next", mark.apply(page.rows().getLast())) : json;
    }

    private static JsonObject json(BridgeInfo bridge) {
        return new JsonObject()
                .put("call", bridge.call().toString())
                .put("caller", bridge.caller().displayName())
                .put("callerNode", bridge.caller().address().node().name())
                .put("callee", bridge.callee().displayName())
                .put("calleeNode", bridge.callee().address().node().name())
                .put("since", bridge.since().toString());
    }

    private Future<Answer> explain(CheckedRequest request) {
        return core.explain()
                .explain(party(request, "caller"), party(request, "callee"))
                .map(explanation -> Answer.json(200, json(explanation)));
    }

    private AccountId party(CheckedRequest request, String name) {
        return AccountJson.id(name, request.query(name).orElseThrow(), core.homeDomain());
    }

    private static JsonObject json(SessionInfo info) {
        JsonObject json = new JsonObject()
                .put("id", info.address().session().toString())
                .put("node", info.address().node().name())
                .put("protocol", info.protocol())
                .put("remoteAddress", info.remoteAddress())
                .put("connectedAt", info.connectedAt().toString());
        info.account().ifPresent(account -> json.put("account", account.text()));
        json.put("state", info.state());
        info.partner().ifPresent(partner -> json.put("partner", partner));
        return json;
    }

    private static JsonObject json(Explanation explanation) {
        JsonArray rules = new JsonArray();
        explanation.rules().forEach(rule -> rules.add(new JsonObject()
                .put("rule", rule.rule())
                .put("ok", rule.ok())
                .put("detail", rule.detail())));
        return new JsonObject().put("works", explanation.works()).put("rules", rules);
    }
}
