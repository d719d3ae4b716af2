package io.bridgehead.broker.estim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** Any bytes, any cuts, any switches, any patience: the decoder gives what {@link DecoderOracle} gives. */
class EstimDecoderPropertyTest {

    private static final String[] WORDS = {
        ";", "\n", "\r", "\r\n", "=", " ", "@", "x", ";end", ";quit", ";users", ";visible", ";invisible", ";help",
        ";register=", ";connect=", ";accept=", ";reject=", ";register", ";connect", ";re", ";en", ";in", "d", "abc",
        "abc@example.org", ";1234", ";v2;", "profile", ";GOTO=12,15,40,63", "\0", "\u00eb", "e\u0308", "\u202e",
        "\n;end\n", "\n;accept=abc\n", "\n;accept=abc\r\n", "\n;connect=abc\n", "\n;register=abc;;v2;p\n"
    };

    private static final byte[][] BROKEN = {
        {(byte) 0xff}, {(byte) 0xc0, (byte) 0xaf}, {(byte) 0xed, (byte) 0xa0, (byte) 0x80}
    };

    @Property(tries = 20_000)
    void whatComesOutIsWhatWentInLessTheCommandLines(
            @ForAll("streams") ClientStream stream,
            @ForAll long cuts,
            @ForAll @IntRange(min = 1, max = 4) int patience,
            @ForAll("limits") int maxLineBytes) {
        Random random = new Random(cuts);
        int density = random.nextInt(1, 20);
        List<String> items =
                DecoderTester.run(stream, maxLineBytes, cut -> random.nextInt(density) == 0, patience);

        assertThat(EstimTranscriptTest.withoutTexts(items)).isEqualTo(DecoderOracle.run(stream, maxLineBytes));
    }

    @Property(tries = 5_000)
    void bridgedNothingIsHeldBackButWhatMayBecomeACommand(@ForAll("chunks") byte[] chunk) {
        DecoderTester tester = DecoderTester.open(DecoderTester.MAX_LINE).bridged(true);
        byte[] plain = withoutSemicolons(chunk);
        List<String> items = tester.feed(plain).itemsSoFar();

        assertThat(items).isEqualTo(plain.length == 0 ? List.of() : List.of("data " + ClientStream.escape(plain)));
    }

    @Provide
    Arbitrary<Integer> limits() {
        return Arbitraries.of(64, 65, 66, 80, DecoderTester.MAX_LINE);
    }

    @Provide
    Arbitrary<byte[]> chunks() {
        Arbitrary<byte[]> words = Arbitraries.of(WORDS).map(word -> word.getBytes(StandardCharsets.UTF_8));
        Arbitrary<byte[]> any = Arbitraries.bytes().array(byte[].class).ofMaxSize(6);
        Arbitrary<byte[]> filler = Arbitraries.integers()
                .between(55, 70)
                .map(n -> "a".repeat(n).getBytes(StandardCharsets.UTF_8));
        return Arbitraries.frequencyOf(
                        Tuple.of(20, words),
                        Tuple.of(2, Arbitraries.of(BROKEN)),
                        Tuple.of(3, any),
                        Tuple.of(1, filler))
                .list()
                .ofMaxSize(12)
                .map(EstimDecoderPropertyTest::concat);
    }

    @Provide
    Arbitrary<ClientStream> streams() {
        Arbitrary<ClientStream.Part> bytes = chunks().map(ClientStream.Part.Bytes::new);
        Arbitrary<ClientStream.Part> ends = Arbitraries.just(new ClientStream.Part.MessageEnd());
        Arbitrary<ClientStream.Part> switches = Arbitraries.of(true, false).map(ClientStream.Part.Switch::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(6, bytes),
                        Tuple.of(1, ends),
                        Tuple.of(2, switches))
                .list()
                .ofMaxSize(10)
                .map(ClientStream::new);
    }

    private static byte[] concat(List<byte[]> pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static byte[] withoutSemicolons(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).replace(";", "").getBytes(StandardCharsets.ISO_8859_1);
    }
}
