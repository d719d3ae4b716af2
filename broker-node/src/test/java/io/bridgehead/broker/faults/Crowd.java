package io.bridgehead.broker.faults;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A {@link CrowdProgram} at work. Killed on close. Any thread. */
final class Crowd implements AutoCloseable {

    private static final Pattern REPORT = Pattern.compile("in=(\\d+) cutOff=(\\d+) refused=(\\d+) (.*)");

    private final People people;
    private final int count;
    private volatile Report last = new Report(0, 0, 0, "");

    private record Report(int in, int cutOff, int refused, String refusals) {}

    /**
     * Users {@link #user user(first)} and up; each begins at the node of his number.
     *
     * @param pin of all; empty: none
     */
    Crowd(int first, int count, List<BrokerProcess> nodes, boolean tls, String pin) {
        this.count = count;
        String addresses = nodes.stream()
                .map(node -> node.place().address() + ":" + node.place().tcp())
                .collect(Collectors.joining(","));
        people = People.start(
                "crowd",
                CrowdProgram.class,
                List.of(
                        "-XX:+UseSerialGC",
                        "-Xmx3g",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow"),
                List.of(Integer.toString(first), Integer.toString(count), tls ? "tls" : "plain", pin, addresses),
                this::isReport);
    }

    private boolean isReport(String line) {
        Matcher report = REPORT.matcher(line);
        if (report.matches()) {
            last = new Report(number(report, 1), number(report, 2), number(report, 3), report.group(4));
        }
        return report.matches();
    }

    private static int number(Matcher report, int group) {
        return Integer.parseInt(report.group(group));
    }

    /** The id of a user. */
    static String user(int number) {
        return "user" + number;
    }

    int in() {
        return last.in();
    }

    /** How often somebody who was in was cut off. */
    int cutOff() {
        return last.cutOff();
    }

    /** How often somebody was refused or got no answer. */
    int refused() {
        return last.refused();
    }

    /** All drop their connections and come back at once. */
    void comeAgain() {
        drop("");
    }

    /** All drop their connections and come back one after the other, as at first. */
    void comeAgainGently() {
        drop("gently");
    }

    private void drop(String line) {
        int expected = cutOff() + count;
        people.tell(line);
        await("all are cut off").atMost(Duration.ofSeconds(20)).until(() -> cutOff() >= expected);
    }

    void awaitAllIn(Duration within) {
        await("all of the crowd are in")
                .atMost(within)
                .failFast("the crowd lives", () -> !people.isAlive())
                .until(() -> in() == count);
    }

    @Override
    public String toString() {
        return last.toString();
    }

    @Override
    public void close() {
        people.close();
    }
}
