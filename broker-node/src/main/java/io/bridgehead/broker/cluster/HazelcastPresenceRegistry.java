package io.bridgehead.broker.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.partition.PartitionService;
import com.hazelcast.query.Predicate;
import com.hazelcast.query.Predicates;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.PresenceRegistry;
import io.bridgehead.broker.presence.Reassertion;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * The registry of a cluster: the map {@code users}. Every change is one step where the row lives; no call blocks, and
 * none waits longer than 2 s but for {@link #reassert} and {@link #dropRowsOf}. On a side of a partition without a
 * majority claims and re-assertions fail at once; who leaves is still withdrawn, and reading goes on. Any thread;
 * futures complete on any thread. Built off the event loops, after the node has joined; closed before it leaves.
 */
public final class HazelcastPresenceRegistry implements PresenceRegistry, AutoCloseable {

    /** The count costs a message to every node, so it is taken no more often than this. */
    private static final Duration COUNT_AGE = Duration.ofSeconds(1);

    /** Removing 20,000 rows takes about a second here; a node that hangs meanwhile holds it up for 8. */
    private static final Duration DROP_LIMIT = Duration.ofSeconds(20);

    private final PartitionService partitions;
    private final IMap<String, Presence> rows;
    private final SharedMap<Presence> users;
    private final BooleanSupplier majority;
    private final ScanThread lists = new ScanThread("users");
    private final ScanThread counts = new ScanThread("user-count");
    private final ScanThread removals = new ScanThread("dead-rows");
    private final ScanThread reads = new ScanThread("own-rows");
    private final Supplier<Future<List<Presence>>> list;
    private final Supplier<Future<Integer>> size;
    private final AtomicLong countedAt;
    private volatile int count;

    /** @param hazelcast configured with {@link RegistryMaps#addTo} */
    public HazelcastPresenceRegistry(HazelcastInstance hazelcast) {
        partitions = hazelcast.getPartitionService();
        rows = hazelcast.getMap(RegistryMaps.USERS);
        users = new SharedMap<>(rows);
        majority = RegistryMaps.majority(hazelcast);
        list = lists.shared(() -> List.copyOf(rows.values()));
        size = counts.shared(rows::size);
        countedAt = new AtomicLong(System.nanoTime() - COUNT_AGE.toNanos());
        rehearse(hazelcast);
    }

    private static void rehearse(HazelcastInstance hazelcast) {
        SessionId session = new SessionId(0, 0);
        Presence row = new Presence(
                new AccountId("rehearsal", "invalid"),
                "rehearsal",
                new SessionAddress(new NodeId("rehearsal"), session),
                Instant.EPOCH,
                false,
                0,
                0);
        Rehearsal.of(
                hazelcast,
                RegistryMaps.USERS,
                row,
                new PresenceSteps.Claim(row),
                new PresenceSteps.Reassert(row),
                new PresenceSteps.Withdraw(session),
                new PresenceSteps.RemoveIfUnchanged(row),
                new PresenceSteps.SetVisible(session, false),
                new PresenceSteps.DropRowsOf("rehearsal", 0));
    }

    @Override
    public Future<Optional<Presence>> claim(Presence row) {
        if (!majority.getAsBoolean()) {
            return users.tooFewNodes("claim");
        }
        Future<Presence> answer = users.submitOpenEnded("claim", key(row), new PresenceSteps.Claim(row));
        Future<Presence> inTime = users.inTime("claim", answer);
        // whoever claimed is told to try again: should it come through yet, the row must not stay; whom it displaced
        // asserts his own again
        inTime.onFailure(late -> answer.onComplete(done -> removeIfUnchanged(row)));
        return inTime.map(Optional::ofNullable);
    }

    @Override
    public Future<Reassertion> reassert(Collection<Presence> own) {
        if (!majority.getAsBoolean()) {
            return users.tooFewNodes("re-assertion");
        }
        List<Presence> asTheyCame = List.copyOf(own);
        return users.scanned("re-assertion", reads.run(() -> inOrder(asTheyCame, this::partition)), SharedMap.LIMIT)
                .otherwise(asTheyCame)
                .compose(each -> new Reasserting(users, this::standing, each).run());
    }

    /**
     * Those of one partition follow each other. Each partition of which a read wants rows looks through all keys of that
     * read: in any order, those of 18,000 rows cost their nodes half a percent of a core.
     */
    static List<Presence> inOrder(List<Presence> own, ToIntFunction<Presence> partition) {
        return own.stream()
                .collect(Collectors.groupingBy(partition::applyAsInt))
                .values()
                .stream()
                .flatMap(List::stream)
                .toList();
    }

    private int partition(Presence row) {
        return partitions.getPartition(key(row)).getPartitionId();
    }

    private Future<Map<String, Presence>> standing(List<Presence> own) {
        Set<String> keys = own.stream().map(HazelcastPresenceRegistry::key).collect(Collectors.toSet());
        return users.scanned("re-assertion", reads.run(() -> rows.getAll(keys)), SharedMap.LIMIT);
    }

    @Override
    public Future<Boolean> withdraw(AccountId account, SessionId session) {
        return users.submit("withdraw", account.text(), new PresenceSteps.Withdraw(session));
    }

    @Override
    public Future<Boolean> removeIfUnchanged(Presence row) {
        return users.submit("removal", key(row), new PresenceSteps.RemoveIfUnchanged(row));
    }

    @Override
    public Future<Integer> dropRowsOf(NodeId node, Incarnation incarnation) {
        PresenceSteps.DropRowsOf drop = new PresenceSteps.DropRowsOf(node.name(), incarnation.number());
        Predicate<String, Presence> theirs = Predicates.and(
                Predicates.equal(RowForms.NODE, node.name()),
                Predicates.equal(RowForms.INCARNATION, incarnation.number()));
        Future<Integer> dropped = removals.run(() -> (int) rows.executeOnEntries(drop, theirs).values().stream()
                .filter(done -> done)
                .count());
        return users.scanned("removal of a node's rows", dropped, DROP_LIMIT);
    }

    @Override
    public Future<Optional<Presence>> find(AccountId account) {
        return users.get(account.text()).map(Optional::ofNullable);
    }

    @Override
    public Future<Void> setVisible(AccountId account, SessionId session, boolean visible) {
        return users.submit("visibility", account.text(), new PresenceSteps.SetVisible(session, visible)).mapEmpty();
    }

    @Override
    public Future<List<Presence>> list() {
        return users.scanned("list", list.get(), SharedMap.LIMIT);
    }

    @Override
    public int count() {
        long now = System.nanoTime();
        long last = countedAt.get();
        if (now - last >= COUNT_AGE.toNanos() && countedAt.compareAndSet(last, now)) {
            // without an answer the last count stands
            size.get().onSuccess(answer -> count = answer);
        }
        return count;
    }

    private static String key(Presence row) {
        return row.account().text();
    }

    @Override
    public void close() {
        lists.close();
        counts.close();
        removals.close();
        reads.close();
    }
}
