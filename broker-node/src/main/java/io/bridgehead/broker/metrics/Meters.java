package io.bridgehead.broker.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Hands out the meters of {@link Meter}. Look a meter up once and keep it: an event then costs an addition. Any thread.
 *
 * <p>The registry takes no other meter whose name begins with {@code bridgehead_}: such a one is dropped.
 */
public final class Meters implements AutoCloseable {

    private static final String PREFIX = "bridgehead_";
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(25), Duration.ofMillis(50),
        Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };

    private final MeterRegistry registry;
    private final List<AutoCloseable> binders = new ArrayList<>();

    public Meters(MeterRegistry registry) {
        this.registry = registry;
        Set<String> known = Arrays.stream(Meter.values()).map(Meter::meterName).collect(Collectors.toSet());
        registry.config().meterFilter(
                MeterFilter.deny(id -> id.getName().startsWith(PREFIX) && !known.contains(id.getName())));
    }

    /** A counter; {@code tags} are the values of its tag keys, in their order. */
    public Counter counter(Meter meter, Enum<?>... tags) {
        require(meter, Meter.Type.COUNTER, tags.length);
        return Counter.builder(meter.meterName()).description(meter.meaning()).tags(tags(meter, tags)).register(registry);
    }

    /**
     * A counter that is asked of {@code owner} at each scrape, on the scraping thread, for as long as somebody else
     * holds the owner.
     *
     * @param count only rises
     */
    public <T> void counter(Meter meter, T owner, ToDoubleFunction<T> count, Enum<?>... tags) {
        require(meter, Meter.Type.COUNTER, tags.length);
        FunctionCounter.builder(meter.meterName(), owner, count)
                .description(meter.meaning())
                .tags(tags(meter, tags))
                .register(registry);
    }

    /** A counter for each constant of {@code last}, the values of the last tag key; {@code tags} are the ones before. */
    public <T extends Enum<T>> CounterBy<T> counters(Meter meter, Class<T> last, Enum<?>... tags) {
        return new CounterBy<>(last, value -> {
            Enum<?>[] all = Arrays.copyOf(tags, tags.length + 1);
            all[tags.length] = value;
            return counter(meter, all);
        });
    }

    /** As {@link #counters(Meter, Class, Enum[])}, for one configured thing, whose name is the first tag's value. */
    public <T extends Enum<T>> CounterBy<T> counters(Meter meter, Class<T> last, ConfiguredTag first) {
        require(meter, Meter.Type.COUNTER, 2);
        return new CounterBy<>(last, value -> Counter.builder(meter.meterName())
                .description(meter.meaning())
                .tag(meter.tagKeys().get(0), first.name())
                .tag(meter.tagKeys().get(1), value.name().toLowerCase(Locale.ROOT))
                .register(registry));
    }

    /** As {@link #gauge(Meter, Supplier, Enum[])}, for one configured thing. */
    public void gauge(Meter meter, Supplier<Number> value, ConfiguredTag of) {
        require(meter, Meter.Type.GAUGE, 1);
        Gauge.builder(meter.meterName(), value)
                .description(meter.meaning())
                .tag(meter.tagKeys().get(0), of.name())
                .strongReference(true)
                .register(registry);
    }

    /** A gauge that asks {@code value} at each scrape, on the scraping thread. A second one with the same tags is ignored. */
    public void gauge(Meter meter, Supplier<Number> value, Enum<?>... tags) {
        require(meter, Meter.Type.GAUGE, tags.length);
        Gauge.builder(meter.meterName(), value)
                .description(meter.meaning())
                .tags(tags(meter, tags))
                .strongReference(true)
                .register(registry);
    }

    /** A histogram of durations, 1 ms to 30 s. */
    public Timer timer(Meter meter, Enum<?>... tags) {
        require(meter, Meter.Type.TIMER, tags.length);
        return Timer.builder(meter.meterName())
                .description(meter.meaning())
                .tags(tags(meter, tags))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    /** What runs: the only meter whose tags are texts; they hold for the life of the process. */
    public void build(String version, String java) {
        Meter meter = Meter.BUILD;
        Gauge.builder(meter.meterName(), () -> 1)
                .description(meter.meaning())
                .tags(List.of(Tag.of(meter.tagKeys().get(0), version), Tag.of(meter.tagKeys().get(1), java)))
                .register(registry);
    }

    /** The process' own: memory, garbage collection, threads, classes, CPU, uptime, file descriptors. Call once. */
    public void bindProcess() {
        JvmGcMetrics gc = new JvmGcMetrics();
        binders.add(gc);
        gc.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
    }

    /** Stops listening to the garbage collector. */
    @Override
    public void close() throws Exception {
        for (AutoCloseable binder : binders) {
            binder.close();
        }
    }

    private static List<Tag> tags(Meter meter, Enum<?>[] values) {
        List<Tag> tags = new ArrayList<>(values.length);
        for (int i = 0; i < values.length; i++) {
            tags.add(Tag.of(meter.tagKeys().get(i), values[i].name().toLowerCase(Locale.ROOT)));
        }
        return tags;
    }

    private static void require(Meter meter, Meter.Type type, int tags) {
        if (meter.type() != type || meter.tagKeys().size() != tags) {
            throw new IllegalArgumentException(meter.meterName() + ": asked for as " + type + " with " + tags
                    + " tags (expected: " + meter.type() + " with " + meter.tagKeys() + ")");
        }
    }
}
