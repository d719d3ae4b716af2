package io.bridgehead.broker.account;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.AccountId;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link PinAttempts} does. */
public abstract class PinAttemptsContract {

    protected static final AccountId ANN = AccountId.require("ann", "example.org");
    protected static final AccountId BOB = AccountId.require("bob", "example.org");

    protected final MovableClock clock = new MovableClock();

    /** Fresh attempts of this kind that live by {@link #clock}, the same ones throughout a test. */
    protected abstract PinAttempts attempts();

    @Test
    void anAccountHasFiveWrongGuessesAWindow() {
        assertThat(wrongGuesses(ANN, 200)).isEqualTo(5);
        assertThat(wrongGuesses(BOB, 1)).isEqualTo(1);
        clock.pass(AddressAttempts.WINDOW.minusMillis(1));
        assertThat(wrongGuesses(ANN, 10)).isZero();
        clock.pass(Duration.ofMillis(1));
        assertThat(wrongGuesses(ANN, 10)).isEqualTo(5);
    }

    @Test
    void guessesSentAllAtOnceAreCountedBeforeTheyFail() {
        long begun = IntStream.range(0, 100)
                .parallel()
                .filter(n -> await(attempts().begin(ANN, "192.0.2." + n)))
                .count();
        assertThat(begun).isEqualTo(5);
    }

    @Test
    void aSuccessCostsNothing() {
        for (int n = 0; n < 200; n++) {
            assertThat(await(attempts().begin(ANN, "192.0.2.1"))).isTrue();
            await(attempts().passed(ANN, "192.0.2.1"));
        }
        assertThat(wrongGuesses(ANN, 10)).isEqualTo(5);
    }

    @Test
    void thousandsBehindOneAddressWhoAreRightGetIn() {
        for (int n = 0; n < 200; n++) {
            assertThat(await(attempts().begin(user(n), "192.0.2.1"))).isTrue();
        }
    }

    @Test
    void anAddressHasTwentyWrongGuessesAWindow() {
        assertThat(guessersOf("192.0.2.1", 100)).isEqualTo(20);
        assertThat(attempts().isExhausted("192.0.2.1")).isTrue();
        assertThat(attempts().isExhausted("::ffff:192.0.2.1")).isTrue();
        assertThat(attempts().isExhausted("192.0.2.2")).isFalse();
        clock.pass(AddressAttempts.WINDOW);
        assertThat(attempts().isExhausted("192.0.2.1")).isFalse();
    }

    @Test
    void aGuesserWithAWholeIpv6NetworkIsOneAddress() {
        long begun = IntStream.range(0, 100)
                .filter(n -> guess(user(n), "2001:db8:1:2::" + Integer.toHexString(n)))
                .count();
        assertThat(begun).isEqualTo(20);
        assertThat(attempts().isExhausted("2001:db8:1:2:ffff::1")).isTrue();
        assertThat(attempts().isExhausted("2001:db8:1:3::1")).isFalse();
    }

    @Test
    void anExhaustedAddressTakesNothingFromAccounts() {
        guessersOf("192.0.2.1", 20);
        for (int n = 0; n < 10; n++) {
            assertThat(await(attempts().begin(ANN, "192.0.2.1"))).isFalse();
        }
        assertThat(await(attempts().begin(ANN, "192.0.2.2"))).isTrue();
    }

    protected long guessersOf(String address, int count) {
        return IntStream.range(0, count).filter(n -> guess(user(n), address)).count();
    }

    protected long wrongGuesses(AccountId account, int count) {
        return IntStream.range(0, count).filter(n -> guess(account, "198.51.100." + n)).count();
    }

    protected boolean guess(AccountId account, String address) {
        boolean allowed = await(attempts().begin(account, address));
        if (allowed) {
            await(attempts().failed(account, address));
        }
        return allowed;
    }

    protected static AccountId user(int number) {
        return AccountId.require("user" + number, "example.org");
    }
}
