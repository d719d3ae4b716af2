package io.bridgehead.broker.estim;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Lets the fuzzer look for a stream that the decoder and {@link DecoderOracle} take differently. A plain test run
 * tries the corpus in {@code src/test/resources}; {@code mvn -Pfuzz -pl broker-node -am test} searches.
 */
class EstimDecoderFuzzTest {

    /** Bytes of the input that say how: the limit, the patience, and the seed of the cuts. */
    private static final int HEADER = 3;

    /** These bytes of the rest are no bytes of the stream but what happens in between: they are no UTF-8 either. */
    private static final int BRIDGE_BEGINS = 0xf8;

    private static final int BRIDGE_ENDS = 0xf9;
    private static final int MESSAGE_ENDS = 0xfa;

    @FuzzTest(maxDuration = "3m")
    void decodesAsTheOracleDoes(byte[] input) {
        if (input.length < HEADER) {
            return;
        }
        int limit = (input[0] & 1) == 0 ? 64 : DecoderTester.MAX_LINE;
        int patience = 1 + (input[1] & 3);
        ClientStream stream = stream(Arrays.copyOfRange(input, HEADER, input.length));
        Random cuts = new Random(input[2]);
        int density = cuts.nextInt(1, 20);

        List<String> items = DecoderTester.run(stream, limit, cut -> cuts.nextInt(density) == 0, patience);

        assertThat(EstimTranscriptTest.withoutTexts(items)).isEqualTo(DecoderOracle.run(stream, limit));
    }

    private static ClientStream stream(byte[] script) {
        List<ClientStream.Part> parts = new ArrayList<>();
        int from = 0;
        for (int at = 0; at <= script.length; at++) {
            int b = at < script.length ? script[at] & 0xff : MESSAGE_ENDS + 1;
            if (b < BRIDGE_BEGINS || (b > MESSAGE_ENDS && at < script.length)) {
                continue;
            }
            if (at > from) {
                parts.add(new ClientStream.Part.Bytes(Arrays.copyOfRange(script, from, at)));
            }
            from = at + 1;
            if (at < script.length) {
                parts.add(b == MESSAGE_ENDS
                        ? new ClientStream.Part.MessageEnd()
                        : new ClientStream.Part.Switch(b == BRIDGE_BEGINS));
            }
        }
        return new ClientStream(parts);
    }
}
