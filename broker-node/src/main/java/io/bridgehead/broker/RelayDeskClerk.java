package io.bridgehead.broker;

import io.bridgehead.broker.admin.RelayOperations;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.relay.HostKick;
import io.bridgehead.broker.relay.HostList;
import io.bridgehead.broker.relay.HostMark;
import io.bridgehead.broker.relay.HostStand;
import io.bridgehead.broker.relay.RelayListener;
import io.bridgehead.broker.relay.ServiceStand;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** Shows the relay room to the API: neither of the two knows the other. Any thread. */
record RelayDeskClerk(RelayListener relay) implements RelayOperations {

    @Override
    public Future<Optional<Hosts>> hosts(Optional<String> after, int limit) {
        Optional<HostMark> mark = after.flatMap(HostMark::parse);
        return after.isPresent() && mark.isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : relay.hosts(mark, limit).map(list -> Optional.of(page(list)));
    }

    private static Hosts page(HostList list) {
        Optional<String> next = list.more()
                ? Optional.of(list.hosts().getLast().service() + "/" + list.hosts().getLast().id())
                : Optional.empty();
        return new Hosts(list.hosts().stream().map(RelayDeskClerk::json).toList(), next, names(list.missing()));
    }

    private static JsonObject json(HostStand host) {
        JsonArray nodes = new JsonArray();
        host.nodes().forEach(on -> nodes.add(new JsonObject()
                .put("node", on.node().name())
                .put("waiting", on.waiting())
                .put("longestWaitSeconds", on.waitedMillis() / 1000.0)
                .put("clients", on.clients())
                .put("commands", on.commands())));
        return new JsonObject().put("service", host.service()).put("host", host.id()).put("nodes", nodes);
    }

    @Override
    public Future<List<JsonObject>> services() {
        return relay.services().map(all -> all.stream().map(RelayDeskClerk::json).toList());
    }

    private static JsonObject json(ServiceStand service) {
        return new JsonObject()
                .put("name", service.name())
                .put("anonymous", service.anonymous())
                .put("spread", service.spread())
                .put("hosts", service.hosts())
                .put("waiting", service.waiting())
                .put("clients", service.clients())
                .put("queue", service.queue());
    }

    @Override
    public Future<Kicked> kick(String service, String host) {
        return HostMark.of(service, host)
                .map(mark -> relay.kick(mark).map(RelayDeskClerk::kicked))
                .orElseGet(() -> Future.succeededFuture(new Kicked(false, List.of())));
    }

    private static Kicked kicked(HostKick kick) {
        return new Kicked(kick.found(), names(kick.silent()));
    }

    private static List<String> names(List<NodeId> nodes) {
        return nodes.stream().map(NodeId::name).toList();
    }
}
