package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus.Answer;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WordBatchesTest {

    private final HeldAnswers bus = new HeldAnswers();
    private final List<HeldAnswers.Sent> sent = bus.sent;
    private final EventLoop loop = new DefaultEventLoop();
    private final WordBatches batches = new WordBatches(bus, loop);

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static SessionAddress at(String node, int number, int onLoop) {
        return new SessionAddress(new NodeId(node), SessionId.on(new Incarnation(1), number, onLoop));
    }

    private static PeerWord word(int number) {
        return new PeerWord.Gone(number, "peer");
    }

    private static NodeMessage.SignallingWord sent(SessionAddress to, int number) {
        return new NodeMessage.SignallingWord(to.session(), PeerWordCodecTest.written(word(number)));
    }

    /** In one turn of the loop. */
    private void inOneTurn(Runnable task) {
        loop.submit(task).syncUninterruptibly();
        settle();
    }

    private void settle() {
        loop.submit(() -> {}).syncUninterruptibly();
    }

    private List<Future<Answer>> send(SessionAddress to, int words) {
        List<Future<Answer>> answers = new ArrayList<>();
        inOneTurn(() -> IntStream.range(0, words).forEach(n -> answers.add(batches.send(to, word(n)))));
        return answers;
    }

    @Test
    void theWordsOfOneTurnToOnePlaceAreOneMessageInTheirOrder() {
        inOneTurn(() -> {
            batches.send(at("b", 1, 0), word(1));
            batches.send(at("b", 2, 0), word(2));
            batches.send(at("b", 3, 1), word(3));
            batches.send(at("c", 4, 0), word(4));
            batches.send(at("b", 1, 0), word(5));
        });
        assertThat(sent).extracting(HeldAnswers.Sent::to, HeldAnswers.Sent::words).containsExactlyInAnyOrder(
                tuple(new LoopAddress(new NodeId("b"), 0), List.of(
                        sent(at("b", 1, 0), 1),
                        sent(at("b", 2, 0), 2),
                        sent(at("b", 1, 0), 5))),
                tuple(new LoopAddress(new NodeId("b"), 1), List.of(
                        sent(at("b", 3, 1), 3))),
                tuple(new LoopAddress(new NodeId("c"), 0), List.of(
                        sent(at("c", 4, 0), 4))));

        send(at("b", 1, 0), 1);
        assertThat(sent).as("the next turn's is another").hasSize(4);
    }

    @Test
    void eachWordHasItsOwnAnswer() {
        List<Future<Answer>> answers = send(at("b", 1, 0), 3);
        sent.getFirst().answer().complete(Answer.of(0b010));
        settle();
        assertThat(answers).extracting(Future::result)
                .containsExactly(Answer.TAKEN, Answer.NOT_HERE, Answer.TAKEN);
    }

    @Test
    void whatNobodyAnswersFailsForEach() {
        List<Future<Answer>> answers = send(at("b", 1, 0), 2);
        sent.getFirst().answer().fail("gone");
        settle();
        assertThat(answers).allMatch(answer -> answer.failed() && answer.cause().getMessage().equals("gone"));
    }

    @Test
    void aMessageHasNoMoreWordsThanAnAnswerHasBits() {
        List<Future<Answer>> answers = send(at("b", 1, 0), Answer.MAX_PARTS + 1);
        assertThat(sent).extracting(each -> each.words().size()).containsExactly(Answer.MAX_PARTS, 1);
        sent.get(0).answer().complete(Answer.of(1L << Answer.MAX_PARTS - 1));
        sent.get(1).answer().complete(Answer.TAKEN);
        settle();
        assertThat(answers.get(Answer.MAX_PARTS - 1).result()).isEqualTo(Answer.NOT_HERE);
        assertThat(answers.get(Answer.MAX_PARTS).result()).isEqualTo(Answer.TAKEN);
    }

    @Test
    void aMessageStaysFarBelowTheBusesLongestFrame() {
        PeerWord long60K = new PeerWord.Gone(1, "x".repeat(60 * 1024));
        inOneTurn(() -> IntStream.range(0, 5).forEach(n -> batches.send(at("b", 1, 0), long60K)));
        assertThat(sent).extracting(each -> each.words().size()).containsExactly(2, 2, 1);
    }
}
