package io.bridgehead.broker.faults;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link SlowReadersProgram} at work, at low priority: people have machines of their own. Killed on close. Any thread.
 */
final class SlowReaders implements AutoCloseable {

    private static final Duration BRIDGED = Duration.ofSeconds(60);

    private final Process process;
    private final ArrayDeque<Moved> lastSecond = new ArrayDeque<>();
    private volatile boolean bridged;
    private volatile Moved last = new Moved(0, 0);
    private volatile boolean full;

    /** Bytes so far, of all bridges. */
    record Moved(long written, long read) {}

    /** Their bridges are there, and without a byte. */
    SlowReaders(int count, List<BrokerProcess> nodes) {
        List<String> command = new ArrayList<>(List.of(
                "nice",
                "-n",
                "10",
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                SlowReadersProgram.class.getName(),
                Integer.toString(count)));
        for (BrokerProcess node : nodes) {
            command.add(node.place().address());
            command.add(Integer.toString(node.place().tcp()));
        }
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        Thread.ofPlatform().daemon().start(this::listen);
        await("all are bridged")
                .atMost(BRIDGED)
                .failFast("they live", () -> !process.isAlive())
                .until(() -> bridged);
    }

    private void listen() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.matches("\\d+ \\d+")) {
                    int blank = line.indexOf(' ');
                    report(new Moved(
                            Long.parseLong(line.substring(0, blank)), Long.parseLong(line.substring(blank + 1))));
                } else if (line.equals(SlowReadersProgram.BRIDGED)) {
                    bridged = true;
                } else {
                    System.out.println("slow readers: " + line);
                }
            }
        } catch (IOException ended) {
            // killed: nothing more to hear
        }
    }

    private void report(Moved now) {
        last = now;
        lastSecond.add(now);
        if (lastSecond.size() > SlowReadersProgram.REPORTS_PER_SECOND) {
            Moved before = lastSecond.poll();
            full = now.written() - before.written() <= 2 * (now.read() - before.read());
        }
    }

    /** Whether the writers wrote no more than twice what was read in the last second: all on the way is full. */
    boolean isFull() {
        return full;
    }

    /** From now on they write and read. */
    void begin() throws IOException {
        process.outputWriter(StandardCharsets.US_ASCII).append('\n').flush();
    }

    /** Some 0.1 s ago. */
    Moved moved() {
        return last;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
