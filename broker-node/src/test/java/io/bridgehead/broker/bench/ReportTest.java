package io.bridgehead.broker.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Report TWO = new Report("bridge", Map.of(), List.of(
            new Figure("broker", "throughput", "MB/s", List.of(900.0, 1200.0, 1000.0)),
            new Figure("haproxy", "throughput", "MB/s", List.of(500.0, 400.0, 900.0)),
            Figure.once("broker", "only here", "µs", 12.34)));

    @Test
    void medianIsTheMiddleRoundAndTheRatioIsOfMedians() {
        assertThat(TWO.markdown())
                .isEqualTo(
                        """
                        | bridge | unit | broker | haproxy | broker / haproxy |
                        |---|---:|---:|---:|---:|
                        | throughput | MB/s | 1,000 (900–1,200) | 500 (400–900) | 2.00 |
                        | only here | µs | 12.3 | - | - |
                        """);
    }

    @Test
    void medianOfTwoRoundsIsTheirMean() {
        assertThat(new Figure("broker", "x", "", List.of(3.0, 1.0)).median()).isEqualTo(2.0);
    }

    @Test
    void percentilesAreByNearestRank() {
        long[] thousand = new long[1000];
        for (int i = 0; i < thousand.length; i++) {
            thousand[i] = (1000 - i) * 1000L;
        }
        Percentiles each = new Percentiles(thousand);

        assertThat(each.micros(50)).isEqualTo(500);
        assertThat(each.micros(99)).isEqualTo(990);
        assertThat(each.micros(99.9)).isEqualTo(999);
        assertThat(new Percentiles(new long[] {7000}).micros(0.1)).isEqualTo(7);
    }
}
