package io.bridgehead.broker.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** People who come, register and go again, one after the other, on whatever node a load balancer gives them. */
final class Newcomers implements AutoCloseable {

    private static final int ACCOUNTS = 100;

    private final Load load;
    private final Duration pause;
    private volatile boolean stopped;

    Newcomers(Load load, BrokerCluster cluster, Duration pause) {
        this.load = load;
        this.pause = pause;
        cluster.accounts(ids());
    }

    private static List<String> ids() {
        return IntStream.range(0, ACCOUNTS).mapToObj(n -> "newcomer" + n).toList();
    }

    void start() {
        Thread.ofVirtual().name("newcomers").start(() -> {
            try {
                for (int n = 0; !stopped; n++) {
                    Thread.sleep(pause);
                    int turn = n;
                    Thread.ofVirtual().start(() -> come(turn));
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void come(int turn) {
        String id = ids().get(turn % ACCOUNTS);
        BrokerProcess node = load.nodesFrom(turn).get(0);
        long began = System.nanoTime();
        String outcome = "";
        try (LoadClient client = LoadClient.register(new History(), id, node, line -> {})) {
            client.send(";quit");
        } catch (IOException refused) {
            outcome = refused.getMessage();
        }
        long now = System.nanoTime();
        load.history().add(new History.Called(now, id, node.name(), Duration.ofNanos(now - began), outcome));
    }

    @Override
    public void close() {
        stopped = true;
    }
}
