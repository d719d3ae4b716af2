package io.bridgehead.broker.metrics;

import io.micrometer.core.instrument.Counter;
import java.util.function.Function;

/**
 * A counter for each constant of an enum, all of them there from the start, so that a scrape shows zeros and an event
 * costs one array access. Any thread.
 *
 * @param <T> the enum whose constants are the last tag's values
 */
public final class CounterBy<T extends Enum<T>> {

    private final Counter[] counters;

    CounterBy(Class<T> values, Function<T, Counter> counter) {
        T[] constants = values.getEnumConstants();
        this.counters = new Counter[constants.length];
        for (T value : constants) {
            counters[value.ordinal()] = counter.apply(value);
        }
    }

    public void increment(T value) {
        counters[value.ordinal()].increment();
    }

    public long count(T value) {
        return (long) counters[value.ordinal()].count();
    }
}
