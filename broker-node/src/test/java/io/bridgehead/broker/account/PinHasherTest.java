package io.bridgehead.broker.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinHasherTest {

    /** Of the reference implementation's own tests: "password", "somesalt", t=2, m=65536, p=1. */
    private static final String REFERENCE =
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    private static final PinHasher.Cost CHEAP = new PinHasher.Cost(8, 1, 1);
    private static final Pin PIN = Pin.parse("1234").orElseThrow();
    private static final Pin OTHER = Pin.parse("1235").orElseThrow();

    private final List<PinHasher> opened = new ArrayList<>();
    private final PinHasher hasher = hasher(CHEAP, Optional.empty());

    @AfterEach
    void close() {
        opened.forEach(PinHasher::close);
    }

    @Test
    void theReferenceImplementationsHashIsUnderstood() {
        assertThat(verify(hasher, Pin.parse("password").orElseThrow(), REFERENCE)).isEqualTo(new PinCheck.Right());
        assertThat(verify(hasher, PIN, REFERENCE)).isEqualTo(new PinCheck.Wrong());
    }

    @Test
    void aHashIsMadeAtTheDefaultCostAndNeverTwiceTheSame() {
        PinHasher real = hasher(PinHasher.DEFAULT_COST, Optional.empty());
        String hash = await(real.hash(PIN));
        assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").doesNotContain("1234");
        assertThat(await(real.hash(PIN))).isNotEqualTo(hash);
        assertThat(verify(real, PIN, hash)).isEqualTo(new PinCheck.Right());
        assertThat(verify(real, OTHER, hash)).isEqualTo(new PinCheck.Wrong());
    }

    @Test
    void withoutThePepperTheRightPinIsWrong(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("pepper"), "sixteen bytes and more\n");
        PinHasher peppered = hasher(CHEAP, Optional.of(Pepper.read(file)));
        String hash = await(peppered.hash(PIN));
        assertThat(verify(peppered, PIN, hash)).isEqualTo(new PinCheck.Right());
        assertThat(verify(hasher, PIN, hash)).isEqualTo(new PinCheck.Wrong());
        Files.writeString(file, "short\n");
        assertThatThrownBy(() -> Pepper.read(file)).hasMessageContaining("5 bytes").hasMessageContaining("at least 16");
    }

    @Test
    void aMissingHashCostsAsMuchAsAWrongPin() {
        String hash = await(hasher.hash(PIN));
        long before = hasher.evaluations();
        assertThat(await(hasher.verify(PIN, Optional.empty(), () -> true))).isEqualTo(new PinCheck.Wrong());
        assertThat(hasher.evaluations()).isEqualTo(before + 1);
        assertThat(verify(hasher, OTHER, hash)).isEqualTo(new PinCheck.Wrong());
        assertThat(hasher.evaluations()).isEqualTo(before + 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1234",
                "$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=16$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=9999999,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=8,t=99,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=8,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=8,t=1,p=9$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$"
            })
    void aBrokenHashLetsNobodyInAndCostsNoMore(String hash) {
        assertThat(verify(hasher, PIN, hash)).isEqualTo(new PinCheck.Wrong());
        assertThat(hasher.evaluations()).isEqualTo(1);
    }

    @Test
    void whoeverFindsTheQueueFullIsToldWhenToComeBack() throws InterruptedException {
        PinHasher small = new PinHasher(
                CHEAP, Optional.empty(), 1, 2, new SecureRandom(), new RetryHint(Duration.ofSeconds(2), () -> 0.75));
        opened.add(small);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Future<PinCheck> first = small.verify(PIN, Optional.empty(), () -> {
            running.countDown();
            return await(go);
        });
        running.await();
        List<Future<PinCheck>> waiting = List.of(check(small), check(small));

        assertThat(Awaited.await(check(small))).isEqualTo(new PinCheck.Busy(Duration.ofMillis(2_500)));
        assertThatThrownBy(() -> Awaited.await(small.hash(PIN))).isInstanceOf(HashingBusy.class);

        go.countDown();
        assertThat(Awaited.await(first)).isEqualTo(new PinCheck.Wrong());
        waiting.forEach(future -> assertThat(Awaited.await(future)).isEqualTo(new PinCheck.Wrong()));
        assertThat(small.evaluations()).isEqualTo(3);
    }

    @Test
    void whatNobodyWantsAnyMoreIsNotEvaluated() {
        assertThat(Awaited.await(hasher.verify(PIN, Optional.empty(), () -> false))).isEqualTo(new PinCheck.Dropped());
        assertThat(hasher.evaluations()).isZero();
    }

    @Test
    void aPinIsOneToSixtyFourBytesWithoutControlCharacters() {
        assertThat(Pin.parse("1")).isPresent();
        assertThat(Pin.parse("ä".repeat(32))).isPresent();
        assertThat(Pin.parse("")).isEmpty();
        assertThat(Pin.parse("ä".repeat(33))).isEmpty();
        assertThat(Pin.parse("x".repeat(65))).isEmpty();
        assertThat(Pin.parse("12;34")).isEmpty();
        assertThat(Pin.parse("12\n34")).isEmpty();
        assertThat(Pin.parse("12\u000034")).isEmpty();
        assertThat(Pin.parse("12\ud800")).isEmpty();
        assertThat(Pin.problemIn("s3cret\n").orElseThrow()).doesNotContain("s3cret");
        assertThat(PIN.toString()).doesNotContain("1234");
    }

    private static Future<PinCheck> check(PinHasher hasher) {
        return hasher.verify(PIN, Optional.empty(), () -> true);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static <T> T await(Future<T> future) {
        return Awaited.await(future);
    }

    private static PinCheck verify(PinHasher hasher, Pin pin, String hash) {
        return Awaited.await(hasher.verify(pin, Optional.of(hash), () -> true));
    }

    private PinHasher hasher(PinHasher.Cost cost, Optional<Pepper> pepper) {
        PinHasher made = new PinHasher(
                cost, pepper, 2, 100, new SecureRandom(), new RetryHint(Duration.ofSeconds(2), () -> 0.5));
        opened.add(made);
        return made;
    }
}
