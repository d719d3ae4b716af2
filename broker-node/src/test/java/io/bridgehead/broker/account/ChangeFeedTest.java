package io.bridgehead.broker.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChangeFeedTest {

    private static final AccountId ANN = AccountId.require("ann", "example.org");

    private final MovableClock clock = new MovableClock();
    private final InMemoryAccountStore store = new InMemoryAccountStore("example.org", clock);
    private final SubscriptionRegistry registry = new InMemorySubscriptionRegistry(10_000, clock::nanoTime);
    private final RecordingListener listener = new RecordingListener();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ChangeFeed feed = feed(registry);
    private boolean visible = true;

    private ChangeFeed feed(SubscriptionRegistry shared) {
        return new ChangeFeed(store, shared, listener, timer, Duration.ofMillis(5));
    }

    @AfterEach
    void close() {
        feed.close();
        timer.shutdownNow();
    }

    @Test
    void itBeginsBehindTheNewestChangeAndTellsEachLaterOne() {
        create(ANN);
        Awaited.await(feed.start());
        turn();
        turn();
        await().until(() -> feed.position() == 3);
        // two changes between two polls are told with the newest state both
        assertThat(listener.told).hasSize(2).extracting(Subscription::epoch).last().isEqualTo(3L);
        assertThat(Awaited.await(registry.find(ANN)).orElseThrow().epoch()).isEqualTo(3);
        assertThat(listener.missed).hasValue(0);
    }

    @Test
    void manyChangesAreReadPageByPage() {
        Awaited.await(feed.start());
        IntStream.range(0, 1_001).forEach(n -> create(AccountId.require("user" + n, "example.org")));
        await().until(() -> feed.position() == 1_001);
        assertThat(listener.told).extracting(state -> state.id().local())
                .isEqualTo(LongStream.range(0, 1_001).mapToObj(n -> "user" + n).toList());
    }

    @Test
    void itOutlivesADatabaseOutage() {
        Awaited.await(feed.start());
        create(ANN);
        await().until(() -> feed.position() == 1);
        store.down(true);
        int questions = store.questions();
        await().until(() -> store.questions() > questions + 5);
        store.down(false);
        turn();
        await().until(() -> feed.position() == 2);
        assertThat(listener.told).extracting(Subscription::epoch).containsExactly(1L, 2L);
    }

    @Test
    void aDatabaseThatIsDownAtTheStartIsAskedAgain() {
        create(ANN);
        store.down(true);
        assertThatThrownBy(() -> Awaited.await(feed.start())).isInstanceOf(StoreUnavailable.class);
        store.down(false);
        await().until(() -> feed.position() == 1);
        assertThat(listener.missed).hasValue(1);
        turn();
        await().until(() -> listener.told.size() == 1);
    }

    @Test
    void prunedChangesAreToldAsMissed() {
        Awaited.await(feed.start());
        store.down(true);
        int questions = store.questions();
        await().until(() -> store.questions() > questions + 1);
        store.down(false);
        synchronized (store) {
            create(ANN);
            IntStream.range(0, 9).forEach(n -> turn());
            store.forgetChanges(5);
        }
        await().until(() -> feed.position() == 10);
        assertThat(listener.missed).hasValue(1);
        assertThat(listener.told).hasSize(5);
    }

    @Test
    void aRestoredBackupIsNoticed() {
        create(ANN);
        turn();
        Awaited.await(feed.start());
        store.restoreBackup();
        await().until(() -> feed.position() == 0);
        turn();
        await().until(() -> listener.told.size() == 1);
        // once more when everybody has noticed, and then no more
        await().until(() -> listener.missed.get() == 2);
        int questions = store.questions();
        await().until(() -> store.questions() > questions + 20);
        assertThat(listener.missed).hasValue(2);
    }

    @Test
    void afterARestoreWhatWasKnownIsForgotten() {
        create(ANN);
        Awaited.await(feed.start());
        Subscription old = new Subscription(ANN, 10, Awaited.await(store.find(ANN)));
        Awaited.await(registry.offer(old));
        store.restoreBackup();
        await().until(() -> Awaited.await(registry.find(ANN)).isEmpty());
    }

    /** Another node has not noticed yet, or something was under way. */
    @Test
    void whatWasKnownBeforeARestoreIsForgottenAgainWhenItIsPutBack() {
        FaultyRegistry faulty = new FaultyRegistry(registry);
        create(ANN);
        try (ChangeFeed other = feed(faulty)) {
            Awaited.await(other.start());
            faulty.putBack = new Subscription(ANN, 10, Awaited.await(store.find(ANN)));
            store.restoreBackup();
            await().until(() -> faulty.putBack == null);
            await().until(() -> Awaited.await(registry.find(ANN)).isEmpty());
        }
    }

    @Test
    void aRegistryThatIsAwayWhenABackupIsRestoredForgetsLater() {
        FaultyRegistry faulty = new FaultyRegistry(registry);
        create(ANN);
        try (ChangeFeed other = feed(faulty)) {
            Awaited.await(other.start());
            Awaited.await(registry.offer(new Subscription(ANN, 10, Awaited.await(store.find(ANN)))));
            faulty.away = true;
            store.restoreBackup();
            await().until(() -> other.position() == 0);
            assertThat(listener.missed).hasPositiveValue();
            assertThat(Awaited.await(registry.find(ANN))).isPresent();
            faulty.away = false;
            await().until(() -> Awaited.await(registry.find(ANN)).isEmpty());
        }
    }

    @Test
    void whatCouldNotBeEnforcedIsTriedAgainThreeTimesAndThenSkipped() {
        Awaited.await(feed.start());
        listener.failures.set(2);
        create(ANN);
        await().until(() -> feed.position() == 1);
        assertThat(listener.told).hasSize(1);
        listener.failures.set(3);
        turn();
        await().until(() -> feed.position() == 2);
        assertThat(listener.told).hasSize(1);
        turn();
        await().until(() -> listener.told.size() == 2);
    }

    @Test
    void aRegistryThatIsAwayHoldsUpNoEnforcementAndLearnsLater() {
        FaultyRegistry faulty = new FaultyRegistry(registry);
        try (ChangeFeed other = feed(faulty)) {
            Awaited.await(other.start());
            faulty.away = true;
            create(ANN);
            turn();
            await().until(() -> other.position() == 2);
            assertThat(listener.told).hasSize(2);
            assertThat(Awaited.await(registry.find(ANN))).isEmpty();
            faulty.away = false;
            await().until(() -> Awaited.await(registry.find(ANN)).isPresent());
        }
    }

    /** Somebody may have got in by what the registry knew before. */
    @Test
    void whatTheRegistryLearnsLateIsEnforcedOnceMore() {
        FaultyRegistry faulty = new FaultyRegistry(registry);
        try (ChangeFeed other = feed(faulty)) {
            Awaited.await(other.start());
            faulty.away = true;
            create(ANN);
            await().until(() -> other.position() == 1);
            assertThat(listener.told).hasSize(1);
            listener.failures.set(2);
            faulty.away = false;
            await().until(() -> listener.told.size() == 2);
            assertThat(listener.told).extracting(Subscription::epoch).containsExactly(1L, 1L);
            int questions = store.questions();
            await().until(() -> store.questions() > questions + 5);
            assertThat(listener.told).hasSize(2);
        }
    }

    @Test
    void whatTheRegistryTakesItsTimeToLearnIsEnforcedAtOnceAndOnceMore() {
        FaultyRegistry faulty = new FaultyRegistry(registry);
        try (ChangeFeed other = feed(faulty)) {
            Awaited.await(other.start());
            Promise<Void> learns = Promise.promise();
            faulty.slow = learns.future();
            create(ANN);
            await().until(() -> listener.told.size() == 1);
            assertThat(other.position()).isZero();
            learns.complete();
            await().until(() -> other.position() == 1);
            assertThat(listener.told).extracting(Subscription::epoch).containsExactly(1L, 1L);
        }
    }

    @Test
    void whatTheRegistryDidNotLearnBeforeARestoreIsNotEnforcedAfterIt() {
        FaultyRegistry faulty = new FaultyRegistry(registry);
        try (ChangeFeed other = feed(faulty)) {
            Awaited.await(other.start());
            faulty.away = true;
            create(ANN);
            await().until(() -> other.position() == 1);
            store.restoreBackup();
            await().until(() -> other.position() == 0);
            faulty.away = false;
            await().until(() -> listener.missed.get() == 2);
            assertThat(listener.told).hasSize(1);
        }
    }

    @Test
    void aClosedFeedAsksNoMore() {
        Awaited.await(feed.start());
        create(ANN);
        await().until(() -> feed.position() == 1);
        feed.close();
        // a poll that is under way on the timer's only thread ends first
        Awaited.await(Future.fromCompletionStage(CompletableFuture.runAsync(() -> {}, timer)));
        turn();
        int questions = store.questions();
        await().during(Duration.ofMillis(100)).until(() -> store.questions() == questions);
        assertThat(feed.position()).isEqualTo(1);
    }

    private void create(AccountId id) {
        Awaited.await(store.create(
                new AccountDraft(id, Optional.empty(), Optional.empty(), "standard", Optional.empty())));
    }

    /** Hides the account or shows it again: a change each time. */
    private void turn() {
        visible = !visible;
        Awaited.await(store.update(ANN, new AccountChange.SetVisible(visible)));
    }

    /** A registry that can be taken away and given back, and in which a row can come back once after all was forgotten. */
    private static final class FaultyRegistry implements SubscriptionRegistry {

        private final SubscriptionRegistry real;
        private volatile boolean away;
        private volatile Future<Void> slow = Future.succeededFuture();
        private volatile Subscription putBack;

        FaultyRegistry(SubscriptionRegistry real) {
            this.real = real;
        }

        private SubscriptionRegistry now() {
            return away ? new SilentRegistry() : real;
        }

        @Override
        public Future<Optional<Subscription>> find(AccountId account) {
            return now().find(account);
        }

        @Override
        public Future<Subscription> offer(Subscription row) {
            return slow.compose(then -> now().offer(row));
        }

        @Override
        public Future<Void> rememberPin(AccountId account, long epoch, byte[] keyedHash) {
            return now().rememberPin(account, epoch, keyedHash);
        }

        @Override
        public Future<PinMemory> comparePin(AccountId account, long epoch, byte[] keyedHash) {
            return now().comparePin(account, epoch, keyedHash);
        }

        @Override
        public Future<Void> forgetAll() {
            return now().forgetAll().onSuccess(forgotten -> {
                if (putBack != null) {
                    real.offer(putBack);
                    putBack = null;
                }
            });
        }
    }
}
