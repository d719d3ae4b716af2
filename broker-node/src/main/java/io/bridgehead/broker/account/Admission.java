package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Credentials;
import io.bridgehead.broker.model.Entitlement;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides who gets in. Any thread; the future never fails, and completes on any thread.
 *
 * <p>Strangers learn nothing: an account's PIN is checked before a word is said of its ban or expiry. With
 * {@code require-pin} an unknown account, one without a PIN and a wrong PIN all are {@link Verdict.NoAccount} after the
 * same steps: one look into the registry, one into its memory of PINs, one into SQL, one Argon2.
 *
 * <p>Known accounts get in while the database is down; for others the answer then is {@link Verdict.TryAgain}, never
 * {@link Verdict.NoAccount}.
 */
public final class Admission {

    /** Whatever is slower than this is not there: SQL is asked instead. */
    private static final Duration REGISTRY_LIMIT = Duration.ofSeconds(2);

    /** More than the PIN hasher holds, so that its queue cannot take every turn; far less than a node's users. */
    private static final int AT_A_TIME = 256;

    /** A storm of 10,000 who come at once; those at the end would wait too long for a client's patience. */
    private static final int MAY_WAIT = 10_000;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private final Supplier<AccountPolicy> policies;
    private final AccountStore store;
    private final SubscriptionRegistry registry;
    private final PinHasher hasher;
    private final PinAttempts attempts;
    private final PinKey pinKey;
    private final InstantSource clock;
    private final RetryHint hint;
    private final AdmissionQueue queue = new AdmissionQueue(AT_A_TIME, MAY_WAIT, PATIENCE, System::nanoTime);

    /** @param policies the policy of the moment: it changes on reload */
    public Admission(
            Supplier<AccountPolicy> policies,
            AccountStore store,
            SubscriptionRegistry registry,
            PinHasher hasher,
            PinAttempts attempts,
            PinKey pinKey,
            InstantSource clock,
            RetryHint hint) {
        this.policies = policies;
        this.store = store;
        this.registry = registry;
        this.hasher = hasher;
        this.attempts = attempts;
        this.pinKey = pinKey;
        this.clock = clock;
        this.hint = hint;
    }

    public Future<Verdict> admit(Credentials credentials) {
        return queue.take(() -> decide(credentials), () -> new Verdict.TryAgain(hint.next()));
    }

    /** How an account stands that nobody signs in as now. There must be one: nobody is let in as a stranger by this. */
    public Future<Verdict> standing(AccountId id) {
        return known(id)
                .map(found -> found.map(account -> judge(policies.get(), account)).orElseGet(Verdict.NoAccount::new))
                .recover(failure -> {
                    LOG.atDebug().addKeyValue("account", id).log("standing not known: {}", failure.toString());
                    return Future.succeededFuture(new Verdict.TryAgain(hint.next()));
                });
    }

    /** Who waits for his turn to be decided on. */
    public int waiting() {
        return queue.waiting();
    }

    private Future<Verdict> decide(Credentials credentials) {
        AccountPolicy policy = policies.get();
        if (credentials.pin().isPresent()) {
            return counted(policy, credentials).recover(failure -> tryAgain(credentials, failure));
        }
        if (policy.requirePin()) {
            return Future.succeededFuture(new Verdict.NoAccount());
        }
        return relaxed(policy, credentials)
                .map(Decision::verdict)
                .recover(failure -> tryAgain(credentials, failure));
    }

    /**
     * Whoever gives a PIN is counted first, whether or not the account exists or has one; what was no wrong guess is
     * given back afterwards.
     */
    private Future<Verdict> counted(AccountPolicy policy, Credentials credentials) {
        return attempts.begin(credentials.account(), credentials.remoteAddress()).compose(allowed -> {
            if (!allowed) {
                return Future.succeededFuture(new Verdict.TooManyAttempts());
            }
            Future<Decision> decision = policy.requirePin() ? strict(policy, credentials) : relaxed(policy, credentials);
            return decision.recover(failure -> tryAgain(credentials, failure).map(Decision::of))
                    .compose(decided -> settle(credentials, decided));
        });
    }

    private Future<Verdict> settle(Credentials credentials, Decision decision) {
        Future<Void> settled = decision.wrongGuess()
                ? attempts.failed(credentials.account(), credentials.remoteAddress())
                : attempts.passed(credentials.account(), credentials.remoteAddress());
        return settled.map(decision.verdict()).recover(failure -> {
            LOG.atWarn().addKeyValue("account", credentials.account()).log("attempt not counted: {}", failure.toString());
            return Future.succeededFuture(decision.verdict());
        });
    }

    /** Without require-pin: the account says whether a PIN is needed, and the registry's word is enough. */
    private Future<Decision> relaxed(AccountPolicy policy, Credentials credentials) {
        return known(credentials.account())
                .compose(found -> found.map(account -> authenticate(policy, credentials, account))
                        .orElseGet(() -> decided(stranger(policy, credentials.account()))));
    }

    private Future<Decision> authenticate(AccountPolicy policy, Credentials credentials, Account account) {
        if (account.pinHash().isEmpty()) {
            return decided(judge(policy, account));
        }
        Optional<Pin> given = credentials.pin().flatMap(Pin::parse);
        if (given.isEmpty()) {
            return decided(new Verdict.WrongPin());
        }
        return compare(account.id(), account.epoch(), given.get()).compose(memory -> memory == PinMemory.SAME
                ? decided(judge(policy, account))
                : verify(
                        policy,
                        new Guess(credentials, given.get(), memory, Optional.of(account)),
                        Optional.of(account),
                        new Verdict.WrongPin()));
    }

    /** With require-pin: the same steps, whatever is known of the account, but for who proves his PIN from memory. */
    private Future<Decision> strict(AccountPolicy policy, Credentials credentials) {
        Optional<Pin> given = credentials.pin().flatMap(Pin::parse);
        if (given.isEmpty()) {
            return decided(new Verdict.NoAccount());
        }
        AccountId id = credentials.account();
        Pin pin = given.get();
        return cached(id).compose(known -> compare(id, known.map(Account::epoch).orElse(0L), pin)
                .compose(memory -> memory == PinMemory.SAME && known.flatMap(Account::pinHash).isPresent()
                        ? decided(judge(policy, known.get()))
                        : newest(id, known).compose(account -> verify(
                                policy,
                                new Guess(credentials, pin, memory, known),
                                account,
                                new Verdict.NoAccount()))));
    }

    /** What SQL says, even when it is older than what is known: a backup was restored. Without SQL, what is known. */
    private Future<Optional<Account>> newest(AccountId id, Optional<Account> known) {
        return store.find(id)
                .recover(failure -> known.isPresent() ? Future.succeededFuture(known) : Future.failedFuture(failure));
    }

    /** A PIN that was compared with the one that is remembered, and is not that; {@code known}: what the nodes know. */
    private record Guess(Credentials credentials, Pin pin, PinMemory memory, Optional<Account> known) {}

    /** Asks Argon2 even when another PIN is remembered: a wrong PIN takes the same time for a member and a stranger. */
    private Future<Decision> verify(AccountPolicy policy, Guess guess, Optional<Account> account, Verdict wrong) {
        return hasher.verify(
                        guess.pin,
                        account.flatMap(Account::pinHash),
                        () -> !attempts.isExhausted(guess.credentials.remoteAddress()))
                .compose(check -> switch (check) {
                    case PinCheck.Right right -> welcome(policy, account.orElseThrow(), guess);
                    case PinCheck.Wrong no -> Future.succeededFuture(wrong);
                    case PinCheck.Dropped dropped -> Future.succeededFuture(new Verdict.TooManyAttempts());
                    case PinCheck.Busy busy -> Future.succeededFuture(new Verdict.TryAgain(busy.after()));
                })
                .recover(failure -> tryAgain(guess.credentials, failure))
                .map(verdict -> Decision.of(verdict, guess.memory));
    }

    private static Future<Decision> decided(Verdict verdict) {
        return Future.succeededFuture(Decision.of(verdict));
    }

    private Future<Verdict> welcome(AccountPolicy policy, Account account, Guess guess) {
        byte[] keyedHash = pinKey.hash(account.id(), account.epoch(), guess.pin);
        // what the nodes know is not offered again: meanwhile they may have had to forget it
        Future<?> shared = guess.known.filter(account::equals).isPresent() ? Future.succeededFuture() : share(account);
        return shared
                .compose(done -> limited(registry.rememberPin(account.id(), account.epoch(), keyedHash))
                        .recover(failure -> unanswered("rememberPin", failure, null)))
                .map(remembered -> judge(policy, account));
    }

    /** What the registry knows, else what SQL says. */
    private Future<Optional<Account>> known(AccountId id) {
        return limited(registry.find(id)).transform(answer -> {
            if (answer.failed()) {
                LOG.debug("registry: no answer to find: {}", answer.cause().toString());
                // nor would it take the row: waiting for that as well, and then for the claim, a client would give up
                return store.find(id).onSuccess(found -> found.ifPresent(this::share));
            }
            Optional<Account> cached = answer.result().flatMap(Subscription::account);
            return cached.isPresent() ? Future.succeededFuture(cached) : fetched(id);
        });
    }

    private Future<Optional<Account>> cached(AccountId id) {
        return limited(registry.find(id))
                .recover(failure -> unanswered("find", failure, Optional.empty()))
                .map(row -> row.flatMap(Subscription::account));
    }

    private Future<Optional<Account>> fetched(AccountId id) {
        return store.find(id)
                .compose(found -> found.map(this::share).orElseGet(() -> Future.succeededFuture(Optional.empty())));
    }

    /** Puts the account into the registry; answers its newest state, which may be its removal. */
    private Future<Optional<Account>> share(Account account) {
        Subscription row = new Subscription(account.id(), account.epoch(), Optional.of(account));
        return limited(registry.offer(row))
                .recover(failure -> unanswered("offer", failure, row))
                .map(Subscription::account);
    }

    /**
     * Fails when the registry does not answer. Then the same nodes would not take the claim either, and when a node has
     * died, an Argon2 run for each of its users would keep those out who can be let in.
     */
    private Future<PinMemory> compare(AccountId id, long epoch, Pin pin) {
        return limited(registry.comparePin(id, epoch, pinKey.hash(id, epoch, pin)))
                .recover(failure -> Future.failedFuture(new RegistrySilent(failure)));
    }

    private static final class RegistrySilent extends RuntimeException {
        RegistrySilent(Throwable cause) {
            super("the registry does not say whether the PIN is known: " + cause.getMessage(), cause, false, false);
        }
    }

    private static <T> Future<T> limited(Future<T> answer) {
        return answer.timeout(REGISTRY_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** For accounts the registry is a cache: without its answer we go on. */
    private static <T> Future<T> unanswered(String question, Throwable failure, T instead) {
        LOG.debug("registry: no answer to {}: {}", question, failure.toString());
        return Future.succeededFuture(instead);
    }

    private static Verdict stranger(AccountPolicy policy, AccountId id) {
        if (id.isReserved()) {
            return new Verdict.NoAccount();
        }
        return switch (policy.mode()) {
            case SUBSCRIPTION -> new Verdict.NoAccount();
            case OPEN -> new Verdict.Admitted(new Entitlement(
                    id,
                    policy.defaultPlan(),
                    policy.plans().get(policy.defaultPlan()).version(),
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    true,
                    Optional.empty()));
        };
    }

    private Verdict judge(AccountPolicy policy, Account account) {
        if (account.ban().isPresent()) {
            return new Verdict.Banned();
        }
        Entitlement entitlement = policy.entitlement(account);
        Instant now = clock.instant();
        return entitlement.expiresAt().filter(end -> !end.isAfter(now)).isPresent()
                ? new Verdict.Expired()
                : new Verdict.Admitted(entitlement);
    }

    private Future<Verdict> tryAgain(Credentials credentials, Throwable failure) {
        if (failure instanceof StoreUnavailable || failure instanceof RegistrySilent) {
            LOG.atDebug().addKeyValue("account", credentials.account()).log("try again: {}", failure.getMessage());
        } else {
            LOG.atWarn().addKeyValue("account", credentials.account()).setCause(failure).log("admission failed");
        }
        return Future.succeededFuture(new Verdict.TryAgain(hint.next()));
    }
}
