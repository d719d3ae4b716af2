package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.account.AddressAttempts;
import io.bridgehead.broker.account.LocalAddressAttempts;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GuessesTest {

    private final AtomicLong nanos = new AtomicLong();
    private final AddressAttempts cluster = new LocalAddressAttempts(2, nanos::get);
    private final Guesses guesses = node(cluster);

    private Guesses node(AddressAttempts everywhere) {
        return new Guesses(2, nanos::get, everywhere, new RefusalAudit());
    }

    private static boolean may(Guesses guesses, String address) {
        return guesses.mayGuess(address).result();
    }

    private static void wrong(Guesses guesses, String address) {
        guesses.failed(RefusalAudit.Kind.UNKNOWN_TOKEN, address);
    }

    @Test
    void anAddressMayBeWrongSoOftenInAWindow() {
        wrong(guesses, "192.0.2.1");
        assertThat(may(guesses, "192.0.2.1")).isTrue();
        wrong(guesses, "192.0.2.1");
        assertThat(may(guesses, "192.0.2.1")).isFalse();
        assertThat(may(guesses, "192.0.2.2")).isTrue();

        nanos.addAndGet(Duration.ofMinutes(15).toNanos() - 1);
        assertThat(may(guesses, "192.0.2.1")).isFalse();
        nanos.addAndGet(1);
        assertThat(may(guesses, "192.0.2.1")).isTrue();
    }

    @Test
    void anIpv6ClientIsItsNetwork() {
        wrong(guesses, "2001:db8:0:1::1");
        wrong(guesses, "2001:db8:0:1::2");
        assertThat(may(guesses, "2001:db8:0:1:ffff::3")).isFalse();
        assertThat(may(guesses, "2001:db8:0:2::1")).isTrue();
    }

    @Test
    void whatWasWrongOnOneNodeCountsOnTheOther() {
        Guesses other = node(cluster);
        wrong(guesses, "192.0.2.1");
        wrong(other, "192.0.2.1");
        assertThat(may(guesses, "192.0.2.1")).isFalse();
        assertThat(may(other, "192.0.2.1")).isFalse();
    }

    @Test
    void whileTheClusterCannotBeAskedTheNodesOwnCountDecides() {
        Guesses alone = node(new AddressAttempts() {
            @Override
            public Future<Boolean> mayGuess(String remoteAddress) {
                return Future.failedFuture("no answer");
            }

            @Override
            public Future<Boolean> failed(String remoteAddress) {
                return Future.failedFuture("no answer");
            }

            @Override
            public boolean isExhausted(String remoteAddress) {
                return false;
            }
        });
        assertThat(may(alone, "192.0.2.1")).isTrue();
        wrong(alone, "192.0.2.1");
        wrong(alone, "192.0.2.1");
        assertThat(may(alone, "192.0.2.1")).isFalse();
    }
}
