package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.config.SignallingConfig;
import io.bridgehead.broker.presence.ServerRow;
import io.bridgehead.broker.signalling.SignallingEffect.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One connection as a script: what happens, and every effect it has, in order. */
class SignallingSessionTest {

    private static final Duration PING = Duration.ofSeconds(20);
    private static final Duration PONG = Duration.ofSeconds(10);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static final SignallingState.Self CLIENT = new SignallingState.Self("c", false, "token", false);
    private static final SignallingState.Self SERVER = new SignallingState.Self("token", true, "token", true);

    private final SignallingSession session = new SignallingSession(
            new SignallingConfig.Limits(1000, 10, 3, 2, 1000, 10, 10, PING, PONG));
    private final ArrayDeque<SignallingEffect> unasserted = new ArrayDeque<>();
    private SignallingState state = new SignallingState.Entering(false);
    private long now;

    @AfterEach
    void everyEffectWasAsserted() {
        assertThat(unasserted).isEmpty();
    }

    private SignallingSessionTest on(SignallingEvent event) {
        assertThat(unasserted).as("effects nobody asserted").isEmpty();
        SignallingSession.Step step = session.on(state, event);
        state = step.state();
        unasserted.addAll(step.effects());
        return this;
    }

    private SignallingSessionTest effect(SignallingEffect expected) {
        assertThat(unasserted.poll()).isEqualTo(expected);
        return this;
    }

    private SignallingSessionTest error(ErrorCode code) {
        assertThat(unasserted.poll()).isInstanceOfSatisfying(SignallingEffect.Reply.class, reply ->
                assertThat(((SignallingReply.Error) reply.reply()).code()).isEqualTo(code));
        return this;
    }

    private void closed(SignallingClose close) {
        effect(new SignallingEffect.Leave(close.isForGood()));
        effect(new SignallingEffect.Close(close));
        assertThat(state).isEqualTo(new SignallingState.Over());
    }

    private SignallingSessionTest says(String from, String to, String type) {
        now += SECOND;
        return on(new SignallingEvent.Said(
                new SignallingCommand.Message(Optional.ofNullable(from), to, type, "1"), now));
    }

    private void in(SignallingState.Self self) {
        on(new SignallingEvent.Opened());
        effect(new SignallingEffect.StartTimer(Timer.ENTRY, SignallingSession.ENTRY_TIME));
        effect(new SignallingEffect.Enter());
        on(new SignallingEvent.Entered(self, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), 0));
        effect(new SignallingEffect.Reply(new SignallingReply.Hello(
                self.id(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of())));
        effect(new SignallingEffect.StartTimer(Timer.PING, PING));
    }

    @Test
    void aClientWritesToItsServerOnly() {
        in(CLIENT);
        says(null, "token", "t").effect(new SignallingEffect.Say(ServerRow.Peer.SERVER, "t", "1"));
        says("c", "token", "t").effect(new SignallingEffect.Say(ServerRow.Peer.SERVER, "t", "1"));
        says(null, "server", "t").error(ErrorCode.WRONG_TO);
    }

    @Test
    void aServerWritesToWhomItNames() {
        in(SERVER);
        says("token", "c", "t").effect(new SignallingEffect.Say("c", "t", "1"));
    }

    @Test
    void nobodyWritesInAnothersName() {
        in(CLIENT);
        says("0", "token", "t").error(ErrorCode.WRONG_FROM);
        says("token", "token", "t").error(ErrorCode.WRONG_FROM);
        closed(SignallingClose.VIOLATIONS);
    }

    @Test
    void onlyTheRelaySendsReservedTypes() {
        for (String type : List.of("HELLO", "PEER_JOINED", "PEER_GONE", "ERROR")) {
            state = new SignallingState.Entering(false);
            in(SERVER);
            says(null, "c", type).error(ErrorCode.RESERVED_TYPE);
        }
        says(null, "c", "hello").effect(new SignallingEffect.Say("c", "hello", "1"));
    }

    @Test
    void whatIsUnsafeClosesAtOnce() {
        in(CLIENT);
        on(new SignallingEvent.Said(new SignallingCommand.Malformed(ErrorCode.NOT_JSON, "deep", true), 1));
        error(ErrorCode.NOT_JSON).closed(SignallingClose.UNSAFE);
    }

    @Test
    void whatIsTooLargeClosesWithItsOwnCode() {
        in(CLIENT);
        on(new SignallingEvent.Said(new SignallingCommand.Malformed(ErrorCode.TOO_LARGE, "large", true), 1));
        error(ErrorCode.TOO_LARGE).closed(SignallingClose.TOO_LARGE);
    }

    @Test
    void aBurstIsTakenAndThenTheRateCounts() {
        in(CLIENT);
        SignallingEffect said = new SignallingEffect.Say(ServerRow.Peer.SERVER, "t", "1");
        SignallingCommand message = new SignallingCommand.Message(Optional.empty(), "token", "t", "1");
        long start = -5;
        for (int n = 0; n < 3; n++) {
            on(new SignallingEvent.Said(message, start)).effect(said);
        }
        on(new SignallingEvent.Said(message, start)).error(ErrorCode.TOO_FAST);
        // ten a second: one more after a tenth of one, and a new burst after three tenths
        on(new SignallingEvent.Said(message, start + SECOND / 10)).effect(said);
        for (int n = 0; n < 3; n++) {
            on(new SignallingEvent.Said(message, start + SECOND / 10 + 3 * SECOND / 10)).effect(said);
        }
        on(new SignallingEvent.Said(message, start + 4 * SECOND / 10)).error(ErrorCode.TOO_FAST);
        closed(SignallingClose.VIOLATIONS);
    }

    @Test
    void aMessageThatCouldNotBePassedOnIsNobodysFault() {
        in(SERVER);
        for (int n = 0; n < 5; n++) {
            on(new SignallingEvent.Objected(ErrorCode.PEER_GONE, "c")).error(ErrorCode.PEER_GONE);
            on(new SignallingEvent.Objected(ErrorCode.UNDELIVERED, "c")).error(ErrorCode.UNDELIVERED);
        }
        on(new SignallingEvent.Objected(ErrorCode.WRONG_TO, "c")).error(ErrorCode.WRONG_TO);
        on(new SignallingEvent.Objected(ErrorCode.WRONG_TO, "c")).error(ErrorCode.WRONG_TO);
        closed(SignallingClose.VIOLATIONS);
    }

    @Test
    void aWordThatComesTwiceIsToldOnceAndAGapIsAskedFor() {
        in(SERVER);
        SignallingEffect first = new SignallingEffect.Reply(
                new SignallingReply.PeerJoined("token", "c", "", OptionalLong.of(1)));
        on(new SignallingEvent.Told(new PeerWord.Joined(1, "c", ""))).effect(first);
        on(new SignallingEvent.Told(new PeerWord.Joined(1, "c", "")));
        on(new SignallingEvent.Told(new PeerWord.Gone(3, "c"))).effect(new SignallingEffect.AskAgain(1));
        on(new SignallingEvent.Told(new PeerWord.Deliver(2, "c", "t", "1"))).effect(new SignallingEffect.Reply(
                new SignallingReply.Forward("token", "c", "t", "1", OptionalLong.of(2))));
        on(new SignallingEvent.Told(new PeerWord.Gone(3, "c"))).effect(new SignallingEffect.Reply(
                new SignallingReply.PeerGone("token", "c", OptionalLong.of(3))));
    }

    @Test
    void aClientKnowsItsServerByTheToken() {
        in(CLIENT);
        on(new SignallingEvent.Told(new PeerWord.Deliver(1, ServerRow.Peer.SERVER, "t", "1"))).effect(
                new SignallingEffect.Reply(new SignallingReply.Forward("c", "token", "t", "1", OptionalLong.empty())));
        on(new SignallingEvent.MeetingOver())
                .effect(new SignallingEffect.Reply(new SignallingReply.PeerGone("c", "token", OptionalLong.empty())))
                .effect(new SignallingEffect.StartTimer(Timer.LINGER, SignallingSession.LINGER));
        says(null, "token", "t").error(ErrorCode.PEER_GONE);
        on(new SignallingEvent.TimedOut(Timer.LINGER)).effect(new SignallingEffect.Close(SignallingClose.SERVER_GONE));
    }

    @Test
    void whoAnswersPingsStays() {
        in(CLIENT);
        for (int n = 0; n < 3; n++) {
            on(new SignallingEvent.TimedOut(Timer.PING))
                    .effect(new SignallingEffect.Ping())
                    .effect(new SignallingEffect.AskAgain(0))
                    .effect(new SignallingEffect.StartTimer(Timer.PONG, PONG));
            on(new SignallingEvent.Heard());
            on(new SignallingEvent.TimedOut(Timer.PONG)).effect(new SignallingEffect.StartTimer(Timer.PING, PING));
        }
    }

    @Test
    void whoDoesNotAnswerAPingIsAwaitedForItsReturn() {
        in(CLIENT);
        on(new SignallingEvent.Heard());
        on(new SignallingEvent.TimedOut(Timer.PING))
                .effect(new SignallingEffect.Ping())
                    .effect(new SignallingEffect.AskAgain(0))
                .effect(new SignallingEffect.StartTimer(Timer.PONG, PONG));
        on(new SignallingEvent.TimedOut(Timer.PONG)).effect(new SignallingEffect.Leave(false));
        effect(new SignallingEffect.Close(SignallingClose.PONG_TIMEOUT));
    }

    @ParameterizedTest
    @EnumSource(SignallingClose.class)
    void whateverEndsItTellsTheMeetingAndClosesOnce(SignallingClose close) {
        in(SERVER);
        on(new SignallingEvent.Ended(close)).closed(close);
        on(new SignallingEvent.Ended(close));
        on(new SignallingEvent.Disconnected(SignallingClose.LOST));
        on(new SignallingEvent.TimedOut(Timer.PING));
    }

    @Test
    void whoIsNotLetInIsClosed() {
        on(new SignallingEvent.TurnedAway(SignallingClose.UNKNOWN_TOKEN))
                .effect(new SignallingEffect.Close(SignallingClose.UNKNOWN_TOKEN));
        state = new SignallingState.Entering(false);
        on(new SignallingEvent.TimedOut(Timer.ENTRY)).effect(new SignallingEffect.Close(SignallingClose.TRY_AGAIN));
        state = new SignallingState.Entering(false);
        on(new SignallingEvent.Disconnected(SignallingClose.LOST)).effect(new SignallingEffect.Leave(true));
    }

    @Test
    void whoGoesWithoutAWordMayComeBack() {
        in(SERVER);
        on(new SignallingEvent.Disconnected(SignallingClose.LOST)).effect(new SignallingEffect.Leave(false));
        state = new SignallingState.Entering(false);
        in(SERVER);
        on(new SignallingEvent.Disconnected(SignallingClose.LEFT)).effect(new SignallingEffect.Leave(true));
    }

    @Test
    void whoComesBackAndIsCutOffBeforeItIsInMayComeBackAgain() {
        state = new SignallingState.Entering(true);
        on(new SignallingEvent.Disconnected(SignallingClose.LOST)).effect(new SignallingEffect.Leave(false));
        state = new SignallingState.Entering(true);
        on(new SignallingEvent.Disconnected(SignallingClose.LEFT)).effect(new SignallingEffect.Leave(true));
        for (SignallingClose close : List.of(SignallingClose.GOING_AWAY, SignallingClose.FORBIDDEN)) {
            state = new SignallingState.Entering(true);
            on(new SignallingEvent.Ended(close)).closed(close);
        }
        state = new SignallingState.Entering(false);
        on(new SignallingEvent.Ended(SignallingClose.GOING_AWAY))
                .effect(new SignallingEffect.Leave(true))
                .effect(new SignallingEffect.Close(SignallingClose.GOING_AWAY));
    }
}
