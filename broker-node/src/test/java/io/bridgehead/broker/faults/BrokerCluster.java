package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.Bridgehead;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Several nodes, each in a process of its own, that have found each other. Killed on close. Any thread. */
final class BrokerCluster implements AutoCloseable {

    /** Sixteen of them at a time make accounts. */
    private static final int CLERKS = 16;

    private final List<BrokerProcess> nodes;

    private BrokerCluster(List<BrokerProcess> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /** Nodes n1, n2 … on the loopback address, over one SQLite file in {@code directory}. */
    static BrokerCluster onLoopback(int size, Path directory, String... sets) {
        return onLoopback(size, directory, Build.present(Bridgehead.class), sets);
    }

    /** The same, of one build. */
    static BrokerCluster onLoopback(int size, Path directory, Build build, String... sets) {
        return of(Collections.nCopies(size, build), directory, sets);
    }

    /** The same, with nodes that fill their heap on SIGUSR2. */
    static BrokerCluster fillable(int size, Path directory) {
        return onLoopback(size, directory, Build.present(FillableBridgehead.class));
    }

    /** Nodes on the loopback address, one for each build. */
    static BrokerCluster of(List<Build> builds, Path directory, String... sets) {
        List<Place> places = IntStream.rangeClosed(1, builds.size())
                .mapToObj(n -> Place.onLoopback("n" + n))
                .toList();
        List<String> all = new ArrayList<>(List.of("store.url=jdbc:sqlite:" + database(directory)));
        all.addAll(List.of(sets));
        return start(places, directory, builds, all);
    }

    /** The file of the accounts, when they are in one. */
    static Path database(Path directory) {
        return directory.resolve("bridgehead.db");
    }

    /** Starts a node in each place and waits until all of them serve and see each other. */
    static BrokerCluster start(List<Place> places, Path directory, Class<?> main, List<String> sets) {
        return start(places, directory, Collections.nCopies(places.size(), Build.present(main)), sets);
    }

    private static BrokerCluster start(List<Place> places, Path directory, List<Build> builds, List<String> sets) {
        String members = places.stream().map(Place::memberEndpoint).collect(Collectors.joining(","));
        List<BrokerProcess> nodes = new ArrayList<>();
        for (int n = 0; n < places.size(); n++) {
            Place place = places.get(n);
            List<String> all = new ArrayList<>(List.of(
                    "cluster.enabled=true",
                    "cluster.name=faults-" + places.get(0).member(),
                    "cluster.listen=" + place.memberEndpoint(),
                    "cluster.event-bus=" + place.address() + ":" + place.bus(),
                    "cluster.members=" + members,
                    "cluster.expected-nodes=" + places.size()));
            sets.forEach(set -> all.add(
                    set.replace("NODE", place.name()).replace("SIGNALLING", place.signallingEndpoint())));
            nodes.add(new BrokerProcess(place, directory.resolve(place.name()), builds.get(n), all));
        }
        BrokerCluster cluster = new BrokerCluster(nodes);
        try {
            cluster.startAll();
        } catch (RuntimeException | AssertionError failed) {
            cluster.close();
            throw failed;
        }
        return cluster;
    }

    /** The first one first: it makes the database, and the others find it. */
    void startAll() {
        nodes.get(0).start();
        nodes.get(0).awaitReady();
        nodes.stream().skip(1).forEach(BrokerProcess::start);
        nodes.forEach(BrokerProcess::awaitReady);
        awaitWhole();
    }

    BrokerProcess node(int index) {
        return nodes.get(index);
    }

    List<BrokerProcess> nodes() {
        return nodes;
    }

    List<BrokerProcess> others(BrokerProcess node) {
        return nodes.stream().filter(each -> each != node).toList();
    }

    /** Waits until the nodes that live know each other, and no others. */
    Duration awaitWhole() {
        long began = System.nanoTime();
        await("all nodes see each other").atMost(Duration.ofSeconds(60)).until(() -> {
            List<BrokerProcess> alive = nodes.stream().filter(BrokerProcess::isAlive).toList();
            return alive.stream().allMatch(node -> node.metric("bridgehead_cluster_members") == alive.size());
        });
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Makes accounts without a PIN. */
    void accounts(List<String> ids) {
        try (ExecutorService clerks = Executors.newFixedThreadPool(CLERKS)) {
            List<Future<Integer>> made = ids.stream()
                    .map(id -> clerks.submit(() -> admin("POST", "/v1/accounts", new JsonObject().put("id", id)).statusCode()))
                    .toList();
            for (Future<Integer> each : made) {
                assertThat(each.get()).isIn(201, 409);
            }
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    HttpResponse<String> admin(String method, String path, JsonObject body) throws IOException, InterruptedException {
        return nodes.get(0).admin(method, path, body);
    }

    @Override
    public void close() {
        nodes.forEach(BrokerProcess::close);
    }
}
