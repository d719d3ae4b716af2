package io.bridgehead.broker.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Somebody who wants to be registered: whenever his connection ends he comes back, on the next node that takes him. */
final class User implements AutoCloseable {

    private static final long RETRY_MILLIS = 100;

    private final History history;
    private final String id;
    private final Supplier<List<BrokerProcess>> nodes;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile Consumer<String> heard = line -> {};
    private volatile LoadClient client;

    /** @param nodes in the order in which he tries them */
    User(History history, String id, Supplier<List<BrokerProcess>> nodes) {
        this.history = history;
        this.id = id;
        this.nodes = nodes;
    }

    String id() {
        return id;
    }

    /** Where the broker's lines go, on the reading thread. */
    void hear(Consumer<String> lines) {
        heard = lines;
    }

    void start() {
        Thread.ofVirtual().name(id).start(this::stayIn);
    }

    private void stayIn() {
        try {
            while (!stopped.await(0, TimeUnit.MILLISECONDS)) {
                for (BrokerProcess node : nodes.get()) {
                    try {
                        LoadClient in = LoadClient.register(history, id, node, line -> heard.accept(line));
                        client = in;
                        in.closed().join();
                        break;
                    } catch (IOException refused) {
                        if (refused.getMessage().contains(";failed:")) {
                            return;
                        }
                    }
                }
                stopped.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isIn() {
        LoadClient now = client;
        return now != null && !now.closed().isDone();
    }

    /** The connection over which he is registered; waits for it. */
    LoadClient in(Duration within) throws TimeoutException, InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (!isIn()) {
            if (System.nanoTime() > deadline || stopped.getCount() == 0) {
                throw new TimeoutException(id + " is not registered");
            }
            stopped.await(20, TimeUnit.MILLISECONDS);
        }
        return client;
    }

    @Override
    public String toString() {
        LoadClient now = client;
        return id + (now == null ? "" : " on " + now);
    }

    /** Back in after this he does not come. */
    @Override
    public void close() {
        stopped.countDown();
        LoadClient now = client;
        if (now != null) {
            now.close();
        }
    }
}
