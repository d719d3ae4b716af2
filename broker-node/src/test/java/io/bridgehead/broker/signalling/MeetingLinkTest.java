package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.bus.NodeBus.Answer;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.InMemoryServerRegistry;
import io.bridgehead.broker.presence.ServerRow;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A connection on this node whose meeting another keeps. */
class MeetingLinkTest {

    private static final String TOKEN = "hash";
    private static final NodeId HERE = new NodeId("a");
    private static final NodeId THERE = new NodeId("b");
    private static final SessionAddress SELF = at(HERE, 1);
    private static final SessionAddress MEETING = at(THERE, 2);
    private static final SessionAddress SUCCESSOR = at(THERE, 3);

    private final HeldAnswers bus = new HeldAnswers(THERE);
    private final List<HeldAnswers.Sent> sent = bus.sent;
    private final List<String> told = new ArrayList<>();
    private final EventLoop loop = new DefaultEventLoop();
    private final InMemoryServerRegistry registry = new InMemoryServerRegistry();
    private final SignallingPost post = new SignallingPost(HERE, bus);
    private final MeetingLink link = new MeetingLink(post, registry, null, loop, new MeetingLink.Owner() {
        @Override
        public void undelivered(String to) {
            told.add("undelivered to " + to);
        }

        @Override
        public void over() {
            told.add("over");
        }

        @Override
        public void lost() {
            told.add("lost");
        }

        @Override
        public void reading(boolean on) {
            told.add(on ? "read" : "do not read");
        }

        @Override
        public PeerWord.Attach following(PeerWord.Coming coming) {
            return attach(coming);
        }
    });

    @BeforeEach
    void attach() {
        keptBy(MEETING);
        inOneTurn(() -> link.attach(TOKEN, attach(PeerWord.Coming.JOINING)));
        attached();
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static SessionAddress at(NodeId node, int number) {
        return new SessionAddress(node, SessionId.on(new Incarnation(1), number, 0));
    }

    private static PeerWord.Attach attach(PeerWord.Coming coming) {
        return new PeerWord.Attach(SELF, coming, "peer", "secret", true, "", 0);
    }

    private void keptBy(SessionAddress keeper) {
        registry.find(TOKEN).result().ifPresent(row -> registry.close(TOKEN, row.keeper()));
        registry.open(new ServerRow(TOKEN, keeper, Optional.empty(), List.of()));
    }

    private static List<PeerWord> words(HeldAnswers.Sent message) {
        return message.words().stream()
                .map(word -> PeerWordCodec.read(word.word()).orElseThrow())
                .toList();
    }

    /** Of what the peer said. */
    private static List<String> texts(HeldAnswers.Sent message) {
        return words(message).stream()
                .map(word -> ((PeerWord.Said) word).message())
                .toList();
    }

    /** The attaching that was just sent is answered. */
    private void attached() {
        HeldAnswers.Sent attaching = sent.removeLast();
        assertThat(words(attaching)).singleElement().isInstanceOf(PeerWord.Attach.class);
        answer(attaching, Answer.TAKEN);
        inOneTurn(() -> link.answered(new PeerWord.Attached(0, 0, 0, Optional.empty())));
    }

    private void inOneTurn(Runnable task) {
        loop.submit(task).syncUninterruptibly();
        settle();
    }

    /** What follows a turn takes some turns more. */
    private void settle() {
        IntStream.range(0, 8).forEach(n -> loop.submit(() -> {}).syncUninterruptibly());
    }

    private void answer(HeldAnswers.Sent message, Answer answer) {
        message.answer().complete(answer);
        settle();
    }

    private void say(int from, int to) {
        inOneTurn(() -> IntStream.range(from, to).forEach(n -> link.say(
                new PeerWord.Said(SELF, "peer", "other", "text", "" + n))));
    }

    @Test
    void aBurstIsOneMessageAndTheNextGoesWhenItIsAnswered() {
        say(0, 3);
        say(3, 4);
        say(4, 5);
        assertThat(sent).extracting(MeetingLinkTest::texts).containsExactly(List.of("0", "1", "2"));
        answer(sent.getFirst(), Answer.TAKEN);
        assertThat(sent).extracting(MeetingLinkTest::texts).containsExactly(List.of("0", "1", "2"), List.of("3", "4"));
    }

    @Test
    void whatWasRefusedGoesToTheNextKeeperBeforeWhatCameAfterIt() {
        say(0, 3);
        say(3, 4);
        keptBy(SUCCESSOR);
        // the first word of it was taken
        answer(sent.getFirst(), Answer.of(0b110));
        say(4, 5);
        attached();
        assertThat(sent).hasSize(2);
        assertThat(texts(sent.getLast())).containsExactly("1", "2", "3", "4");
        answer(sent.getLast(), Answer.TAKEN);
        say(5, 6);
        assertThat(texts(sent.getLast())).containsExactly("5");
        assertThat(told).isEmpty();
    }

    @Test
    void whatNobodyAnswersIsUndeliveredOnce() {
        say(0, 2);
        sent.getFirst().answer().fail("lost");
        settle();
        assertThat(told).containsExactly("undelivered to other", "undelivered to other");
        assertThat(sent).hasSize(1);
    }

    @Test
    void aPeerWithTooMuchUnansweredIsNotReadFrom() {
        say(0, 31);
        assertThat(told).isEmpty();
        say(31, 32);
        assertThat(told).containsExactly("do not read");
        answer(sent.getFirst(), Answer.TAKEN);
        assertThat(told).containsExactly("do not read", "read");
    }

    @Test
    void whoLeavesSaysItBehindWhatHasNotBeenSent() {
        say(0, 1);
        keptBy(SUCCESSOR);
        answer(sent.getFirst(), Answer.NOT_HERE);
        say(1, 2);
        sent.clear();
        PeerWord.Left left = new PeerWord.Left(SELF, "peer", true);
        inOneTurn(() -> link.leave(left));
        assertThat(words(sent.getFirst())).hasSize(3).last().isEqualTo(left);
    }
}
