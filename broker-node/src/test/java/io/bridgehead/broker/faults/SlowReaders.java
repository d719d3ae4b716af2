package io.bridgehead.broker.faults;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@link SlowReadersProgram} at work. Killed on close. Any thread. */
final class SlowReaders implements AutoCloseable {

    private static final Pattern MOVED = Pattern.compile("(\\d+) (\\d+)");
    private static final Duration BRIDGED = Duration.ofSeconds(60);

    private final People people;
    private final ArrayDeque<Moved> lastSecond = new ArrayDeque<>();
    private volatile boolean bridged;
    private volatile Moved last = new Moved(0, 0);
    private volatile boolean full;

    /** Bytes so far, of all bridges. */
    record Moved(long written, long read) {}

    /** Their bridges are there, and without a byte. */
    SlowReaders(int count, List<BrokerProcess> nodes) {
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(count)));
        for (BrokerProcess node : nodes) {
            arguments.add(node.place().address());
            arguments.add(Integer.toString(node.place().tcp()));
        }
        people = People.start("slow readers", SlowReadersProgram.class, List.of(), arguments, this::isReport);
        await("all are bridged")
                .atMost(BRIDGED)
                .failFast("they live", () -> !people.isAlive())
                .until(() -> bridged);
    }

    private boolean isReport(String line) {
        Matcher moved = MOVED.matcher(line);
        if (moved.matches()) {
            report(new Moved(Long.parseLong(moved.group(1)), Long.parseLong(moved.group(2))));
        } else if (line.equals(SlowReadersProgram.BRIDGED)) {
            bridged = true;
        } else {
            return false;
        }
        return true;
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
    void begin() {
        people.tell("");
    }

    /** Some 0.1 s ago. */
    Moved moved() {
        return last;
    }

    @Override
    public void close() {
        people.close();
    }
}
