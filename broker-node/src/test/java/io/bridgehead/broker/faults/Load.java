package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Users of a cluster at their work: pairs who talk all the time (every other one across two nodes), people who are just
 * there, and some who call each other for a moment. Any thread.
 */
final class Load implements AutoCloseable {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final BrokerCluster cluster;
    private final History history = new History();
    private final List<User> users = new ArrayList<>();
    private final List<Pair> pairs = new ArrayList<>();
    private final List<Knocker> knockers = new ArrayList<>();
    private final Set<String> avoided = ConcurrentHashMap.newKeySet();

    /**
     * @param bytesPerSecond of each pair, each direction
     * @param knockers short calls each second
     */
    record Shape(int pairs, int bytesPerSecond, int idle, int knockers) {

        /** What a row in every build bears: 20 bridges, 1 MB/s in all, 120 who are just there. */
        static final Shape SHORT = new Shape(20, 25_000, 120, 4);
    }

    private Load(BrokerCluster cluster) {
        this.cluster = cluster;
    }

    /** Makes the accounts, registers all and waits until every pair talks. */
    static Load on(BrokerCluster cluster, Shape shape) {
        Load load = new Load(cluster);
        int nodes = cluster.nodes().size();
        for (int i = 0; i < shape.pairs(); i++) {
            boolean across = i % 2 == 0;
            User caller = load.user("caller" + i, i);
            User callee = load.user("callee" + i, across ? i + 1 + i / 2 % Math.max(1, nodes - 1) : i);
            load.pairs.add(new Pair(load.history, caller, callee, shape.bytesPerSecond()));
        }
        for (int i = 0; i < shape.idle(); i++) {
            load.user("idle" + i, i);
        }
        for (int i = 0; i < shape.knockers(); i++) {
            User caller = load.user("knocker" + i, i);
            User callee = load.user("opener" + i, i + 1);
            load.knockers.add(new Knocker(load.history, caller, callee, Duration.ofSeconds(1)));
        }
        try {
            load.begin();
        } catch (RuntimeException | AssertionError failed) {
            load.close();
            throw failed;
        }
        return load;
    }

    private void begin() {
        cluster.accounts(userIds());
        users.forEach(User::start);
        await("all are registered").atMost(LONG).until(() -> users.stream().allMatch(User::isIn));
        pairs.forEach(Pair::start);
        knockers.forEach(Knocker::start);
        awaitAllTalk();
    }

    private User user(String id, int home) {
        User user = new User(history, id, () -> nodesFrom(home));
        users.add(user);
        return user;
    }

    /** A client's list of nodes, its own first; those that are avoided are left out. */
    List<BrokerProcess> nodesFrom(int home) {
        List<BrokerProcess> nodes = cluster.nodes();
        int first = home % nodes.size();
        return Stream.concat(nodes.subList(first, nodes.size()).stream(), nodes.subList(0, first).stream())
                .filter(node -> !avoided.contains(node.name()))
                .toList();
    }

    /** What a load balancer does with a node that is not ready. */
    void avoid(BrokerProcess node) {
        avoided.add(node.name());
    }

    void seek(BrokerProcess node) {
        avoided.remove(node.name());
    }

    /** Somebody besides, who asks. */
    Asker asker(BrokerProcess node) throws IOException {
        cluster.accounts(List.of("asker"));
        return new Asker(history, node, "asker");
    }

    History history() {
        return history;
    }

    List<String> userIds() {
        return users.stream().map(User::id).toList();
    }

    /** Users who are registered now. */
    long in() {
        return users.stream().filter(User::isIn).count();
    }

    int size() {
        return users.size();
    }

    void awaitAllIn() {
        await("all are registered again").atMost(LONG).until(() -> in() == users.size());
    }

    void awaitAllTalk() {
        await("every pair talks")
                .atMost(LONG)
                .untilAsserted(() -> assertThat(pairs).filteredOn(pair -> !pair.isTalking()).isEmpty());
    }

    /** Everybody falls silent, what is on its way arrives, and what was carried goes into the history. */
    Checker judge() {
        knockers.forEach(Knocker::stop);
        pairs.forEach(Pair::fallSilent);
        long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        await("what was sent arrives, or is missing for good")
                .atMost(Duration.ofSeconds(20))
                .until(() -> pairs.stream().allMatch(Pair::allArrived) || System.nanoTime() > deadline);
        pairs.forEach(Pair::account);
        return new Checker(history);
    }

    /** Ids of the users whose last registration was on this node. */
    Set<String> usersOn(String node) {
        Set<String> there = new HashSet<>();
        history.all(History.Registered.class).forEach(each -> {
            if (each.node().equals(node)) {
                there.add(each.user());
            } else {
                there.remove(each.user());
            }
        });
        return there;
    }

    @Override
    public void close() {
        knockers.forEach(Knocker::stop);
        pairs.forEach(Pair::stop);
        users.forEach(User::close);
    }
}
