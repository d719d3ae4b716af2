package io.bridgehead.broker.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** A relay with one host, {@code web/h1}, on a node that answers; {@code web/h2} is on one that does not. */
final class RecordedRelay implements RelayOperations {

    @Override
    public Future<Optional<Hosts>> hosts(Optional<String> after, int limit) {
        return Future.succeededFuture(after.filter(mark -> !mark.contains("/")).isPresent()
                ? Optional.empty()
                : Optional.of(new Hosts(
                        List.of(new JsonObject().put("service", "web").put("host", "h1")),
                        limit == 1 ? Optional.of("web/h1") : Optional.empty(),
                        List.of("n2"))));
    }

    @Override
    public Future<List<JsonObject>> services() {
        return Future.succeededFuture(List.of(new JsonObject().put("name", "web")));
    }

    @Override
    public Future<Kicked> kick(String service, String host) {
        return Future.succeededFuture(
                new Kicked(host.equals("h1"), host.equals("h2") ? List.of("n2") : List.of()));
    }
}
