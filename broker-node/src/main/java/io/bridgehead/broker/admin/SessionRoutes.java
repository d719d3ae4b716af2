package io.bridgehead.broker.admin;

import io.bridgehead.broker.bridge.BridgeInfo;
import io.bridgehead.broker.bridge.Explanation;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.presence.SessionInfo;
import io.bridgehead.broker.session.CloseReason;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/** The operations on what is running: sessions, bridges, and why a connect would not work. Any thread. */
final class SessionRoutes implements Operations {

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
        Optional<String> node = request.query("node");
        JsonArray rows = new JsonArray();
        core.sessions().all().stream()
                .map(LocalSession::info)
                .filter(info -> account.isEmpty() || info.account().equals(account))
                .filter(info -> node.isEmpty() || node.get().equals(info.address().node().name()))
                .sorted(Comparator.comparing(info -> info.address().session()))
                .forEach(info -> rows.add(json(info)));
        return Future.succeededFuture(Answer.json(200, new JsonObject().put("sessions", rows)));
    }

    private Future<Answer> kick(CheckedRequest request) {
        String id = request.path("id");
        LocalSession session = SessionId.parse(id)
                .flatMap(core.sessions()::find)
                .orElseThrow(() -> Problem.of(404, "id: no session " + Shown.text(id) + " on this node").refusal());
        session.evict(CloseReason.KICKED);
        return Future.succeededFuture(Answer.noContent());
    }

    private Future<Answer> bridges(CheckedRequest request) {
        JsonArray rows = new JsonArray();
        core.bridges().get().stream()
                .sorted(Comparator.comparing(BridgeInfo::since))
                .forEach(bridge -> rows.add(new JsonObject()
                        .put("call", bridge.call().toString())
                        .put("caller", bridge.caller())
                        .put("callee", bridge.callee())
                        .put("since", bridge.since().toString())));
        return Future.succeededFuture(Answer.json(200, new JsonObject().put("bridges", rows)));
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
