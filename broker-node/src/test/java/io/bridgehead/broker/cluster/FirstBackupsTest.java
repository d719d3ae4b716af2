package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FirstBackupsTest {

    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void theyAreThereFromTheFirstTimeOnThatAllIsHeldTwice() {
        AtomicBoolean heldTwice = new AtomicBoolean();
        try (FirstBackups backups = new FirstBackups(() -> {
            asked.incrementAndGet();
            return heldTwice.get();
        }, FirstBackups.PATIENCE)) {
            assertThat(backups.areThere()).isFalse();
            backups.start();
            await().until(() -> asked.get() >= 3);
            assertThat(backups.areThere()).isFalse();

            heldTwice.set(true);
            await().until(backups::areThere);
            int until = asked.get();
            heldTwice.set(false);
            assertThat(backups.areThere()).isTrue();
            assertThat(asked).hasValue(until);
        }
    }

    @Test
    void aQuestionThatFailsIsAskedAgain() {
        try (FirstBackups backups = new FirstBackups(() -> {
            if (asked.incrementAndGet() < 3) {
                throw new IllegalStateException("a member is leaving");
            }
            return true;
        }, FirstBackups.PATIENCE)) {
            backups.start();
            await().until(backups::areThere);
            assertThat(asked).hasValue(3);
        }
    }

    @Test
    void theyAreNotWaitedForWithoutEnd() {
        try (FirstBackups backups = new FirstBackups(() -> false, Duration.ofMillis(1))) {
            backups.start();
            await().until(backups::areThere);
        }
    }
}
