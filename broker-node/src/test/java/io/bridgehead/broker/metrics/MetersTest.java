package io.bridgehead.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetersTest {

    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(registry);

    private enum Colour { RED, DARK_GREEN }

    @AfterEach
    void close() throws Exception {
        meters.close();
    }

    @Test
    void aScrapeShowsEveryMeterOnceWithItsHelpAndType() {
        registerAll();
        for (String scrape : new String[] {registry.scrape(), registry.scrape(OPEN_METRICS)}) {
            for (Meter meter : Meter.values()) {
                String family = scrape.contains("# EOF") ? meter.meterName().replaceAll("_total$", "") : meter.meterName();
                assertThat(scrape).containsOnlyOnce("# HELP " + family + " " + meter.meaning() + "\n");
                assertThat(scrape).containsOnlyOnce("# TYPE " + family + " ");
            }
        }
    }

    @Test
    void aScrapeShowsNothingOfOursThatIsNotInTheList() {
        registerAll();
        registry.counter("bridgehead_surprises_total").increment();
        Matcher names = Pattern.compile("(?m)^# TYPE (bridgehead_\\S+)").matcher(registry.scrape());
        Set<String> known = Arrays.stream(Meter.values()).map(Meter::meterName).collect(Collectors.toSet());
        // micrometer adds the largest recent value of each timer as a gauge of its own
        assertThat(names.results().map(found -> found.group(1).replaceAll("_max$", ""))).isSubsetOf(known).hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @EnumSource(Meter.class)
    void namesAreInPrometheusStyle(Meter meter) {
        assertThat(meter.meterName()).matches("bridgehead(_[a-z]+)+");
        assertThat(meter.meterName().endsWith("_total")).isEqualTo(meter.type() == Meter.Type.COUNTER);
        if (meter.type() == Meter.Type.TIMER) {
            assertThat(meter.meterName()).endsWith("_seconds");
        }
        assertThat(meter.meaning()).endsWith(".").hasSizeLessThan(120).doesNotContain("\n");
        assertThat(meter.unit()).isNotBlank();
        assertThat(meter.tagKeys()).allMatch(key -> key.matches("[a-z]+"));
    }

    @Test
    void valuesOfTagsAreTheConstantsOfAnEnumAndThereFromTheStart() {
        CounterBy<Colour> closes = meters.counters(Meter.CLOSES, Colour.class);
        closes.increment(Colour.DARK_GREEN);
        assertThat(registry.scrape())
                .contains("bridgehead_closes_total{reason=\"red\"} 0.0\n")
                .contains("bridgehead_closes_total{reason=\"dark_green\"} 1.0\n");
        assertThat(closes.count(Colour.DARK_GREEN)).isEqualTo(1);
    }

    @Test
    void noMethodTakesATagsValueAsText() {
        assertThat(Meters.class.getMethods())
                .filteredOn(method -> method.getDeclaringClass() == Meters.class)
                .filteredOn(method -> Arrays.asList(method.getParameterTypes()).contains(String.class))
                .extracting(Method::getName)
                .containsExactly("build");
    }

    @Test
    void aMeterAskedForInTheWrongWayIsRefused() {
        assertThatThrownBy(() -> meters.counter(Meter.SESSIONS))
                .hasMessage("bridgehead_sessions: asked for as COUNTER with 0 tags (expected: GAUGE with [])");
        assertThatThrownBy(() -> meters.counter(Meter.CLOSES))
                .hasMessage("bridgehead_closes_total: asked for as COUNTER with 0 tags (expected: COUNTER with [reason])");
    }

    @Test
    void theProcessShowsItsMemoryThreadsAndFiles() {
        meters.bindProcess();
        assertThat(registry.scrape()).contains("jvm_memory_used_bytes", "jvm_threads_live_threads", "process_uptime_seconds",
                "process_files_open_files", "jvm_gc_max_data_size_bytes");
    }

    private void registerAll() {
        for (Meter meter : Meter.values()) {
            Enum<?>[] tags = meter.tagKeys().stream().map(key -> Colour.RED).toArray(Enum<?>[]::new);
            switch (meter.type()) {
                case COUNTER -> meters.counter(meter, tags);
                case GAUGE -> meters.gauge(meter, () -> 1, tags);
                case TIMER -> meters.timer(meter, tags);
                case INFO -> meters.build("1.0", "25");
            }
        }
    }
}
