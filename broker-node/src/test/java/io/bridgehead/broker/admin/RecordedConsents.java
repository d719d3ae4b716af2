package io.bridgehead.broker.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** One question, and what was answered to it. */
final class RecordedConsents implements ConsentOperations {

    static final String ID = "web.17@relay.invalid";

    final List<Boolean> answers = new ArrayList<>();

    @Override
    public Future<Requests> requests() {
        return Future.succeededFuture(new Requests(List.of(new JsonObject().put("id", ID)), List.of("n2")));
    }

    @Override
    public Future<Boolean> answer(String id, boolean yes) {
        answers.add(yes);
        return Future.succeededFuture(id.equals(ID));
    }
}
