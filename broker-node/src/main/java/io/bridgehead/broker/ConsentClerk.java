package io.bridgehead.broker;

import io.bridgehead.broker.admin.ConsentOperations;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.relay.PendingConsent;
import io.bridgehead.broker.relay.RelayListener;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Shows the relay's questions to owners to the API: neither of the two knows the other. Any thread. */
record ConsentClerk(RelayListener relay) implements ConsentOperations {

    @Override
    public Future<Requests> requests() {
        return relay.requests().map(found -> new Requests(
                found.rows().stream().map(ConsentClerk::json).toList(),
                found.missing().stream().map(NodeId::name).toList()));
    }

    private static JsonObject json(PendingConsent request) {
        return new JsonObject()
                .put("id", request.id())
                .put("service", request.service())
                .put("client", request.client())
                .put("owner", request.owner())
                .put("node", request.node())
                .put("since", request.since().toString())
                .put("asked", request.asked());
    }

    @Override
    public Future<Boolean> answer(String id, boolean yes) {
        return relay.answer(id, yes);
    }
}
