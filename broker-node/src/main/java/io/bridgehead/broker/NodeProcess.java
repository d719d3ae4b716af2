package io.bridgehead.broker;

import io.bridgehead.broker.account.NewAccount;
import io.bridgehead.broker.config.BrokerConfig;
import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;

/**
 * The node as a process: the first SIGTERM or SIGINT (or {@code drain --stop}) drains and ends with exit code 0, a second
 * one ends at once with 143; SIGHUP reloads. A node that cannot be a member of its cluster any more drains and ends with
 * 75, for its supervisor to start it anew.
 */
final class NodeProcess implements NodeRunner {

    /** {@code EX_TEMPFAIL} of sysexits.h. */
    private static final int OUT_OF_CLUSTER = 75;

    private final PrintWriter out;

    NodeProcess(PrintWriter out) {
        this.out = out;
    }

    @Override
    public int run(List<BrokerConfig> configs, Mode mode) {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger exitCode = new AtomicInteger();
        EndSignals.onFirst(end::countDown);
        List<Node> nodes = new ArrayList<>();
        try {
            configs.forEach(config -> nodes.add(Node.start(config, end::countDown)));
            Signal.handle(new Signal("HUP"), signal -> nodes.forEach(Node::reload));
            nodes.forEach(node -> node.outOfCluster().onSuccess(ended -> {
                exitCode.set(OUT_OF_CLUSTER);
                end.countDown();
            }));
            if (mode == Mode.DEMO) {
                prepareDemo(nodes, configs.getFirst());
            }
            waitFor(end);
            Future.join(nodes.stream().map(Node::drain).toList()).toCompletionStage().toCompletableFuture().join();
        } finally {
            nodes.forEach(Node::stop);
        }
        return exitCode.get();
    }

    private static void waitFor(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void prepareDemo(List<Node> nodes, BrokerConfig config) {
        Node one = nodes.getFirst();
        for (String id : new String[] {"alice@example.org", "bob@example.org"}) {
            NewAccount account = new NewAccount(
                    AccountId.require(id, config.node().domain()),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            one.accounts().create(account).toCompletionStage().toCompletableFuture().join();
        }
        out.print(
                """

                A cluster of %1$d nodes is running, with the accounts alice@example.org and bob@example.org.

                In a second terminal:          nc 127.0.0.1 %2$d
                    and type                   ;register=bob@example.org
                In a third terminal:           nc 127.0.0.1 %3$d
                    and type                   ;register=alice@example.org
                                               ;connect=bob@example.org
                Back in the second:            ;accept=alice@example.org

                Both now read ;connected, and each line that one types the other sees, from node to node. ;end ends
                the bridge, ;help lists all there is.
                Relay: hosts dial %7$d (data) and %8$d (commands), without a token; their clients %9$d.
                Metrics: http://127.0.0.1:%4$d/metrics
                Accounts, sessions: bin/bridgehead sessions --admin http://127.0.0.1:%5$d --token-file %6$s
                Ctrl-C stops the cluster; nothing is kept.

                """
                        .formatted(
                                nodes.size(),
                                one.ports().tcp().getFirst(),
                                nodes.getLast().ports().tcp().getFirst(),
                                one.ports().metrics(),
                                one.ports().admin(),
                                config.admin().tokenFile(),
                                one.ports().relay().hosts().getFirst(),
                                one.ports().relay().commands().getFirst(),
                                one.ports().relay().clients().getFirst()));
        out.flush();
    }
}
