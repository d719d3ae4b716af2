package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The row of the fault matrix in which the database answers, but late. As root. */
@Tag("drill")
class SlowDatabaseDrillTest {

    private static final Duration DELAY = Duration.ofSeconds(3);
    private static final Duration WATCHED = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofSeconds(60);

    /** More than wait before the database, all at one node. */
    private static final int STRANGERS = 2_000;

    /** 250 come in a second: this is about the database, not about a storm of connections. */
    private static final Duration PAUSE = Duration.ofMillis(4);

    private static final int QUEUE_LENGTH = 1_000;
    private static final String LAG = "bridgehead_event_loop_lag_seconds";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    /** Turns of a node's event loops, those that began within 50 ms of their time, and those within 2 s. */
    private record Turns(double all, double inTime, double unblocked) {

        static Turns of(BrokerProcess node) {
            List<Double> turns = node.metrics(
                    LAG + "_count", LAG + "_bucket{le=\"0.05\"}", LAG + "_bucket{le=\"2.0\"}");
            return new Turns(turns.get(0), turns.get(1), turns.get(2));
        }

        /** Each of these may have waited for an answer of the database. */
        long blockedSince(Turns before) {
            return Math.round(all - before.all - (unblocked - before.unblocked));
        }

        double percentLateSince(Turns before) {
            double turns = all - before.all;
            assertThat(turns).isGreaterThan(300);
            return 100 * (1 - (inTime - before.inTime) / turns);
        }
    }

    @Test
    void f14ASlowDatabaseHoldsUpOnlyThoseWhoNeedIt() throws Exception {
        try (FarNodes nodes = new FarNodes(2, directory);
                Load load = Load.on(nodes.cluster(), new Load.Shape(10, 25_000, 40, 0))) {
            BrokerProcess node = nodes.cluster().node(0);
            BrokerProcess other = nodes.cluster().node(1);
            nodes.database().slow(DELAY);
            History.Fault slow = load.history().fault("database slow");
            Turns before = Turns.of(node);
            Turns otherBefore = Turns.of(other);
            AtomicInteger registered = new AtomicInteger();
            CountDownLatch answered = new CountDownLatch(STRANGERS);
            for (int n = 0; n < STRANGERS; n++) {
                String id = "stranger" + n;
                Duration turn = PAUSE.multipliedBy(n);
                Thread.ofVirtual().start(() -> {
                    comes(id, node, turn, registered);
                    answered.countDown();
                });
            }
            AtomicReference<Double> longest = new AtomicReference<>(0.0);
            await("it is watched for " + WATCHED).atMost(LONG).until(() -> {
                longest.updateAndGet(known -> Math.max(known, node.metric("bridgehead_store_queue")));
                return answered.getCount() == 0 && since(slow).compareTo(WATCHED) > 0;
            });
            long began = System.nanoTime();
            LoadClient.register(load.history(), "idle7", node, line -> {}).close();
            Duration known = Duration.ofNanos(System.nanoTime() - began);
            Turns after = Turns.of(node);
            Turns otherAfter = Turns.of(other);
            double late = Math.max(after.percentLateSince(before), otherAfter.percentLateSince(otherBefore));
            long blocked = after.blockedSince(before) + otherAfter.blockedSince(otherBefore);
            nodes.database().slow(Duration.ZERO);
            await("strangers are looked up again").atMost(LONG).until(() -> refusal(node).contains(";failed:"));
            Checker checker = load.judge();

            Figures.atMost("F14", "turns of an event loop over 50 ms late", late, "%", 1);
            Figures.count("F14", "event loops blocked", blocked, 0);
            Figures.atMost("F14", "waiting before the database", longest.get(), "", QUEUE_LENGTH);
            Figures.atMost("F14", "a known user registered", known, Duration.ofSeconds(1));
            Figures.count("F14", "bridges lost", checker.bystanders(slow).violations().size(), 0);
            assertThat(late).isLessThanOrEqualTo(1);
            assertThat(blocked).isZero();
            assertThat(longest.get()).isBetween(1.0, (double) QUEUE_LENGTH);
            assertThat(known).isLessThanOrEqualTo(Duration.ofSeconds(1));
            assertThat(registered).hasValue(0);
            assertThat(checker.bystanders(slow).violations()).isEmpty();
            assertThat(checker.prefix().violations()).isEmpty();
            assertThat(node.printed()).doesNotContain("has been blocked");
        }
    }

    private static void comes(String id, BrokerProcess node, Duration turn, AtomicInteger registered) {
        try {
            Thread.sleep(turn);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        try (LoadClient in = LoadClient.register(new History(), id, node, line -> {})) {
            registered.incrementAndGet();
        } catch (IOException refused) {
            // told to try again, or he gave up: none of them has an account
        }
    }

    private static String refusal(BrokerProcess node) {
        try (LoadClient in = LoadClient.register(new History(), "stranger", node, line -> {})) {
            return "registered on " + in.node();
        } catch (IOException refused) {
            return refused.getMessage();
        }
    }

    private static Duration since(History.Fault fault) {
        return Duration.ofNanos(System.nanoTime() - fault.at());
    }
}
