package io.bridgehead.broker.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Judges a {@link History} by the promises: what was broken, in words, and the worst time measured. Immutable. */
final class Checker {

    private final List<History.Entry> entries;
    private final History history;

    /** @param worst zero where nothing was measured; {@code judged}: how many cases there were */
    record Verdict(List<String> violations, Duration worst, int judged) {

        Verdict {
            violations = List.copyOf(violations);
        }
    }

    Checker(History history) {
        this.history = history;
        this.entries = history.entries();
    }

    /** P1: what came out of a bridge is a prefix of what went in, and nothing came to those who have no bridge. */
    Verdict prefix() {
        List<String> violations = new ArrayList<>();
        List<History.Carried> carried = history.all(History.Carried.class);
        carried.forEach(each -> {
            if (each.wrongAt() >= 0) {
                violations.add("wrong byte at " + each.wrongAt() + ": " + each);
            }
            if (each.got() > each.sent()) {
                violations.add("more came out than went in: " + each);
            }
        });
        history.all(History.Stray.class).forEach(each -> violations.add("bytes without a bridge: " + each));
        return new Verdict(violations, Duration.ZERO, carried.size());
    }

    /** P1: bridges with no end on these nodes when the fault came were neither ended nor lost a byte. */
    Verdict bystanders(History.Fault fault) {
        List<String> violations = new ArrayList<>();
        Set<Long> standing = standing(fault.at());
        Set<Long> touched = touching(fault.nodes());
        Set<Long> bystanders = new HashSet<>(standing);
        bystanders.removeAll(touched);
        history.all(History.Told.class).stream()
                .filter(told -> bystanders.contains(told.bridge()))
                .forEach(told -> violations.add("a bystander's bridge ended: " + told));
        history.all(History.Carried.class).stream()
                .filter(each -> bystanders.contains(each.bridge()) && each.got() != each.sent())
                .forEach(each -> violations.add("a bystander lost bytes: " + each));
        return new Verdict(violations, Duration.ZERO, bystanders.size());
    }

    /** P1: bridges that do not go from one group of nodes to the other were not ended. */
    Verdict sameSide(History.Fault fault, Set<String> oneSide) {
        Set<Long> unharmed = new HashSet<>(standing(fault.at()));
        unharmed.removeIf(bridge -> crosses(bridge, oneSide));
        List<String> violations = history.all(History.Told.class).stream()
                .filter(told -> unharmed.contains(told.bridge()))
                .map(told -> "a bridge on one side ended: " + told)
                .toList();
        return new Verdict(violations, Duration.ZERO, unharmed.size());
    }

    private boolean crosses(long bridge, Set<String> oneSide) {
        return ends(bridge).stream().map(end -> oneSide.contains(end.node())).distinct().count() == 2;
    }

    /**
     * P2: both ends of every bridge with an end on these nodes are told within the time, or cut off: the word to a
     * client of a dead node is the end of its connection.
     */
    Verdict told(History.Fault fault, Duration limit) {
        return told(struck(fault), fault.at(), limit, end -> true);
    }

    /** The same of those ends that are not on these nodes: on them nobody hears anything as long as they hang. */
    Verdict toldElsewhere(History.Fault fault, Duration limit) {
        return told(struck(fault), fault.at(), limit, end -> !fault.nodes().contains(end.node()));
    }

    /** And of those that are, once the nodes go on. */
    Verdict toldThere(History.Fault fault, History.Fault goesOn, Duration limit) {
        return told(struck(fault), goesOn.at(), limit, end -> fault.nodes().contains(end.node()));
    }

    /** No bridge with an end on these nodes ended before this time was over. */
    Verdict nobodyToldBefore(History.Fault fault, Duration time) {
        Set<Long> struck = struck(fault);
        List<String> violations = entries.stream()
                .filter(entry -> entry.at() - fault.at() < time.toNanos())
                .filter(entry -> struck.stream().flatMap(bridge -> ends(bridge).stream()).anyMatch(end -> isEndOf(entry, end)))
                .map(entry -> "ended " + Duration.ofNanos(entry.at() - fault.at()) + " after: " + entry)
                .toList();
        return new Verdict(violations, Duration.ZERO, struck.size());
    }

    private Set<Long> struck(History.Fault fault) {
        Set<Long> struck = new HashSet<>(standing(fault.at()));
        struck.retainAll(touching(fault.nodes()));
        return struck;
    }

    /** The same of the bridges from one group of nodes to the other. */
    Verdict toldAcross(History.Fault fault, Set<String> oneSide, Duration limit) {
        Set<Long> struck = new HashSet<>(standing(fault.at()));
        struck.removeIf(bridge -> !crosses(bridge, oneSide));
        return told(struck, fault.at(), limit, end -> true);
    }

    private Verdict told(Set<Long> struck, long from, Duration limit, Predicate<History.Joined> whose) {
        List<String> violations = new ArrayList<>();
        LongSummaryStatistics times = new LongSummaryStatistics();
        for (long bridge : struck) {
            for (History.Joined end : ends(bridge).stream().filter(whose).toList()) {
                long told = entries.stream()
                        .filter(entry -> isEndOf(entry, end))
                        .mapToLong(History.Entry::at)
                        .min()
                        .orElse(Long.MAX_VALUE);
                if (told == Long.MAX_VALUE) {
                    violations.add("never told: " + end);
                } else {
                    times.accept(told - from);
                    if (told - from > limit.toNanos()) {
                        violations.add("told after " + Duration.ofNanos(told - from) + ": " + end);
                    }
                }
            }
        }
        return new Verdict(violations, worst(times), struck.size());
    }

    private static boolean isEndOf(History.Entry entry, History.Joined end) {
        return switch (entry) {
            case History.Told told -> told.bridge() == end.bridge() && told.user().equals(end.user());
            case History.Closed closed -> closed.user().equals(end.user()) && closed.connection() == end.connection();
            case History.Registered r -> false;
            case History.Joined j -> false;
            case History.Left l -> false;
            case History.Carried c -> false;
            case History.Stray s -> false;
            case History.Called c -> false;
            case History.Banned b -> false;
            case History.Fault f -> false;
        };
    }

    /** P4: sessions of a banned account end within the time, and none begins after it. */
    Verdict banned(Duration limit) {
        List<String> violations = new ArrayList<>();
        LongSummaryStatistics times = new LongSummaryStatistics();
        List<History.Banned> bans = history.all(History.Banned.class);
        Map<Integer, Long> closed = closings();
        for (History.Banned ban : bans) {
            for (History.Registered session : history.all(History.Registered.class)) {
                long end = closed.getOrDefault(session.connection(), Long.MAX_VALUE);
                if (!session.user().equals(ban.user()) || end < ban.at()) {
                    continue;
                }
                if (end == Long.MAX_VALUE) {
                    violations.add("banned, but lives on: " + session);
                } else {
                    times.accept(end - Math.max(ban.at(), session.at()));
                    if (end - ban.at() > limit.toNanos()) {
                        violations.add("ended " + Duration.ofNanos(end - ban.at()) + " after its ban: " + session);
                    }
                }
            }
        }
        return new Verdict(violations, worst(times), bans.size());
    }

    /** P8: at the end nobody is registered twice. */
    Verdict oneEach() {
        Map<Integer, Long> closed = closings();
        Map<String, List<History.Registered>> live = new TreeMap<>();
        history.all(History.Registered.class).stream()
                .filter(each -> !closed.containsKey(each.connection()))
                .forEach(each -> live.computeIfAbsent(each.user(), user -> new ArrayList<>()).add(each));
        List<String> violations = live.values().stream()
                .filter(sessions -> sessions.size() > 1)
                .map(sessions -> "registered more than once: " + sessions)
                .toList();
        return new Verdict(violations, Duration.ZERO, live.size());
    }

    /** Users whose session a fault ended are in again within the time. */
    Verdict backAgain(History.Fault fault, Duration limit) {
        List<String> violations = new ArrayList<>();
        LongSummaryStatistics times = new LongSummaryStatistics();
        List<History.Registered> registered = history.all(History.Registered.class);
        int judged = 0;
        for (History.Closed closed : history.all(History.Closed.class)) {
            boolean wasIn = registered.stream().anyMatch(each -> each.connection() == closed.connection());
            if (closed.at() < fault.at() || !wasIn) {
                continue;
            }
            judged++;
            long again = registered.stream()
                    .filter(each -> each.user().equals(closed.user()) && each.at() > closed.at())
                    .mapToLong(History.Registered::at)
                    .min()
                    .orElse(Long.MAX_VALUE);
            if (again == Long.MAX_VALUE) {
                violations.add("never in again: " + closed);
            } else {
                times.accept(again - closed.at());
                if (again - closed.at() > limit.toNanos()) {
                    violations.add("in again after " + Duration.ofNanos(again - closed.at()) + ": " + closed);
                }
            }
        }
        return new Verdict(violations, worst(times), judged);
    }

    /** Short calls that were begun in this time and did not come through. */
    Verdict calls(long from, long to) {
        List<History.Called> calls = history.all(History.Called.class).stream()
                .filter(call -> call.at() - call.took().toNanos() >= from && call.at() <= to)
                .toList();
        LongSummaryStatistics times = new LongSummaryStatistics();
        calls.forEach(call -> times.accept(call.took().toNanos()));
        return new Verdict(
                calls.stream().filter(call -> !call.outcome().isEmpty()).map(History.Called::toString).toList(),
                worst(times),
                calls.size());
    }

    /** Bridges that both ends had joined and neither had left or been told the end of. */
    private Set<Long> standing(long at) {
        Map<Long, Integer> joined = new HashMap<>();
        history.all(History.Joined.class).stream()
                .filter(each -> each.at() < at)
                .forEach(each -> joined.merge(each.bridge(), 1, Integer::sum));
        joined.values().removeIf(ends -> ends < 2);
        history.all(History.Told.class).stream().filter(each -> each.at() < at).forEach(each -> joined.remove(each.bridge()));
        history.all(History.Left.class).stream().filter(each -> each.at() < at).forEach(each -> joined.remove(each.bridge()));
        return joined.keySet();
    }

    private Set<Long> touching(Collection<String> nodes) {
        Set<Long> touching = new HashSet<>();
        history.all(History.Joined.class).stream()
                .filter(each -> nodes.contains(each.node()))
                .forEach(each -> touching.add(each.bridge()));
        return touching;
    }

    private List<History.Joined> ends(long bridge) {
        return history.all(History.Joined.class).stream().filter(each -> each.bridge() == bridge).toList();
    }

    private Map<Integer, Long> closings() {
        Map<Integer, Long> closed = new HashMap<>();
        history.all(History.Closed.class).forEach(each -> closed.putIfAbsent(each.connection(), each.at()));
        return closed;
    }

    private static Duration worst(LongSummaryStatistics nanos) {
        return nanos.getCount() == 0 ? Duration.ZERO : Duration.ofNanos(nanos.getMax());
    }
}
