package io.bridgehead.broker.account;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and checks Argon2id hashes of PINs on threads of its own, with a bounded queue before them: one costs some
 * 22 ms of a core and 19 MiB. Any thread; futures complete on the hasher's threads.
 */
public final class PinHasher implements AutoCloseable {

    /** OWASP's minimum set: 19 MiB, two passes, one lane. */
    public static final Cost DEFAULT_COST = new Cost(19_456, 2, 1);

    private static final Logger LOG = LoggerFactory.getLogger(PinHasher.class);
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private final Cost cost;
    private final Optional<Pepper> pepper;
    private final SecureRandom random;
    private final RetryHint hint;
    private final ThreadPoolExecutor threads;
    private final PhcHash dummy;
    private final LongAdder evaluations = new LongAdder();

    /**
     * What a hash costs.
     *
     * @param memoryKiB memory in KiB, at least 8 for each lane
     * @param iterations passes over the memory
     * @param parallelism lanes
     */
    public record Cost(int memoryKiB, int iterations, int parallelism) {

        public Cost {
            if (iterations < 1 || parallelism < 1 || memoryKiB < 8 * parallelism) {
                throw new IllegalArgumentException("argon2 m=%d,t=%d,p=%d (expected: t and p at least 1, m at least 8p)"
                        .formatted(memoryKiB, iterations, parallelism));
            }
        }

        boolean isWithin(Cost most) {
            return memoryKiB <= most.memoryKiB && iterations <= most.iterations && parallelism <= most.parallelism;
        }
    }

    /**
     * @param cost of new hashes; old ones are checked at the cost they were made with
     * @param pepper the secret beside the database, if any: a stolen database alone is then no use
     * @param threadCount at most the number of cores
     * @param queueLength checks that may wait; at 75 a second on two cores, 150 wait two seconds
     * @param random for salts
     * @param hint when those who find the queue full should come back
     */
    public PinHasher(
            Cost cost, Optional<Pepper> pepper, int threadCount, int queueLength, SecureRandom random, RetryHint hint) {
        this.cost = cost;
        this.pepper = pepper;
        this.random = random;
        this.hint = hint;
        this.threads = new ThreadPoolExecutor(
                threadCount,
                threadCount,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queueLength),
                Thread.ofPlatform().name("pin-hasher-", 0).daemon().factory());
        this.dummy = new PhcHash(cost, bytes(SALT_BYTES), bytes(HASH_BYTES));
    }

    /** A new hash of {@code pin} as a PHC string; fails with {@link HashingBusy} when the queue is full. */
    public Future<String> hash(Pin pin) {
        return queued(() -> newHash(pin)).orElseGet(() -> Future.failedFuture(new HashingBusy(hint.next())));
    }

    private String newHash(Pin pin) {
        byte[] salt = bytes(SALT_BYTES);
        return new PhcHash(cost, salt, evaluate(pin, cost, salt, HASH_BYTES)).text();
    }

    /**
     * Compares {@code pin} with {@code phc} in constant time. Where there is no hash (or a broken one) it costs the
     * same and the answer is {@link PinCheck.Wrong}.
     *
     * @param stillWanted asked on the hasher's thread when the turn has come; if false, nothing is compared
     */
    public Future<PinCheck> verify(Pin pin, Optional<String> phc, BooleanSupplier stillWanted) {
        return queued(() -> stillWanted.getAsBoolean() ? compare(pin, phc) : new PinCheck.Dropped())
                .orElseGet(() -> Future.succeededFuture(new PinCheck.Busy(hint.next())));
    }

    /** Empty when the queue is full. */
    private <T> Optional<Future<T>> queued(Supplier<T> work) {
        Promise<T> answer = Promise.promise();
        try {
            threads.execute(() -> run(work, answer));
        } catch (RejectedExecutionException full) {
            return Optional.empty();
        }
        return Optional.of(answer.future());
    }

    private static <T> void run(Supplier<T> work, Promise<T> answer) {
        T result;
        try {
            result = work.get();
        } catch (RuntimeException failure) {
            answer.fail(failure);
            return;
        }
        answer.complete(result);
    }

    private PinCheck compare(Pin pin, Optional<String> phc) {
        Optional<PhcHash> known = phc.flatMap(PhcHash::parse);
        if (phc.isPresent() && known.isEmpty()) {
            LOG.warn("a PIN hash in the database is malformed (expected: $argon2id$v=19$...): nobody gets in with it");
        }
        PhcHash expected = known.orElse(dummy);
        byte[] actual = evaluate(pin, expected.cost(), expected.salt(), expected.hash().length);
        boolean equal = MessageDigest.isEqual(actual, expected.hash());
        return equal && known.isPresent() ? new PinCheck.Right() : new PinCheck.Wrong();
    }

    private byte[] evaluate(Pin pin, Cost at, byte[] salt, int length) {
        evaluations.increment();
        Argon2Parameters.Builder parameters = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(at.memoryKiB())
                .withIterations(at.iterations())
                .withParallelism(at.parallelism())
                .withSalt(salt);
        pepper.ifPresent(secret -> parameters.withSecret(secret.bytes()));
        Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
        argon2.init(parameters.build());
        byte[] hash = new byte[length];
        argon2.generateBytes(pin.bytes(), hash);
        return hash;
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Hashes and checks that wait for a thread. */
    public int waiting() {
        return threads.getQueue().size();
    }

    /** Argon2 runs since the start, hashes and checks together. */
    public long evaluations() {
        return evaluations.sum();
    }

    /** What waits is still done; what comes later finds the queue full. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
