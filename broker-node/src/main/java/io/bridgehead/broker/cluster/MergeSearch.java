package io.bridgehead.broker.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.instance.impl.Node;
import io.bridgehead.broker.model.NodeId;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds whether there is another part of this cluster, and has Hazelcast join it, when
 * {@link MergeGate} says so. Hazelcast's own search would not wait for anything, so it is set never to run. On a thread
 * of its own: it blocks. Of a side only the oldest member searches, the others follow it.
 */
final class MergeSearch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MergeSearch.class);

    private static final Duration PERIOD = Duration.ofSeconds(3);

    /** A connection between members takes a millisecond; when its first packet is lost, a second. */
    private static final Duration REACH = Duration.ofMillis(1500);

    private final Node node;
    private final Supplier<Set<NodeId>> members;
    private final MergeGate gate = new MergeGate(System::nanoTime);
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("merge-search").daemon().factory());
    private boolean waiting;

    /** @param members the other nodes that are members now */
    MergeSearch(HazelcastInstance hazelcast, Supplier<Set<NodeId>> members) {
        this.node = ((HazelcastInstanceProxy) hazelcast).getOriginal().node;
        this.members = members;
    }

    void start() {
        thread.scheduleWithFixedDelay(this::search, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Any thread. */
    void lost(NodeId other, InetSocketAddress address) {
        gate.lost(other, address);
    }

    private void search() {
        try {
            if (mayMerge() && gateIsOpen() && mayMerge()) {
                node.getJoiner().searchForOtherClusters();
            }
        } catch (RuntimeException failed) {
            // such as when this node leaves meanwhile; the next time comes
            LOG.warn("the search for other parts of the cluster failed: {}", failed.toString());
        }
    }

    /** What Hazelcast's own search asks, but whether somebody is joining this side: he would try again. */
    private boolean mayMerge() {
        return node.isRunning()
                && node.getClusterService().isJoined()
                && node.isMaster()
                && node.getClusterService().getClusterState().isJoinAllowed();
    }

    private boolean gateIsOpen() {
        Collection<InetSocketAddress> missing = gate.missing(members.get());
        boolean open = gate.isOpen(missing.isEmpty() || allReachable(missing));
        if (!open && !waiting) {
            LOG.warn("not all of the members that were lost can be reached ({}); until then this side stays alone",
                    missing);
        }
        waiting = !open;
        return open;
    }

    private static boolean allReachable(Collection<InetSocketAddress> addresses) {
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Boolean>> answers = addresses.stream()
                    .map(address -> CompletableFuture.supplyAsync(() -> isReachable(address), each))
                    .toList();
            return answers.stream().allMatch(CompletableFuture::join);
        }
    }

    /** A refusal is an answer: no process is there, and none is cut off. */
    private static boolean isReachable(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) REACH.toMillis());
            return true;
        } catch (ConnectException refused) {
            return refused.getMessage().startsWith("Connection refused");
        } catch (IOException unreachable) {
            return false;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
