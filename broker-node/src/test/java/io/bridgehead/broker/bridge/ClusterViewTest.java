package io.bridgehead.broker.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.bridge.ClusterView.Kick;
import io.bridgehead.broker.bridge.ClusterView.Page;
import io.bridgehead.broker.bridge.ClusterView.Seen;
import io.bridgehead.broker.bridge.NodesInView.Manner;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BridgeInfo;
import io.bridgehead.broker.model.BridgeMark;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.RecordedSession;
import io.bridgehead.broker.session.CloseReason;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(20)
class ClusterViewTest {

    private final NodesInView nodes = new NodesInView(3);
    private final ClusterView view = nodes.node(1).view;

    @Test
    void anyNodeListsTheSessionsOfAllInOrder() throws Exception {
        nodes.node(2).session(5, "bob");
        nodes.node(1).session(9, "ann");
        nodes.node(3).session(1, "cat");
        nodes.node(1).session(2, "dan");

        for (int number = 1; number <= 3; number++) {
            Page<SessionInfo> page = sessions(nodes.node(number).view, Optional.empty(), 10);
            assertThat(ids(page)).containsExactly("1-2", "1-9", "2-5", "3-1");
            assertThat(page.more()).isFalse();
            assertThat(page.missing()).isEmpty();
        }
    }

    @Test
    void theListIsFilteredByNodeAndAccount() throws Exception {
        nodes.node(1).session(1, "ann");
        nodes.node(2).session(1, "ann");
        nodes.node(2).session(2, "bob");

        assertThat(ids(await(view.sessions(Optional.of(new NodeId("n2")), Optional.empty(), Optional.empty(), 9))))
                .containsExactly("2-1", "2-2");
        assertThat(ids(await(view.sessions(Optional.empty(), Optional.of(account("ann")), Optional.empty(), 9))))
                .containsExactly("1-1", "2-1");
    }

    @Test
    void pagesHaveEachSessionOnceWhateverTheirSize() throws Exception {
        for (int count = 1; count <= 7; count++) {
            nodes.node(count % 3 + 1).session(count, "user" + count);
        }
        List<String> all = ids(sessions(view, Optional.empty(), 100));
        assertThat(all).hasSize(7);

        for (int size = 1; size <= 8; size++) {
            assertThat(paged(size)).as("pages of %s", size).isEqualTo(all);
        }
    }

    /** 600 rows of the longest ids do not go into one frame: the bus of the test refuses more than 64 KiB. */
    @Test
    void aNodeThatTellsAPartHidesNoneOfTheOthers() throws Exception {
        String longest = "x".repeat(AccountId.MAX_BYTES - "@example.org".length() - 4);
        IntStream.range(0, 300).forEach(count -> nodes.node(2).session(count, longest + count));
        IntStream.range(0, 300).forEach(count -> nodes.node(3).session(count, longest + count));
        nodes.node(1).session(1, "ann");

        Page<SessionInfo> first = sessions(view, Optional.empty(), 500);
        assertThat(first.more()).isTrue();
        assertThat(first.rows()).hasSizeBetween(100, 300).noneMatch(row -> node(row).equals("n3"));
        assertThat(paged(500)).hasSize(601).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(value = Manner.class, names = "ANSWERS", mode = EnumSource.Mode.EXCLUDE)
    void aNodeThatDoesNotAnswerIsNamed(Manner manner) throws Exception {
        nodes.node(1).session(1, "ann");
        nodes.node(2).session(1, "bob");
        nodes.node(3).session(1, "cat");
        nodes.node(2).manner = manner;

        Page<SessionInfo> page = sessions(view, Optional.empty(), 10);

        assertThat(ids(page)).containsExactly("1-1", "3-1");
        assertThat(page.missing()).containsExactly(new NodeId("n2"));
        assertThat(await(view.bridges(Optional.empty(), 10)).missing()).containsExactly(new NodeId("n2"));
    }

    @Test
    void aNodeThatGoesIsNotWaitedFor() throws Exception {
        NodesInView.InView one = nodes.node(1);
        nodes.node(2).manner = Manner.LOSES_THE_ANSWER;
        ClusterView patient = new ClusterView(one.id, one, one.sessions, List::of, Duration.ofDays(1));

        Future<Page<SessionInfo>> page =
                patient.sessions(Optional.of(new NodeId("n2")), Optional.empty(), Optional.empty(), 10);
        assertThat(page.isComplete()).isFalse();
        patient.nodeGone(new NodeId("n2"));

        assertThat(await(page).missing()).containsExactly(new NodeId("n2"));
    }

    @Test
    void bridgesOfAllNodesAreListedOldestFirst() throws Exception {
        nodes.node(1).bridge(1, NodesInView.NOW.plusSeconds(3));
        nodes.node(2).bridge(1, NodesInView.NOW.plusSeconds(2));
        nodes.node(3).bridge(1, NodesInView.NOW.plusSeconds(2));
        nodes.node(2).bridge(2, NodesInView.NOW.plusSeconds(1));

        List<String> calls = new ArrayList<>();
        Optional<BridgeMark> after = Optional.empty();
        Page<BridgeInfo> page;
        do {
            page = await(view.bridges(after, 1));
            page.rows().forEach(row -> calls.add(row.call().toString()));
            after = BridgeMark.parse(page.rows().getLast().mark().toString());
        } while (page.more());

        assertThat(calls).containsExactly("2-2/2", "2-1/1", "3-1/1", "1-1/1");
    }

    @Test
    void aSessionIsEndedWhereverItIs() throws Exception {
        RecordedSession here = nodes.node(1).session(1, "ann");
        RecordedSession there = nodes.node(3).session(1, "cat");
        // what another node has is not in its way, and an older one knows this message
        nodes.node(2).manner = Manner.UNREACHABLE;
        nodes.node(3).manner = Manner.OF_AN_OLDER_VERSION;

        assertThat(await(view.kick(here.id()))).isEqualTo(new Kick.Told());
        assertThat(await(view.kick(there.id()))).isEqualTo(new Kick.Told());
        assertThat(here.evictions()).containsExactly(CloseReason.KICKED);
        assertThat(there.evictions()).containsExactly(CloseReason.KICKED);
    }

    @Test
    void aSessionNobodyHasIsUnknownOnlyWhenAllHaveSaidSo() throws Exception {
        assertThat(await(view.kick(new SessionId(2, 7)))).isEqualTo(new Kick.Unknown());

        nodes.node(2).manner = Manner.UNREACHABLE;

        assertThat(await(view.kick(new SessionId(2, 7)))).isEqualTo(new Kick.Unanswered(List.of(new NodeId("n2"))));
    }

    @Test
    void oneSessionIsLookedUpOnItsNode() throws Exception {
        SessionInfo bob = nodes.node(2).session(1, "bob").info();

        assertThat(seen(bob.address())).isEqualTo(new Seen.Running(bob));
        assertThat(seen(new SessionAddress(new NodeId("n2"), new SessionId(2, 9)))).isEqualTo(new Seen.Gone());
        assertThat(seen(new SessionAddress(new NodeId("n9"), new SessionId(9, 1)))).isEqualTo(new Seen.Gone());
        nodes.node(2).manner = Manner.OF_AN_OLDER_VERSION;
        assertThat(seen(bob.address())).isEqualTo(new Seen.Untold());
        nodes.node(2).manner = Manner.LOSES_THE_ANSWER;
        assertThat(seen(bob.address())).isEqualTo(new Seen.NoAnswer());
    }

    private Seen seen(SessionAddress address) throws Exception {
        return await(view.session(address, account("bob")));
    }

    /** All pages, one behind the other. */
    private List<String> paged(int size) throws Exception {
        List<String> all = new ArrayList<>();
        Optional<SessionId> after = Optional.empty();
        Page<SessionInfo> page;
        do {
            page = sessions(view, after, size);
            assertThat(page.rows()).hasSizeBetween(1, size);
            all.addAll(ids(page));
            after = Optional.of(page.rows().getLast().address().session());
        } while (page.more());
        return all;
    }

    private static Page<SessionInfo> sessions(ClusterView of, Optional<SessionId> after, int size) throws Exception {
        return await(of.sessions(Optional.empty(), Optional.empty(), after, size));
    }

    private static List<String> ids(Page<SessionInfo> page) {
        return page.rows().stream().map(row -> row.address().session().toString()).toList();
    }

    private static String node(SessionInfo row) {
        return row.address().node().name();
    }

    private static AccountId account(String name) {
        return new AccountId(name, "example.org");
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    }
}
