package io.bridgehead.broker.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** Whatever the cuts: nothing is lost, text is text, and what is UTF-8 comes as text. */
class Utf8CutTest {

    @Property(tries = 5_000)
    void thePiecesTogetherAreTheInput(
            @ForAll byte[] noise, @ForAll @StringLength(max = 20) String text, @ForAll long seed) {
        Random random = new Random(seed);
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        input.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        input.writeBytes(noise);
        input.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Utf8Cut cut = new Utf8Cut();

        byte[] all = input.toByteArray();
        int sent = 0;
        while (sent < all.length) {
            int to = Math.min(all.length, sent + random.nextInt(1, 6));
            output.writeBytes(bytes(cut.next(Arrays.copyOfRange(all, sent, to))));
            assertThat(to - output.size()).as("bytes kept back").isBetween(0, 3);
            sent = to;
        }
        output.writeBytes(cut.rest());

        assertThat(output.toByteArray()).isEqualTo(all);
        assertThat(cut.rest()).isEmpty();
    }

    @Property(tries = 5_000)
    void textIsNeverBinaryHoweverItIsCut(@ForAll @StringLength(max = 40) String any, @ForAll long seed) {
        byte[] all = any.getBytes(StandardCharsets.UTF_8);
        Random random = new Random(seed);
        Utf8Cut cut = new Utf8Cut();
        StringBuilder text = new StringBuilder();
        for (int sent = 0; sent < all.length; ) {
            int to = Math.min(all.length, sent + random.nextInt(1, 4));
            assertThat(cut.next(Arrays.copyOfRange(all, sent, to)))
                    .isInstanceOfSatisfying(Utf8Cut.Piece.Text.class, piece -> text.append(piece.text()));
            sent = to;
        }
        assertThat(text).hasToString(new String(all, StandardCharsets.UTF_8));
        assertThat(cut.rest()).isEmpty();
    }

    @Test
    void aCharacterCutInFourIsOnePiece() {
        Utf8Cut cut = new Utf8Cut();
        byte[] smile = "😀".getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < 3; at++) {
            assertThat(cut.next(new byte[] {smile[at]})).isEqualTo(new Utf8Cut.Piece.Text(""));
        }
        assertThat(cut.next(new byte[] {smile[3]})).isEqualTo(new Utf8Cut.Piece.Text("😀"));
    }

    @Test
    void whatIsNoUtf8IsBinary() {
        int[][] rows = {{0xff}, {0xc0, 0xaf}, {0xed, 0xa0, 0x80}, {0xe2, 'a'}, {0xf4, 0x90, 0x80, 0x80}};
        for (int[] broken : rows) {
            byte[] bytes = new byte[broken.length];
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = (byte) broken[at];
            }
            assertThat(new Utf8Cut().next(bytes))
                    .isInstanceOfSatisfying(
                            Utf8Cut.Piece.Binary.class, piece -> assertThat(piece.bytes()).isEqualTo(bytes));
        }
    }

    /** The bytes of a piece; a text must be valid by itself. */
    private static byte[] bytes(Utf8Cut.Piece piece) {
        return switch (piece) {
            case Utf8Cut.Piece.Text(String text) -> {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(text);
                yield bytes;
            }
            case Utf8Cut.Piece.Binary(byte[] bytes) -> bytes;
        };
    }
}
