package io.bridgehead.broker.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PairSearchTest {

    private static final PairSearch SEARCH = new PairSearch('\n', ';');

    /** Three blocks of the search and a rest of each of its smaller steps. */
    private static final int LENGTH = 3 * 512 + 8 + 5;

    @Test
    void findsThePairWhereverItIs() {
        for (Function<byte[], ByteBuf> kind : kinds()) {
            for (int at = 0; at + 1 < LENGTH; at++) {
                byte[] bytes = nearMisses();
                bytes[at] = '\n';
                bytes[at + 1] = ';';
                assertThat(SEARCH.indexIn(kind.apply(bytes), 0, LENGTH)).as("pair at %d", at).isEqualTo(at);
            }
        }
    }

    @Test
    void takesThePairApartForNone() {
        for (Function<byte[], ByteBuf> kind : kinds()) {
            assertThat(SEARCH.indexIn(kind.apply(nearMisses()), 0, LENGTH)).isEqualTo(-1);
        }
    }

    /** Every start and end around the pair: it counts only if it lies within them as a whole. */
    @Test
    void keepsToItsBounds() {
        byte[] bytes = nearMisses();
        bytes[700] = '\n';
        bytes[701] = ';';
        for (Function<byte[], ByteBuf> kind : kinds()) {
            ByteBuf buffer = kind.apply(bytes);
            for (int off = -3; off <= 3; off++) {
                assertThat(SEARCH.indexIn(buffer, 700 + off, LENGTH)).isEqualTo(off <= 0 ? 700 : -1);
                assertThat(SEARCH.indexIn(buffer, 0, 702 + off)).isEqualTo(off >= 0 ? 700 : -1);
            }
        }
    }

    @Property
    void agreesWithALoop(
            @ForAll @Size(max = 1200) byte @IntRange(min = 9, max = 11) [] some, @ForAll @IntRange(max = 1200) int start) {
        PairSearch search = new PairSearch((char) 10, (char) 11);
        int from = Math.min(start, some.length);
        assertThat(search.indexIn(Unpooled.wrappedBuffer(some), from, some.length)).isEqualTo(loop(some, from));
    }

    private static int loop(byte[] bytes, int from) {
        for (int at = from; at + 1 < bytes.length; at++) {
            if (bytes[at] == 10 && bytes[at + 1] == 11) {
                return at;
            }
        }
        return -1;
    }

    /** Bytes that differ from the pair's by little, and both of them in every other order. */
    private static byte[] nearMisses() {
        byte[] pattern = {'\n', '\n', ':', ';', ';', '\n', 11, ';', (byte) ('\n' | 0x80), ';', '\n', (byte) (';' | 0x80), 0};
        byte[] bytes = new byte[LENGTH];
        for (int at = 0; at < LENGTH; at++) {
            bytes[at] = pattern[at % pattern.length];
        }
        return bytes;
    }

    private static Iterable<Function<byte[], ByteBuf>> kinds() {
        return Stream.<Function<byte[], ByteBuf>>of(
                        bytes -> Unpooled.wrappedBuffer(bytes),
                        bytes -> Unpooled.directBuffer().writeBytes(bytes),
                        // a slice inside something that has the pair right before and behind
                        bytes -> Unpooled.wrappedBuffer(new byte[] {'\n'}, bytes, new byte[] {';'})
                                .copy()
                                .slice(1, bytes.length),
                        bytes -> Unpooled.wrappedBuffer(
                                Arrays.copyOf(bytes, 701), Arrays.copyOfRange(bytes, 701, bytes.length)))
                .toList();
    }
}
