package io.bridgehead.broker.account;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Credentials;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.PinMark;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdmissionTest {

    private static final AccountId ANN = AccountId.require("ann", "example.org");
    private static final Duration GRACE = Duration.ofDays(3);
    private static final Duration HINT = Duration.ofSeconds(2);
    private static final int PLAN_VERSION = 7;

    private enum Rules {
        SUBSCRIPTION,
        OPEN,
        REQUIRE_PIN
    }

    private enum Given {
        NO_PIN(Optional.empty()),
        RIGHT(Optional.of("1234")),
        WRONG(Optional.of("4321")),
        MALFORMED(Optional.of("12;\n"));

        private final Optional<String> text;

        Given(Optional<String> text) {
            this.text = text;
        }
    }

    private enum Expiry {
        NEVER,
        PAST,
        IN_GRACE,
        FUTURE
    }

    private record Case(
            Rules rules,
            boolean exists,
            boolean hasPin,
            Given given,
            boolean banned,
            Expiry expiry,
            boolean cached,
            boolean databaseDown) {}

    /** One node's admission, with everything around it. */
    private final class Scene {
        final MovableClock clock = new MovableClock();
        final InMemoryAccountStore store = new InMemoryAccountStore("example.org", clock);
        final SubscriptionRegistry registry;
        final Admission admission;

        Scene(Rules rules) {
            this(rules, null);
        }

        Scene(Rules rules, SubscriptionRegistry other) {
            this(rules, other, hasher);
        }

        Scene(Rules rules, SubscriptionRegistry other, PinHasher hasher) {
            registry = other != null ? other : new InMemorySubscriptionRegistry(1_000, clock::nanoTime);
            AccountPolicy policy = policy(rules);
            admission = new Admission(
                    () -> policy,
                    store,
                    registry,
                    hasher,
                    new LocalPinAttempts(5, 20, clock::nanoTime),
                    PinKey.random(new SecureRandom()),
                    clock,
                    new RetryHint(HINT, () -> 0.5));
        }

        Verdict admit(Optional<String> pin) {
            return admit(ANN, pin, "192.0.2.1");
        }

        Verdict admit(AccountId id, Optional<String> pin, String address) {
            return await(admission.admit(new Credentials(id, id.text(), pin, address)));
        }

        Account account(AccountId id, Optional<String> pinHash, Optional<Instant> expiresAt) {
            return await(store.create(new AccountDraft(id, pinHash, Optional.empty(), "gold", expiresAt)));
        }
    }

    private PinHasher hasher;
    private String hash;

    @BeforeAll
    void open() {
        hasher = new PinHasher(
                new PinHasher.Cost(8, 1, 1),
                Optional.empty(),
                2,
                10_000,
                new SecureRandom(),
                new RetryHint(HINT, () -> 0.5));
        hash = await(hasher.hash(Pin.parse("1234").orElseThrow()));
    }

    @AfterAll
    void close() {
        hasher.close();
    }

    /** Every combination, against a table written the other way round: by verdict, not by step. */
    @Test
    void everyCaseIsDecidedAsTheTableSays() {
        int cases = 0;
        for (Rules rules : Rules.values()) {
            for (Given given : Given.values()) {
                for (Expiry expiry : Expiry.values()) {
                    for (int bits = 0; bits < 32; bits++) {
                        check(new Case(
                                rules,
                                (bits & 1) != 0,
                                (bits & 2) != 0,
                                given,
                                (bits & 4) != 0,
                                expiry,
                                (bits & 8) != 0,
                                (bits & 16) != 0));
                        cases++;
                    }
                }
            }
        }
        assertThat(cases).isEqualTo(3 * 4 * 4 * 32);
    }

    private void check(Case c) {
        Scene scene = new Scene(c.rules);
        Account account = null;
        if (c.exists) {
            account = scene.account(ANN, c.hasPin ? Optional.of(hash) : Optional.empty(), expiry(c.expiry, scene.clock));
            if (c.banned) {
                account = await(scene.store.update(ANN, new AccountChange.Ban(new BanReason("spam")))).orElseThrow();
            }
            if (c.cached) {
                await(scene.registry.offer(new Subscription(ANN, account.epoch(), Optional.of(account))));
            }
        }
        scene.store.down(c.databaseDown);
        long before = hasher.evaluations();

        Verdict verdict = scene.admit(c.given.text);

        assertThat(verdict).as(c.toString()).isEqualTo(expected(c, account));
        assertThat(hasher.evaluations() - before).as("Argon2 runs, " + c).isLessThanOrEqualTo(1);
        if (verdict instanceof Verdict.Admitted) {
            assertThat(scene.admit(c.given.text)).as("once more, " + c).isEqualTo(verdict);
            assertThat(hasher.evaluations() - before).as("Argon2 runs of both, " + c).isLessThanOrEqualTo(1);
        }
    }

    private static Verdict expected(Case c, Account account) {
        boolean reachable = !c.databaseDown || (c.exists && c.cached);
        boolean pinFits = c.hasPin ? c.given == Given.RIGHT : c.rules != Rules.REQUIRE_PIN;
        boolean usablePin = c.given == Given.RIGHT || c.given == Given.WRONG;
        if (c.rules == Rules.REQUIRE_PIN && !usablePin) {
            return new Verdict.NoAccount();
        }
        if (!reachable) {
            return new Verdict.TryAgain(HINT);
        }
        if (!c.exists) {
            return c.rules == Rules.OPEN
                    ? admitted(ANN, "standard", 1, 0, Optional.empty(), Optional.empty())
                    : new Verdict.NoAccount();
        }
        if (!pinFits) {
            return c.rules == Rules.REQUIRE_PIN ? new Verdict.NoAccount() : new Verdict.WrongPin();
        }
        if (c.banned) {
            return new Verdict.Banned();
        }
        return c.expiry == Expiry.PAST
                ? new Verdict.Expired()
                : admitted(
                        ANN,
                        "gold",
                        PLAN_VERSION,
                        account.epoch(),
                        account.expiresAt().map(end -> end.plus(GRACE)),
                        account.pinMark());
    }

    private static Verdict admitted(
            AccountId id, String plan, int version, long epoch, Optional<Instant> expiresAt, Optional<PinMark> pin) {
        return new Verdict.Admitted(new Entitlement(id, plan, version, epoch, expiresAt, Optional.empty(), true, pin));
    }

    private static Optional<Instant> expiry(Expiry expiry, MovableClock clock) {
        Instant now = clock.instant();
        return switch (expiry) {
            case NEVER -> Optional.empty();
            case PAST -> Optional.of(now.minus(GRACE));
            case IN_GRACE -> Optional.of(now.minus(GRACE).plusMillis(1));
            case FUTURE -> Optional.of(now.plusSeconds(60));
        };
    }

    /** The steps are counted, not the time: it is the same work for a stranger as for a member. */
    @Test
    void withRequirePinAMemberAndAStrangerCostTheSame() {
        Map<String, List<Long>> work = new HashMap<>();
        work.put("stranger", work(scene -> {}));
        work.put("wrong PIN", work(scene -> scene.account(ANN, Optional.of(hash), Optional.empty())));
        work.put("wrong PIN, cached", work(scene -> {
            Account account = scene.account(ANN, Optional.of(hash), Optional.empty());
            await(scene.registry.offer(new Subscription(ANN, 1, Optional.of(account))));
        }));
        work.put("no PIN on the account", work(scene -> scene.account(ANN, Optional.empty(), Optional.empty())));
        work.put("banned", work(scene -> {
            scene.account(ANN, Optional.of(hash), Optional.empty());
            await(scene.store.update(ANN, new AccountChange.Ban(new BanReason("spam"))));
        }));

        assertThat(work).allSatisfy((who, steps) -> assertThat(steps).as(who).isEqualTo(List.of(1L, 1L)));
    }

    /** Argon2 runs and questions to SQL. */
    private List<Long> work(Consumer<Scene> given) {
        Scene scene = new Scene(Rules.REQUIRE_PIN);
        given.accept(scene);
        long evaluations = hasher.evaluations();
        long questions = scene.store.questions();
        assertThat(scene.admit(Optional.of("4321"))).isEqualTo(new Verdict.NoAccount());
        return List.of(hasher.evaluations() - evaluations, scene.store.questions() - questions);
    }

    @Test
    void ofTenThousandGuessesFiveAreEvaluated() {
        Scene scene = new Scene(Rules.SUBSCRIPTION);
        scene.account(ANN, Optional.of(hash), Optional.empty());
        long before = hasher.evaluations();
        List<Future<Verdict>> guesses = IntStream.range(0, 10_000)
                .mapToObj(n -> scene.admission.admit(new Credentials(
                        ANN, "ann", Optional.of("%04d".formatted(n == 1234 ? 0 : n)), "198.51.100." + n % 250)))
                .toList();
        Map<Verdict, Long> verdicts = new HashMap<>();
        guesses.forEach(guess -> verdicts.merge(await(guess), 1L, Long::sum));

        assertThat(verdicts).isEqualTo(Map.of(new Verdict.WrongPin(), 5L, new Verdict.TooManyAttempts(), 9_995L));
        assertThat(hasher.evaluations() - before).isEqualTo(5);
        scene.clock.pass(AddressAttempts.WINDOW);
        assertThat(scene.admit(Optional.of("1234"))).isInstanceOf(Verdict.Admitted.class);
    }

    @Test
    void aRememberedPinCannotBeGuessedEither() {
        Scene scene = new Scene(Rules.SUBSCRIPTION);
        scene.account(ANN, Optional.of(hash), Optional.empty());
        assertThat(scene.admit(Optional.of("1234"))).isInstanceOf(Verdict.Admitted.class);
        IntStream.range(0, 5).forEach(n -> scene.admit(ANN, Optional.of("000" + n), "198.51.100." + n));
        assertThat(scene.admit(ANN, Optional.of("1234"), "198.51.100.9")).isEqualTo(new Verdict.TooManyAttempts());
    }

    @Test
    void aRememberedPinCannotBeGuessedWhileArgon2HasNoRoom() {
        for (Rules rules : List.of(Rules.SUBSCRIPTION, Rules.REQUIRE_PIN)) {
            try (BusyHasher busy = new BusyHasher()) {
                Scene scene = new Scene(rules, null, busy.hasher);
                scene.account(ANN, Optional.of(hash), Optional.empty());
                assertThat(scene.admit(Optional.of("1234"))).as(rules.name()).isInstanceOf(Verdict.Admitted.class);
                busy.begin();
                IntStream.range(0, 5).forEach(n -> assertThat(scene.admit(ANN, Optional.of("000" + n), "198.51.100." + n))
                        .isEqualTo(new Verdict.TryAgain(HINT)));
                assertThat(scene.admit(ANN, Optional.of("1234"), "198.51.100.9"))
                        .as(rules.name())
                        .isEqualTo(new Verdict.TooManyAttempts());
            }
        }
    }

    @Test
    void aPinThatWasComparedWithNothingIsNotChargedWhileArgon2HasNoRoom() {
        for (Rules rules : List.of(Rules.SUBSCRIPTION, Rules.REQUIRE_PIN)) {
            try (BusyHasher busy = new BusyHasher()) {
                Scene scene = new Scene(rules, null, busy.hasher);
                scene.account(ANN, Optional.of(hash), Optional.empty());
                busy.begin();
                IntStream.range(0, 25).forEach(n -> assertThat(scene.admit(Optional.of("1234")))
                        .isEqualTo(new Verdict.TryAgain(HINT)));
                busy.end();
                assertThat(scene.admit(Optional.of("1234"))).as(rules.name()).isInstanceOf(Verdict.Admitted.class);
            }
        }
    }

    @Test
    void tooManyAttemptsComesAlikeForMembersAndStrangers() {
        Scene scene = new Scene(Rules.REQUIRE_PIN);
        scene.account(ANN, Optional.of(hash), Optional.empty());
        AccountId nobody = AccountId.require("nobody", "example.org");
        for (int n = 0; n < 8; n++) {
            String address = "198.51.100." + n;
            assertThat(scene.admit(ANN, Optional.of("4321"), address))
                    .isEqualTo(scene.admit(nobody, Optional.of("4321"), address))
                    .isEqualTo(n < 5 ? new Verdict.NoAccount() : new Verdict.TooManyAttempts());
        }
    }

    @Test
    void anAddressThatSprayedOverManyAccountsIsStopped() {
        Scene scene = new Scene(Rules.SUBSCRIPTION);
        List<AccountId> users = IntStream.range(0, 60)
                .mapToObj(n -> AccountId.require("user" + n, "example.org"))
                .toList();
        users.forEach(user -> scene.account(user, Optional.of(hash), Optional.empty()));
        long before = hasher.evaluations();
        long wrong = users.stream()
                .map(user -> scene.admit(user, Optional.of("4321"), "192.0.2.7"))
                .filter(Verdict.WrongPin.class::isInstance)
                .count();
        assertThat(wrong).isEqualTo(20);
        assertThat(hasher.evaluations() - before).isEqualTo(20);
    }

    @Test
    void aReconnectStormCostsOneArgon2EachAndNoSql() {
        Scene scene = new Scene(Rules.REQUIRE_PIN);
        scene.account(ANN, Optional.of(hash), Optional.empty());
        scene.admit(Optional.of("1234"));
        long evaluations = hasher.evaluations();
        int questions = scene.store.questions();
        for (int n = 0; n < 1_000; n++) {
            assertThat(scene.admit(Optional.of("1234"))).isInstanceOf(Verdict.Admitted.class);
        }
        assertThat(hasher.evaluations()).isEqualTo(evaluations);
        assertThat(scene.store.questions()).isEqualTo(questions);
    }

    @Test
    void anOldPinIsWrongFromTheMomentItIsChanged() {
        Scene scene = new Scene(Rules.SUBSCRIPTION);
        scene.account(ANN, Optional.of(hash), Optional.empty());
        scene.admit(Optional.of("1234"));
        String other = await(hasher.hash(Pin.parse("9999").orElseThrow()));
        Account changed = await(scene.store.update(
                        ANN,
                        new AccountChange.Patch(
                                Optional.empty(), Optional.of(Optional.of(other)), Optional.empty(), Optional.empty())))
                .orElseThrow();
        await(scene.registry.offer(new Subscription(ANN, changed.epoch(), Optional.of(changed))));
        assertThat(scene.admit(Optional.of("1234"))).isEqualTo(new Verdict.WrongPin());
        assertThat(scene.admit(Optional.of("9999"))).isInstanceOf(Verdict.Admitted.class);
    }

    @Test
    void forAnAccountWithoutPinARegistryThatIsAwayIsDoneWithout() {
        Scene scene = new Scene(Rules.SUBSCRIPTION, new SilentRegistry());
        scene.account(ANN, Optional.empty(), Optional.empty());
        assertThat(scene.admit(Optional.empty())).isInstanceOf(Verdict.Admitted.class);
        scene.store.down(true);
        assertThat(scene.admit(Optional.empty())).isEqualTo(new Verdict.TryAgain(HINT));
    }

    /** No Argon2 run, right or wrong: after a node's death they would keep its users out for minutes. */
    @Test
    void withoutTheRegistryAPinIsNotChecked() {
        for (Rules rules : List.of(Rules.SUBSCRIPTION, Rules.REQUIRE_PIN)) {
            Scene scene = new Scene(rules, new SilentRegistry());
            scene.account(ANN, Optional.of(hash), Optional.empty());
            assertThat(scene.admit(Optional.of("1234"))).isEqualTo(new Verdict.TryAgain(HINT));
            assertThat(scene.admit(ANN, Optional.of("4321"), "192.0.2.8")).isEqualTo(new Verdict.TryAgain(HINT));
        }
    }

    /** One time-out, not one for each question: the claim of the presence row has another, and clients wait for 6 s. */
    @Test
    void aRegistryThatHangsIsWaitedForOnce() {
        Scene scene = new Scene(Rules.SUBSCRIPTION, new HangingRegistry());
        scene.account(ANN, Optional.empty(), Optional.empty());
        long began = System.nanoTime();
        assertThat(scene.admit(Optional.empty())).isInstanceOf(Verdict.Admitted.class);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void aRemovedAccountIsAskedAboutInSql() {
        Scene scene = new Scene(Rules.SUBSCRIPTION);
        await(scene.registry.offer(new Subscription(ANN, 1, Optional.empty())));
        assertThat(scene.admit(Optional.empty())).isEqualTo(new Verdict.NoAccount());
        scene.store.down(true);
        assertThat(scene.admit(Optional.empty())).isEqualTo(new Verdict.TryAgain(HINT));
    }

    /** A backup was restored, and the registry has not forgotten yet what was known before. */
    @Test
    void whatSqlSaysCountsWhereMoreIsKnown() {
        Scene scene = new Scene(Rules.REQUIRE_PIN);
        Account row = scene.account(ANN, Optional.of(hash), Optional.empty());
        Account known = new Account(
                ANN, row.pinHash(), row.nickname(), row.plan(), row.expiresAt(), row.ban(), true, 10, row.createdAt());
        await(scene.registry.offer(new Subscription(ANN, 10, Optional.of(known))));
        await(scene.store.update(ANN, new AccountChange.Ban(new BanReason("spam"))));
        assertThat(scene.admit(Optional.of("1234"))).isEqualTo(new Verdict.Banned());
    }

    @Test
    void whatWasForgottenWhileArgon2RanIsNotPutBack() {
        for (Rules rules : List.of(Rules.SUBSCRIPTION, Rules.REQUIRE_PIN)) {
            try (BusyHasher busy = new BusyHasher()) {
                Scene scene = new Scene(rules, null, busy.hasher);
                Account account = scene.account(ANN, Optional.of(hash), Optional.empty());
                await(scene.registry.offer(new Subscription(ANN, account.epoch(), Optional.of(account))));
                scene.store.down(true);
                busy.hold();
                Future<Verdict> verdict =
                        scene.admission.admit(new Credentials(ANN, "ann", Optional.of("1234"), "192.0.2.1"));
                Awaitility.await().until(() -> busy.hasher.waiting() == 1);
                await(scene.registry.forgetAll());
                busy.end();
                assertThat(await(verdict)).as(rules.name()).isInstanceOf(Verdict.Admitted.class);
                assertThat(await(scene.registry.find(ANN))).as(rules.name()).isEmpty();
            }
        }
    }

    @Test
    void requirePinInOpenModeIsRefused() {
        assertThatThrownBy(() -> new AccountPolicy(
                        AccountPolicy.Mode.OPEN,
                        true,
                        "example.org",
                        "standard",
                        Map.of("standard", new AccountPolicy.Plan(1, Duration.ZERO))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("accounts.require-pin");
    }

    /** A hasher that can be kept busy: one thread, and room for one who waits. */
    private final class BusyHasher implements AutoCloseable {

        final PinHasher hasher = new PinHasher(
                new PinHasher.Cost(8, 1, 1), Optional.empty(), 1, 1, new SecureRandom(), new RetryHint(HINT, () -> 0.5));
        private final CountDownLatch over = new CountDownLatch(1);
        private Future<PinCheck> last;

        /** Returns when the thread has work that does not end, and its queue is full. */
        void begin() {
            hold();
            last = check(() -> false);
        }

        /** Returns when the thread has work that does not end. */
        void hold() {
            CountDownLatch begun = new CountDownLatch(1);
            last = check(() -> {
                begun.countDown();
                return awaited(over);
            });
            awaited(begun);
        }

        void end() {
            over.countDown();
            await(last);
        }

        private Future<PinCheck> check(BooleanSupplier stillWanted) {
            return hasher.verify(Pin.parse("1234").orElseThrow(), Optional.of(hash), stillWanted);
        }

        /** False. */
        private static boolean awaited(CountDownLatch latch) {
            try {
                latch.await();
                return false;
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }

        @Override
        public void close() {
            over.countDown();
            hasher.close();
        }
    }

    private static AccountPolicy policy(Rules rules) {
        return new AccountPolicy(
                rules == Rules.OPEN ? AccountPolicy.Mode.OPEN : AccountPolicy.Mode.SUBSCRIPTION,
                rules == Rules.REQUIRE_PIN,
                "example.org",
                "standard",
                Map.of(
                        "standard", new AccountPolicy.Plan(1, Duration.ZERO),
                        "gold", new AccountPolicy.Plan(PLAN_VERSION, GRACE)));
    }
}
