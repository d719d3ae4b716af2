package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.ServerRow;
import io.bridgehead.broker.signalling.PeerWord.Coming;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A meeting as a script: what happens, and every effect it has, in order. */
class MeetingStateTest {

    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration FOLLOW = Duration.ofSeconds(10);
    private static final int BUFFER = 1000;
    private static final String SERVER = ServerRow.Peer.SERVER;

    private final SessionAddress server = address("a", 1);
    private final SessionAddress one = address("b", 2);
    private final SessionAddress two = address("c", 3);
    private final ArrayDeque<MeetingEffect> unasserted = new ArrayDeque<>();
    private MeetingState meeting;

    private static SessionAddress address(String node, long number) {
        return new SessionAddress(new NodeId(node), new SessionId(7, number));
    }

    @AfterEach
    void everyEffectWasAsserted() {
        assertThat(unasserted).isEmpty();
    }

    private void begin(boolean resumable, boolean goesOn, ServerRow.Peer... clients) {
        List<ServerRow.Peer> peers = new ArrayList<>();
        peers.add(new ServerRow.Peer(SERVER, "s", resumable, ""));
        peers.addAll(List.of(clients));
        meeting = MeetingState.of(
                new ServerRow("t", server, Optional.of("info"), peers),
                new MeetingState.Limits(2, GRACE, FOLLOW, BUFFER),
                goesOn);
        happens(meeting.begun());
    }

    private void open(boolean resumable) {
        begin(resumable, false);
        effect(new MeetingEffect.StartGrace(SERVER, 1, resumable ? GRACE : FOLLOW));
        hears(attach(server, Coming.FOLLOWING, SERVER, "s", resumable, 0));
        told(server, SERVER, new PeerWord.Attached(0, 0, 0, Optional.of("info")));
    }

    private void join(SessionAddress from, String id, boolean resumable, long serverSeq) {
        hears(attach(from, Coming.JOINING, id, "c", resumable, 0));
        told(from, id, new PeerWord.Attached(0, 0, 0, Optional.of("info")));
        effect(new MeetingEffect.Publish());
        told(server, SERVER, new PeerWord.Joined(serverSeq, id, ""));
    }

    private static PeerWord.Attach attach(
            SessionAddress from, Coming coming, String peer, String secret, boolean resumable, long seen) {
        return new PeerWord.Attach(from, coming, peer, secret, resumable, "", seen);
    }

    private void hears(PeerWord.ToMeeting word) {
        happens(meeting.on(word));
    }

    private void happens(List<MeetingEffect> effects) {
        assertThat(unasserted).as("effects nobody asserted").isEmpty();
        unasserted.addAll(effects);
    }

    private void effect(MeetingEffect expected) {
        assertThat(unasserted.poll()).isEqualTo(expected);
    }

    private void told(SessionAddress connection, String peer, PeerWord.ToPeer word) {
        assertThat(unasserted.poll()).isInstanceOfSatisfying(MeetingEffect.Tell.class, tell ->
                assertThat(tell).isEqualTo(new MeetingEffect.Tell(connection, peer, word, tell.turn())));
    }

    private void says(SessionAddress from, String peer, String to, String message) {
        hears(new PeerWord.Said(from, peer, to, "t", message));
    }

    @Test
    void messagesGoBothWaysAndAreNumberedForEachPeer() {
        open(false);
        join(one, "1", false, 1);
        join(two, "2", false, 2);

        says(one, "1", SERVER, "m1");
        told(server, SERVER, new PeerWord.Deliver(3, "1", "t", "m1"));
        says(server, SERVER, "1", "m2");
        told(one, "1", new PeerWord.Deliver(1, SERVER, "t", "m2"));
        says(server, SERVER, "2", "m3");
        told(two, "2", new PeerWord.Deliver(1, SERVER, "t", "m3"));
    }

    @Test
    void nobodyWritesToStrangersToPeersOfItsKindOrInAnothersName() {
        open(false);
        join(one, "1", false, 1);
        join(two, "2", false, 2);

        says(one, "1", "2", "m");
        told(one, "1", new PeerWord.Objected(ErrorCode.WRONG_TO, "2"));
        says(server, SERVER, SERVER, "m");
        told(server, SERVER, new PeerWord.Objected(ErrorCode.WRONG_TO, SERVER));
        says(server, SERVER, "9", "m");
        told(server, SERVER, new PeerWord.Objected(ErrorCode.WRONG_TO, "9"));
        says(one, "2", SERVER, "m");
        says(two, SERVER, "1", "m");
    }

    @Test
    void aPeerWithoutASecretIsGoneWithItsConnection() {
        open(false);
        join(one, "1", false, 1);

        hears(new PeerWord.Left(one, "1", false));
        effect(new MeetingEffect.Publish());
        told(server, SERVER, new PeerWord.Gone(2, "1"));
        says(server, SERVER, "1", "m");
        told(server, SERVER, new PeerWord.Objected(ErrorCode.PEER_GONE, "1"));
    }

    @Test
    void aServerThatLeavesEndsIt() {
        open(true);
        join(one, "1", true, 1);

        hears(new PeerWord.Left(server, SERVER, true));
        told(one, "1", new PeerWord.Over());
        effect(new MeetingEffect.End());
        assertThat(meeting.isOver()).isTrue();
        says(one, "1", SERVER, "m");
        hears(attach(two, Coming.JOINING, "2", "c", false, 0));
    }

    @Test
    void whoComesBackInTimeMissesNothingAndNobodyIsToldItWasAway() {
        open(true);
        join(one, "1", true, 1);
        says(server, SERVER, "1", "m1");
        told(one, "1", new PeerWord.Deliver(1, SERVER, "t", "m1"));
        hears(new PeerWord.Left(one, "1", false));
        effect(new MeetingEffect.StartGrace("1", 1, GRACE));
        says(server, SERVER, "1", "m2");

        hears(attach(two, Coming.RESUMING, "1", "c", true, 1));

        told(two, "1", new PeerWord.Attached(1, 0, 0, Optional.of("info")));
        told(two, "1", new PeerWord.Deliver(2, SERVER, "t", "m2"));
        happens(meeting.graceOver("1", 1));
    }

    @Test
    void whoDoesNotSayWhatItHasGetsWhatItsConnectionDidNotTake() {
        open(true);
        join(one, "1", true, 1);
        says(server, SERVER, "1", "m1");
        told(one, "1", new PeerWord.Deliver(1, SERVER, "t", "m1"));
        says(server, SERVER, "1", "m2");
        told(one, "1", new PeerWord.Deliver(2, SERVER, "t", "m2"));
        happens(meeting.taken(one, "1", 1));
        happens(meeting.notThere(one, "1", 0));
        effect(new MeetingEffect.StartGrace("1", 1, GRACE));

        hears(attach(two, Coming.RESUMING, "1", "c", true, -1));

        told(two, "1", new PeerWord.Attached(1, 0, 0, Optional.of("info")));
        told(two, "1", new PeerWord.Deliver(2, SERVER, "t", "m2"));
    }

    @Test
    void whoComesBackTooLateIsGone() {
        open(true);
        join(one, "1", true, 1);
        hears(new PeerWord.Left(one, "1", false));
        effect(new MeetingEffect.StartGrace("1", 1, GRACE));

        happens(meeting.graceOver("1", 1));
        effect(new MeetingEffect.Publish());
        told(server, SERVER, new PeerWord.Gone(2, "1"));
        hears(attach(two, Coming.RESUMING, "1", "c", true, 0));
        told(two, "1", new PeerWord.NotAttached(PeerWord.Refusal.UNKNOWN));
    }

    @Test
    void aWrongSecretIsNobodys() {
        open(true);
        join(one, "1", true, 1);

        hears(attach(two, Coming.RESUMING, "1", "wrong", true, 0));
        told(two, "1", new PeerWord.NotAttached(PeerWord.Refusal.UNKNOWN));
        hears(attach(two, Coming.RESUMING, SERVER, "c", true, 0));
        told(two, SERVER, new PeerWord.NotAttached(PeerWord.Refusal.UNKNOWN));
        hears(attach(two, Coming.JOINING, SERVER, "c", true, 0));
        told(two, SERVER, new PeerWord.NotAttached(PeerWord.Refusal.UNKNOWN));
        hears(attach(two, Coming.JOINING, "1", "other", true, 0));
        told(two, "1", new PeerWord.NotAttached(PeerWord.Refusal.UNKNOWN));
    }

    @Test
    void theSecondConnectionOfAPeerReplacesTheFirst() {
        open(true);
        join(one, "1", true, 1);

        hears(attach(two, Coming.RESUMING, "1", "c", true, 0));
        told(one, "1", new PeerWord.Replaced());
        told(two, "1", new PeerWord.Attached(0, 0, 0, Optional.of("info")));
        hears(new PeerWord.Left(one, "1", true));
        says(one, "1", SERVER, "m");
        says(two, "1", SERVER, "m");
        told(server, SERVER, new PeerWord.Deliver(2, "1", "t", "m"));
    }

    @Test
    void whatIsKeptIsBoundedAndTheLossIsTold() {
        open(true);
        join(one, "1", true, 1);
        hears(new PeerWord.Left(one, "1", false));
        effect(new MeetingEffect.StartGrace("1", 1, GRACE));
        // 64 + 186 each: four are kept
        IntStream.range(0, 10).forEach(n -> says(server, SERVER, "1", Integer.toString(n).repeat(186)));

        hears(attach(two, Coming.RESUMING, "1", "c", true, 2));

        told(two, "1", new PeerWord.Attached(6, 0, 4, Optional.of("info")));
        for (int n = 6; n < 10; n++) {
            told(two, "1", new PeerWord.Deliver(n + 1, SERVER, "t", Integer.toString(n).repeat(186)));
        }
    }

    @Test
    void nothingIsKeptOfWhatAPeerWithoutASecretHas() {
        open(true);
        join(one, "1", false, 1);
        says(server, SERVER, "1", "m1");
        told(one, "1", new PeerWord.Deliver(1, SERVER, "t", "m1"));
        happens(meeting.taken(one, "1", 1));
        says(server, SERVER, "1", "m2");
        told(one, "1", new PeerWord.Deliver(2, SERVER, "t", "m2"));

        hears(new PeerWord.Again(one, "1", 0));

        told(one, "1", new PeerWord.Deliver(2, SERVER, "t", "m2"));
    }

    @Test
    void aMeetingIsFullAtItsLimit() {
        open(true);
        join(one, "1", true, 1);
        join(two, "2", true, 2);

        hears(attach(two, Coming.JOINING, "3", "c", true, 0));
        told(two, "3", new PeerWord.NotAttached(PeerWord.Refusal.FULL));
    }

    @Test
    void aNodeThatGoesTakesItsConnectionsWithIt() {
        open(true);
        join(one, "1", true, 1);
        join(two, "2", false, 2);

        happens(meeting.nodeGone(two.node()));
        effect(new MeetingEffect.Publish());
        told(server, SERVER, new PeerWord.Gone(3, "2"));
        happens(meeting.nodeGone(server.node()));
        effect(new MeetingEffect.StartGrace(SERVER, 3, GRACE));
        says(one, "1", SERVER, "m");
        happens(meeting.graceOver(SERVER, 1));
        happens(meeting.graceOver(SERVER, 3));
        told(one, "1", new PeerWord.Over());
        effect(new MeetingEffect.End());
    }

    @Test
    void itGoesOnElsewhereWithoutAnybodyNoticingButWhoCameBack() {
        begin(true, true, new ServerRow.Peer("1", "c", false, ""), new ServerRow.Peer("2", "d", true, ""));
        effect(new MeetingEffect.StartGrace(SERVER, 1, GRACE));
        effect(new MeetingEffect.StartGrace("1", 1, FOLLOW));
        effect(new MeetingEffect.StartGrace("2", 1, GRACE));

        hears(attach(one, Coming.FOLLOWING, "1", "c", false, 17));
        told(one, "1", new PeerWord.Attached(17, 0, -1, Optional.of("info")));
        says(one, "1", SERVER, "m");
        hears(attach(server, Coming.FOLLOWING, SERVER, "s", true, 4));
        told(server, SERVER, new PeerWord.Attached(4, 0, -1, Optional.of("info")));
        told(server, SERVER, new PeerWord.Deliver(5, "1", "t", "m"));
        // until it has said something it may not have read what it was told
        for (int n = 0; n < 2; n++) {
            hears(attach(server, Coming.RESUMING, SERVER, "s", true, 5));
            told(server, SERVER, new PeerWord.Attached(5, 0, -1, Optional.of("info")));
        }
        says(server, SERVER, "1", "m");
        told(one, "1", new PeerWord.Deliver(18, SERVER, "t", "m"));
        hears(attach(server, Coming.RESUMING, SERVER, "s", true, 5));
        told(server, SERVER, new PeerWord.Attached(5, 1, 0, Optional.of("info")));
        happens(meeting.graceOver("2", 1));
        effect(new MeetingEffect.Publish());
        told(server, SERVER, new PeerWord.Gone(6, "2"));
    }

    @Test
    void whoeverIsConnectedFollowsAMeetingThatMoves() {
        open(true);
        join(one, "1", true, 1);

        happens(meeting.moved());
        told(server, SERVER, new PeerWord.Moved());
        told(one, "1", new PeerWord.Moved());
        assertThat(meeting.isOver()).isTrue();
    }

    @Test
    void whoSentWhatStaysBehindInAMeetingThatMovesIsTold() {
        open(true);
        join(one, "1", true, 1);
        says(server, SERVER, "1", "taken");
        told(one, "1", new PeerWord.Deliver(1, SERVER, "t", "taken"));
        happens(meeting.taken(one, "1", 1));
        hears(new PeerWord.Left(one, "1", false));
        effect(new MeetingEffect.StartGrace("1", 1, GRACE));
        says(server, SERVER, "1", "kept");

        happens(meeting.moved());

        told(server, SERVER, new PeerWord.Objected(ErrorCode.UNDELIVERED, "1"));
        told(server, SERVER, new PeerWord.Moved());
    }

    @Test
    void whoeverWasPutOutMeanwhileMustAttachAnew() {
        open(true);
        join(one, "1", true, 1);
        PeerWord.Said said = new PeerWord.Said(one, "1", SERVER, "t", "m");
        assertThat(meeting.takes(said)).isTrue();

        happens(meeting.nodeGone(one.node()));
        effect(new MeetingEffect.StartGrace("1", 1, GRACE));

        assertThat(meeting.takes(said)).isFalse();
        assertThat(meeting.takes(new PeerWord.Again(one, "1", 0))).isFalse();
        hears(attach(one, Coming.FOLLOWING, "1", "c", true, 0));
        told(one, "1", new PeerWord.Attached(0, 0, 0, Optional.of("info")));
        assertThat(meeting.takes(said)).isTrue();
    }

    @Test
    void aConnectionThatWasAwayDoesNotPutOutTheOneThatItsPeerHasNow() {
        open(true);
        join(one, "1", true, 1);
        happens(meeting.nodeGone(one.node()));
        effect(new MeetingEffect.StartGrace("1", 1, GRACE));
        hears(attach(two, Coming.RESUMING, "1", "c", true, 0));
        told(two, "1", new PeerWord.Attached(0, 0, 0, Optional.of("info")));

        hears(attach(one, Coming.FOLLOWING, "1", "c", true, 0));

        told(one, "1", new PeerWord.Replaced());
        says(two, "1", SERVER, "m");
        told(server, SERVER, new PeerWord.Deliver(2, "1", "t", "m"));
    }

    @Test
    void aLateAnswerToWhatAConnectionWasToldBeforeItAttachedAnewSaysNothing() {
        open(true);
        join(one, "1", true, 1);
        happens(meeting.nodeGone(one.node()));
        effect(new MeetingEffect.StartGrace("1", 1, GRACE));
        hears(attach(one, Coming.FOLLOWING, "1", "c", true, 0));
        told(one, "1", new PeerWord.Attached(0, 0, 0, Optional.of("info")));

        happens(meeting.notThere(one, "1", 0));

        happens(meeting.notThere(one, "1", 2));
        effect(new MeetingEffect.StartGrace("1", 3, GRACE));
    }

    @Test
    void whatAnotherMeetingNumberedDoesNotHideWhatThisOneKept() {
        open(true);
        join(one, "1", true, 1);
        says(server, SERVER, "1", "m1");
        told(one, "1", new PeerWord.Deliver(1, SERVER, "t", "m1"));
        happens(meeting.taken(one, "1", 1));
        happens(meeting.nodeGone(one.node()));
        effect(new MeetingEffect.StartGrace("1", 1, GRACE));
        says(server, SERVER, "1", "m2");

        // the other half told it three words meanwhile
        hears(attach(one, Coming.MOVING, "1", "c", true, 4));

        told(one, "1", new PeerWord.Attached(4, 0, 0, Optional.of("info")));
        told(one, "1", new PeerWord.Deliver(5, SERVER, "t", "m2"));
    }
}
