package io.bridgehead.broker.bench;

import java.util.List;

/**
 * One measured quantity of one contestant.
 *
 * @param via what was measured: {@code broker}, {@code haproxy} …
 * @param what the quantity
 * @param unit its unit
 * @param rounds its value in each round, one or more
 */
record Figure(String via, String what, String unit, List<Double> rounds) {

    Figure {
        rounds = List.copyOf(rounds);
        if (rounds.isEmpty()) {
            throw new IllegalArgumentException("%s of %s: no rounds (expected: one or more)".formatted(what, via));
        }
    }

    static Figure once(String via, String what, String unit, double value) {
        return new Figure(via, what, unit, List.of(value));
    }

    /** The middle value; of an even number the mean of the two in the middle. */
    double median() {
        List<Double> sorted = rounds.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
