package io.bridgehead.broker.faults;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Somebody who asks the broker and waits for the answer. One thread. */
final class Asker implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 10;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final LoadClient client;

    Asker(History history, BrokerProcess node, String id) throws IOException {
        client = LoadClient.register(history, id, node, lines::add);
    }

    /** The longest time until a {@code ;connect} to one of these, who are all gone, was answered. */
    Duration slowestOf(List<String> gone) throws IOException, InterruptedException {
        Duration slowest = Duration.ZERO;
        for (String user : gone) {
            long began = System.nanoTime();
            ask(";connect=" + user, line -> line.startsWith(";unavailable:") || line.startsWith(";error:"));
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            slowest = took.compareTo(slowest) > 0 ? took : slowest;
        }
        return slowest;
    }

    /** How many users the registry holds. */
    int users() throws IOException, InterruptedException {
        String total = ask(";users", line -> line.startsWith(";total:") || line.startsWith(";error:"));
        return total.startsWith(";total:") ? Integer.parseInt(total.substring(";total:".length())) : -1;
    }

    void awaitUsers(int expected) {
        await("the registry holds " + expected + " users")
                .atMost(Duration.ofSeconds(60))
                .until(this::users, count -> count == expected);
    }

    String ask(String question, Predicate<String> isAnswer) throws IOException, InterruptedException {
        lines.clear();
        client.send(question);
        while (true) {
            String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new AssertionError("no answer to " + question + " within " + PATIENCE_SECONDS + " s");
            }
            if (isAnswer.test(line)) {
                return line;
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
