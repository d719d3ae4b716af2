package io.bridgehead.broker.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.relay.HostRows.There;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HostPoolTest {

    private static final HostKey A = new HostKey("web", "a");
    private static final HostKey B = new HostKey("web", "b");
    private static final NodeId HERE = new NodeId("n1");
    private static final NodeId THERE = new NodeId("n2");
    private static final long SECOND = 1_000_000_000L;

    private final HostPool pool = new HostPool();

    private static SessionId session(long number) {
        return new SessionId(1, number);
    }

    @Test
    void whoHasWaitedLongestIsTakenFirst() {
        pool.offer(A, session(2), 2);
        pool.offer(A, session(1), 3);

        assertThat(pool.take(A)).contains(session(2));
        assertThat(pool.take(A)).contains(session(1));
        assertThat(pool.take(A)).isEmpty();
    }

    @Test
    void whoComesBackWithoutAClientHasItsOldPlace() {
        pool.offer(A, session(1), 1);
        pool.offer(A, session(2), 2);
        pool.take(A);

        pool.offer(A, session(1), 9);

        assertThat(pool.row(A, 5 * SECOND)).isEqualTo(new HostRow(A, 2, 4999, 0, 0));
        assertThat(pool.take(A)).contains(session(1));
    }

    @Test
    void aHostThatIsOutGetsNobodyUntilItIsIn() {
        pool.offer(A, session(1), 1);
        pool.out(A, true);
        assertThat(pool.take(A)).isEmpty();
        assertThat(pool.row(A, 1).waiting()).isZero();

        pool.out(A, false);
        assertThat(pool.take(A)).isPresent();
    }

    @Test
    void onlyWhatChangedIsToldAndTheLastOfAHostAsZeros() {
        pool.offer(A, session(1), 0);
        pool.offer(B, session(2), 0);
        pool.changes(0);

        pool.forget(session(1));

        assertThat(pool.changes(0)).containsExactly(new HostRow(A, 0, 0, 0, 0));
        assertThat(pool.changes(0)).isEmpty();
        assertThat(pool.rows(0)).containsExactly(new HostRow(B, 1, 0, 0, 0));
    }

    /** Whatever comes in whatever order: nobody is given away twice, and the counts are right. */
    @Property
    void aConnectionHasOneClientAtATime(@ForAll long seed) {
        Random random = new Random(seed);
        HostPool any = new HostPool();
        Set<SessionId> waiting = new HashSet<>();
        Set<SessionId> taken = new HashSet<>();
        for (int step = 0; step < 200; step++) {
            SessionId session = session(random.nextInt(8));
            switch (random.nextInt(3)) {
                case 0 -> {
                    any.offer(A, session, step);
                    taken.remove(session);
                    waiting.add(session);
                }
                case 1 -> any.take(A).ifPresentOrElse(
                        given -> {
                            assertThat(waiting.remove(given)).isTrue();
                            assertThat(taken.add(given)).isTrue();
                        },
                        () -> assertThat(waiting).isEmpty());
                default -> {
                    any.forget(session);
                    waiting.remove(session);
                    taken.remove(session);
                }
            }
            HostRow row = any.row(A, step);
            assertThat(row.waiting()).isEqualTo(waiting.size());
            assertThat(row.load()).isEqualTo(taken.size());
        }
    }

    // ---- which host

    private static There row(NodeId node, HostKey key, int waiting, long waited, int load) {
        return new There(node, new HostRow(key, waiting, waited, load, 1));
    }

    @Test
    void theLeastLoadedHostComesFirstOnAllItsNodesTogether() {
        List<There> rows = List.of(row(HERE, A, 1, 900, 1), row(THERE, A, 0, 0, 3), row(THERE, B, 1, 5, 2));

        assertThat(HostChoice.pick(Spread.LEAST_LOADED, "192.0.2.1", rows)).contains(rows.get(2));
        assertThat(HostChoice.pick(Spread.LONGEST_WAITING, "192.0.2.1", rows)).contains(rows.get(0));
    }

    @Test
    void ofEqualHostsTheOneThatHasWaitedLongest() {
        List<There> rows = List.of(row(HERE, A, 1, 10, 1), row(THERE, B, 1, 11, 1));

        assertThat(HostChoice.pick(Spread.LEAST_LOADED, "192.0.2.1", rows)).contains(rows.get(1));
    }

    @Test
    void withoutAWaitingConnectionThereIsNone() {
        assertThat(HostChoice.pick(Spread.STICKY, "192.0.2.1", List.of(row(HERE, A, 0, 0, 1)))).isEmpty();
        assertThat(HostChoice.pick(Spread.LEAST_LOADED, "192.0.2.1", List.of())).isEmpty();
    }

    @Test
    void anAddressStaysWithItsHostAndTheAddressesAreSpread() {
        List<There> rows = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            rows.add(row(HERE, new HostKey("web", "h" + n), 1, n, n));
        }
        int[] clients = new int[4];
        for (int address = 0; address < 400; address++) {
            String client = "192.0.2." + address;
            There chosen = HostChoice.pick(Spread.STICKY, client, rows).orElseThrow();
            clients[rows.indexOf(chosen)]++;
            assertThat(HostChoice.pick(Spread.STICKY, client, rows.reversed())).contains(chosen);
            List<There> without = rows.stream().filter(each -> each != rows.getFirst()).toList();
            if (chosen != rows.getFirst()) {
                assertThat(HostChoice.pick(Spread.STICKY, client, without)).contains(chosen);
            }
        }
        assertThat(IntStream.of(clients).min().orElseThrow()).isGreaterThan(50);
    }

    // ---- what other nodes said

    @Test
    void aRowThatIsNotRepeatedIsDropped() {
        HostRows rows = new HostRows();
        rows.put(THERE, new HostRow(A, 2, 0, 0, 1), 0);

        rows.expire(HostRows.KEPT.toNanos());
        assertThat(rows.of("web", SECOND)).containsExactly(row(THERE, A, 2, 1000, 0));
        rows.expire(HostRows.KEPT.toNanos() + 1);
        assertThat(rows.of("web", 0)).isEmpty();
    }

    @Test
    void whatIsBeingClaimedIsNotClaimedTwice() {
        HostRows rows = new HostRows();
        rows.put(THERE, new HostRow(A, 1, 0, 0, 1), 0);

        rows.claimed(THERE, A, false);

        assertThat(rows.of("web", 0)).containsExactly(row(THERE, A, 0, 0, 1));
        assertThat(rows.channelsOf(A)).containsExactly(THERE);
        rows.gone(THERE);
        assertThat(rows.channelsOf(A)).isEmpty();
    }

    // ---- health

    @Test
    void threeDropsInARowPutAHostOutForAWhile() {
        HostHealth health = new HostHealth();
        assertThat(health.dropped(A, 0)).isFalse();
        health.served(A);
        assertThat(health.dropped(A, 1)).isFalse();
        assertThat(health.dropped(A, 2)).isFalse();
        assertThat(health.dropped(A, 3)).isTrue();
        assertThat(health.isOut(A)).isTrue();
        assertThat(health.isOut(B)).isFalse();

        assertThat(health.expire(3 + HostHealth.OUT.toNanos())).isEmpty();
        assertThat(health.expire(4 + HostHealth.OUT.toNanos())).containsExactly(A);
        assertThat(health.isOut(A)).isFalse();
    }

    @Test
    void newsAreKeptForAMomentAndNotForMoreThanTheLimit() {
        UntoldNews news = new UntoldNews();
        for (int n = 0; n <= UntoldNews.MAX; n++) {
            news.keep(A, new RelayReply.Opened(n), n);
        }
        assertThat(news.take(B)).isEmpty();
        assertThat(news.take(A)).hasSize(UntoldNews.MAX).startsWith(new RelayReply.Opened(1));
        assertThat(news.take(A)).isEmpty();

        news.keep(A, new RelayReply.Opened(1), 0);
        news.expire(UntoldNews.KEPT.toNanos() + 1);
        assertThat(news.take(A)).isEmpty();
    }

    @Test
    void anOptionalOfNobodyIsForgotten() {
        assertThat(pool.forget(session(1))).isEqualTo(Optional.empty());
    }
}
