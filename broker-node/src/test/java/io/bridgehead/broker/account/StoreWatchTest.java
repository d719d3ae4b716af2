package io.bridgehead.broker.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StoreWatchTest {

    private final InMemoryAccountStore store = new InMemoryAccountStore("example.org", new MovableClock());
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final StoreWatch watch = new StoreWatch(store, timer, Duration.ofMillis(5));
    private final Logger log = (Logger) LoggerFactory.getLogger(StoreWatch.class);
    private final Told told = new Told();

    private static final class Told extends AppenderBase<ILoggingEvent> {

        private final Queue<Level> levels = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            levels.add(event.getLevel());
        }
    }

    @BeforeEach
    void listen() {
        told.start();
        log.addAppender(told);
    }

    @AfterEach
    void close() {
        watch.close();
        timer.shutdownNow();
        log.detachAppender(told);
    }

    @Test
    void anOutageIsToldOnceAndItsEndOnce() {
        watch.start();
        asked(3);
        assertThat(watch.isUp()).isTrue();
        assertThat(told.levels).isEmpty();

        store.down(true);
        await().until(() -> !watch.isUp());
        asked(5);
        assertThat(told.levels).containsExactly(Level.WARN);

        store.down(false);
        await().until(watch::isUp);
        asked(5);
        assertThat(told.levels).containsExactly(Level.WARN, Level.INFO);
    }

    @Test
    void afterCloseNobodyIsAsked() {
        watch.start();
        asked(2);
        watch.close();
        // the timer's one thread has run what was due before
        await().until(() -> {
            int before = store.questions();
            timer.submit(() -> {}).get();
            return store.questions() == before;
        });
        int before = store.questions();
        await().during(Duration.ofMillis(50)).until(() -> store.questions() == before);
    }

    private void asked(int more) {
        int before = store.questions();
        await().until(() -> store.questions() >= before + more);
    }
}
