package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GuessesTest {

    private final AtomicLong nanos = new AtomicLong();
    private final Guesses guesses = new Guesses(2, nanos::get);

    @Test
    void anAddressMayBeWrongSoOftenInAWindow() {
        guesses.failed("192.0.2.1");
        assertThat(guesses.isExhausted("192.0.2.1")).isFalse();
        guesses.failed("192.0.2.1");
        assertThat(guesses.isExhausted("192.0.2.1")).isTrue();
        assertThat(guesses.isExhausted("192.0.2.2")).isFalse();

        nanos.addAndGet(Duration.ofMinutes(15).toNanos() - 1);
        assertThat(guesses.isExhausted("192.0.2.1")).isTrue();
        nanos.addAndGet(1);
        assertThat(guesses.isExhausted("192.0.2.1")).isFalse();
    }

    @Test
    void anIpv6ClientIsItsNetwork() {
        guesses.failed("2001:db8:0:1::1");
        guesses.failed("2001:db8:0:1::2");
        assertThat(guesses.isExhausted("2001:db8:0:1:ffff::3")).isTrue();
        assertThat(guesses.isExhausted("2001:db8:0:2::1")).isFalse();
    }
}
