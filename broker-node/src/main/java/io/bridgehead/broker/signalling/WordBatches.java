package io.bridgehead.broker.signalling;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeBus.Answer;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.SessionAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one event loop says to other nodes: all words of one turn of the loop to the same place go as one message of the
 * bus, and are answered by one. That loop only; the answers come on it too.
 */
final class WordBatches {

    /** A batch is sent before it has more bytes than these and one word, which is far below the bus's longest frame. */
    private static final int MAX_BYTES = 64 * 1024;

    private static final class Batch {

        private final List<NodeMessage.SignallingWord> words = new ArrayList<>();
        private final List<Promise<Answer>> answers = new ArrayList<>();
        private int bytes;

        private boolean isFull() {
            return words.size() == Answer.MAX_PARTS || bytes >= MAX_BYTES;
        }

        private Future<Answer> add(NodeMessage.SignallingWord word) {
            Promise<Answer> answer = Promise.promise();
            words.add(word);
            answers.add(answer);
            bytes += word.word().length;
            return answer.future();
        }

        private void answered(AsyncResult<Answer> answer) {
            for (int n = 0; n < answers.size(); n++) {
                if (answer.succeeded()) {
                    answers.get(n).complete(answer.result().forPart(n));
                } else {
                    answers.get(n).fail(answer.cause());
                }
            }
        }
    }

    private final NodeBus bus;
    private final EventLoop loop;
    private final Map<LoopAddress, Batch> open = new HashMap<>();
    /** One for all words: for each it would be too large, and grow. It becomes as large as the largest. */
    private final ByteBuf written = Unpooled.buffer();

    WordBatches(NodeBus bus, EventLoop loop) {
        this.bus = bus;
        this.loop = loop;
    }

    /** Failed: nobody knows whether it arrived. */
    Future<Answer> send(SessionAddress to, PeerWord word) {
        NodeMessage.SignallingWord sent = new NodeMessage.SignallingWord(to.session(), bytes(word));
        if (open.isEmpty()) {
            loop.execute(this::flush);
        }
        LoopAddress place = LoopAddress.of(to);
        Batch batch = open.computeIfAbsent(place, first -> new Batch());
        if (batch.isFull()) {
            send(place, batch);
            batch = new Batch();
            open.put(place, batch);
        }
        return batch.add(sent);
    }

    private byte[] bytes(PeerWord word) {
        PeerWordCodec.append(word, written.clear());
        return ByteBufUtil.getBytes(written);
    }

    private void flush() {
        Map<LoopAddress, Batch> all = Map.copyOf(open);
        open.clear();
        all.forEach(this::send);
    }

    private void send(LoopAddress to, Batch batch) {
        bus.ask(to, new NodeMessage.Signalling(batch.words))
                .onComplete(answer -> SignallingPost.on(loop, () -> batch.answered(answer)));
    }
}
