package io.bridgehead.broker.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND / 2);
    private final RateLimit limit = new RateLimit(1000, now::get);

    @Test
    void aSecondsWorthMayComeAtOnce() {
        assertThat(limit.take(1000)).isZero();
        assertThat(limit.take(1)).isEqualTo(SECOND / 1000);
    }

    @Test
    void whoTakesMoreWaitsBehindThoseWhoTookBefore() {
        limit.take(1000);

        assertThat(limit.take(500)).isEqualTo(SECOND / 2);
        assertThat(limit.take(500)).isEqualTo(SECOND);
    }

    @Test
    void whatIsPaidForMayComeAgainAndNoMoreThanASecondsWorthIsSaved() {
        limit.take(3000);
        now.addAndGet(2 * SECOND);
        assertThat(limit.take(0)).isZero();

        now.addAndGet(60 * SECOND);
        assertThat(limit.take(1000)).isZero();
        assertThat(limit.take(1000)).isEqualTo(SECOND);
    }

    @Test
    void withoutALimitNobodyWaits() {
        assertThat(new RateLimit(0, now::get).take(Integer.MAX_VALUE)).isZero();
    }
}
