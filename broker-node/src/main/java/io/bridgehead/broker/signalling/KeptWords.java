package io.bridgehead.broker.signalling;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The latest words to a peer, oldest first. They are kept as bytes in one piece of memory: as objects that live for a
 * second each, all of them would be copied by every collection of garbage. One thread.
 */
final class KeptWords {

    private final int maxBytes;
    private final ByteBuf bytes = Unpooled.buffer(0);
    private int count;

    /** @param maxBytes of all words, but for the last: that one is kept whatever its length */
    KeptWords(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** The oldest go when there is too much. */
    void add(PeerWord.Numbered word) {
        bytes.discardSomeReadBytes();
        int length = bytes.writerIndex();
        bytes.writeInt(0);
        PeerWordCodec.append(word, bytes);
        bytes.setInt(length, bytes.writerIndex() - length - Integer.BYTES);
        count++;
        while (bytes.readableBytes() > maxBytes && count > 1) {
            removeFirst();
        }
    }

    private void removeFirst() {
        bytes.skipBytes(bytes.readInt());
        count--;
    }

    void removeFirst(long words) {
        for (long n = 0; n < words && count > 0; n++) {
            removeFirst();
        }
        if (count == 0) {
            bytes.clear();
        }
    }

    int count() {
        return count;
    }

    /** All but the oldest {@code skipped}, as they are now. */
    List<PeerWord.Numbered> after(long skipped) {
        ByteBuf words = bytes.slice();
        return IntStream.range(0, count)
                .mapToObj(n -> words.readSlice(words.readInt()))
                .skip(Math.max(0, skipped))
                .flatMap(KeptWords::read)
                .toList();
    }

    private static Stream<PeerWord.Numbered> read(ByteBuf word) {
        byte[] written = new byte[word.readableBytes()];
        word.readBytes(written);
        return PeerWordCodec.read(written).stream()
                .filter(PeerWord.Numbered.class::isInstance)
                .map(PeerWord.Numbered.class::cast);
    }
}
