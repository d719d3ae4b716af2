package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads changes of accounts from SQL, whoever made them, and hands them to the registry and the
 * {@link ChangeListener}: what a lost message or a restarted cluster missed is caught up here. Any thread; one poll at
 * a time, the next begins when the last one has ended. A database that is down is asked again at every turn.
 */
public final class ChangeFeed implements AutoCloseable {

    /** Between two polls, unless a test wants less. */
    public static final Duration INTERVAL = Duration.ofSeconds(2);

    private static final int PAGE = 200;

    /** A change whose enforcement fails this often is skipped: those behind it must not wait for ever. */
    private static final int TRIES = 3;

    /** States the registry would not take yet, newest of each account; some 500 bytes each. */
    private static final int MAX_UNSHARED = 10_000;

    /** After a restore, 10 s: until what was asked of the old database has been answered, on other nodes, too. */
    private static final int UNSETTLED_POLLS = 6;

    private static final long UNKNOWN = -1;
    private static final Logger LOG = LoggerFactory.getLogger(ChangeFeed.class);

    private final AccountStore store;
    private final SubscriptionRegistry registry;
    private final ChangeListener listener;
    private final ScheduledExecutorService timer;
    private final Duration interval;

    private final Map<AccountId, Subscription> unshared = new ConcurrentHashMap<>();
    private volatile long position = UNKNOWN;
    private volatile boolean closed;
    private volatile boolean failing;
    private int failures;

    /** Polls that have yet to end by forgetting once more. */
    private int unsettled;

    public ChangeFeed(
            AccountStore store,
            SubscriptionRegistry registry,
            ChangeListener listener,
            ScheduledExecutorService timer,
            Duration interval) {
        this.store = store;
        this.registry = registry;
        this.listener = listener;
        this.timer = timer;
        this.interval = interval;
    }

    /**
     * Begins behind the newest change, and polls from then on. Fails when the database does not answer the first time;
     * it is then asked again at every turn all the same.
     */
    public Future<Void> start() {
        Promise<Void> started = Promise.promise();
        store.lastChange().onComplete(
                last -> {
                    position = last;
                    later(interval);
                    started.complete();
                },
                failure -> {
                    failed(failure);
                    later(interval);
                    started.fail(failure);
                });
        return started.future();
    }

    /** The sequence of the last change that was handed on; -1 before the database has answered once. */
    public long position() {
        return position;
    }

    private void later(Duration delay) {
        if (closed) {
            return;
        }
        try {
            timer.schedule(this::poll, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("change feed: its timer has stopped");
        }
    }

    private void poll() {
        if (closed) {
            return;
        }
        Future<Boolean> more = position == UNKNOWN ? begin() : read();
        more.eventually(this::settle).eventually(this::shareAgain).onComplete(
                isFull -> {
                    recovered();
                    later(isFull ? Duration.ZERO : interval);
                },
                failure -> {
                    failed(failure);
                    later(interval);
                });
    }

    /** Late: sessions may have begun meanwhile, with what the registry knew. */
    private Future<Boolean> begin() {
        return store.lastChange().compose(last -> listener.missed().onSuccess(told -> position = last)).map(false);
    }

    /** Whether there may be more at once. */
    private Future<Boolean> read() {
        return store.changesAfter(position, PAGE).compose(changes -> changes.isEmpty()
                ? checkForRestore().map(false)
                : handOn(changes).map(changes.size() == PAGE));
    }

    private Future<Void> handOn(List<AccountStore.Change> changes) {
        Future<Void> before = Future.succeededFuture();
        for (AccountStore.Change change : changes) {
            before = before.compose(done -> handOn(change));
        }
        return before;
    }

    private Future<Void> handOn(AccountStore.Change change) {
        Future<Void> gap = change.sequence() == position + 1 ? Future.succeededFuture() : pruned(change.sequence());
        return gap.compose(told -> enforceAndShare(change.state()))
                .recover(failure -> orSkip(change, failure))
                .onSuccess(done -> {
                    position = change.sequence();
                    failures = 0;
                });
    }

    /**
     * A registry that is slow or away must not hold up enforcement. But whoever gets in before it has learned of the
     * change does so by what it knew before, and finds that there once more when he looks again: so the change is always
     * enforced after that, were it for the second time.
     */
    private Future<Void> enforceAndShare(Subscription state) {
        Future<Boolean> shared = share(state);
        return shared.isComplete()
                ? listener.changed(state)
                : listener.changed(state).compose(enforced -> shared).compose(isKnown -> enforceIf(isKnown, state));
    }

    private Future<Void> enforceIf(boolean isKnown, Subscription state) {
        return isKnown ? listener.changed(state) : Future.succeededFuture();
    }

    /** Whether the registry has it now; if not, it gets it when it is back. Never fails. */
    private Future<Boolean> share(Subscription state) {
        return registry.offer(state)
                .onSuccess(known -> unshared.remove(state.id()))
                .map(true)
                .recover(failure -> {
                    if (unshared.size() < MAX_UNSHARED || unshared.containsKey(state.id())) {
                        unshared.put(state.id(), state);
                    } else {
                        LOG.atWarn().addKeyValue("account", state.id()).log("registry: does not learn epoch {}", state.epoch());
                    }
                    return Future.succeededFuture(false);
                });
    }

    private Future<Void> shareAgain() {
        return Future.join(List.copyOf(unshared.values()).stream().map(this::shareLate).toList()).mapEmpty();
    }

    /** Never fails: what cannot be enforced is tried again with the next poll. */
    private Future<Void> shareLate(Subscription state) {
        return share(state).compose(isKnown -> enforceIf(isKnown, state)).recover(failure -> {
            unshared.putIfAbsent(state.id(), state);
            return Future.succeededFuture();
        });
    }

    private Future<Void> pruned(long next) {
        LOG.warn("change feed: changes {} to {} were pruned before they were read", position + 1, next - 1);
        return listener.missed().onSuccess(told -> position = next - 1);
    }

    private Future<Void> orSkip(AccountStore.Change change, Throwable failure) {
        failures++;
        if (failures < TRIES) {
            return Future.failedFuture(failure);
        }
        LOG.atWarn()
                .addKeyValue("account", change.state().id())
                .setCause(failure)
                .log("change {} could not be enforced after {} tries and is skipped", change.sequence(), TRIES);
        return Future.succeededFuture();
    }

    /** Numbers below ours mean that an old copy of the database was put in place. */
    private Future<Void> checkForRestore() {
        return store.lastChange().compose(last -> {
            if (last >= position) {
                return Future.succeededFuture();
            }
            LOG.warn("change feed: the newest change is {} where {} was read before: was a backup restored?", last, position);
            return restored(last);
        });
    }

    /** What is known has higher epochs than SQL has now, and would win against it. */
    private Future<Void> restored(long last) {
        unshared.clear();
        unsettled = UNSETTLED_POLLS;
        return registry.forgetAll()
                .recover(this::notForgotten)
                .compose(forgotten -> listener.missed())
                .onSuccess(told -> position = last);
    }

    /**
     * Never fails. What was read before the restore may yet be offered, here and by a node that notices later, and
     * somebody may get in by it.
     */
    private Future<Void> settle() {
        if (unsettled == 0) {
            return Future.succeededFuture();
        }
        return registry.forgetAll()
                .compose(forgotten -> unsettled == 1 ? listener.missed() : Future.succeededFuture())
                .onSuccess(settled -> unsettled--)
                .recover(this::notForgotten);
    }

    private Future<Void> notForgotten(Throwable failure) {
        LOG.debug("change feed: a restore is not settled yet: {}", failure.toString());
        return Future.succeededFuture();
    }

    private void failed(Throwable failure) {
        if (failure instanceof StoreUnavailable) {
            // StoreWatch tells of a database that is away
            LOG.debug("change feed: {}", failure.getMessage());
            return;
        }
        if (!failing) {
            LOG.warn("change feed: no changes are seen until this is well again: {}", failure.toString());
        }
        failing = true;
    }

    private void recovered() {
        if (failing) {
            LOG.info("change feed: well again at change {}", position);
        }
        failing = false;
    }

    /** No further polls; one that is under way still ends. */
    @Override
    public void close() {
        closed = true;
    }
}
