package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Row F16: all nodes are killed while accounts are made, and start again, as an operator has installed them. */
final class TotalLoss {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration FIRST_REGISTRATION = Duration.ofSeconds(10);

    private TotalLoss() {}

    /** Kills when so many accounts are acknowledged; each of them has to be there afterwards. */
    static void afterAccounts(int count, Path directory) throws Exception {
        Build program = Build.prepared(Files.createDirectory(directory.resolve("program")));
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        try (BrokerCluster cluster = BrokerCluster.onLoopback(3, directory, program);
                Load load = Load.on(cluster, new Load.Shape(4, 25_000, 40, 0))) {
            List<Thread> clerks = cluster.nodes().stream()
                    .map(node -> Thread.ofVirtual().start(() -> create(node, acknowledged)))
                    .toList();
            await().atMost(LONG.multipliedBy(3)).until(() -> acknowledged.size() >= count);
            load.history().fault("kill -9 of all", "n1", "n2", "n3");
            cluster.nodes().forEach(BrokerProcess::kill);
            for (Thread clerk : clerks) {
                clerk.join();
            }
            long began = System.nanoTime();
            cluster.nodes().forEach(BrokerProcess::start);
            await().atMost(LONG).until(() -> load.in() > 0);
            Duration first = Duration.ofNanos(System.nanoTime() - began);
            cluster.nodes().forEach(BrokerProcess::awaitReady);
            load.awaitAllIn();
            load.awaitAllTalk();
            List<String> lost = new ArrayList<>();
            for (String id : acknowledged) {
                if (cluster.node(1).admin("GET", "/v1/accounts/" + id, null).statusCode() != 200) {
                    lost.add(id);
                }
            }
            Figures.count("F16", "acknowledged accounts lost, of " + acknowledged.size(), lost.size(), 0);
            Figures.atMost("F16", "first registration", first, FIRST_REGISTRATION);
            assertThat(lost).isEmpty();
            assertThat(first).isLessThanOrEqualTo(FIRST_REGISTRATION);
            try (Asker asker = load.asker(cluster.node(0))) {
                asker.awaitUsers(load.size() + 1);
            }
            Checker checker = load.judge();
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(checker.oneEach().violations()).isEmpty();
        }
    }

    private static void create(BrokerProcess node, Set<String> acknowledged) {
        try {
            for (int n = 0; n < 100_000; n++) {
                String id = node.name() + "-user" + n;
                if (node.admin("POST", "/v1/accounts", new JsonObject().put("id", id)).statusCode() == 201) {
                    acknowledged.add(id);
                }
            }
        } catch (IOException killed) {
            // just what the row waits for
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
