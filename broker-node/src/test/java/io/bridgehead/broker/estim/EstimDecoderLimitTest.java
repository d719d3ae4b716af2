package io.bridgehead.broker.estim;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.bridgehead.broker.wire.Decoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The line limit, to the byte, and what an attacker can make the decoder keep. */
class EstimDecoderLimitTest {

    private static final String TOO_LONG = "fatal line too long";

    @ParameterizedTest
    @CsvSource({
        "1023, \\n, true", "1024, \\n, true", "1025, \\n, false", "1026, \\n, false",
        "1023, \\r\\n, true", "1024, \\r\\n, true", "1025, \\r\\n, false",
        "1023, \\r\\r\\n, true", "1024, \\r\\r\\n, false",
    })
    void aLineOf1024BytesPassesHoweverItIsCut(int length, String lineEnd, boolean passes) {
        for (String first : List.of("x", ";")) {
            ClientStream stream = ClientStream.of(first + "\\(" + (length - 1) + "*x)" + lineEnd + ";help\\n");
            for (int cut = 0; cut <= stream.length(); cut++) {
                int at = cut;
                assertThat(DecoderTester.run(stream, DecoderTester.MAX_LINE, c -> c == at, Integer.MAX_VALUE))
                        .as("cut at %d", cut)
                        .containsExactly(passes ? "command ;help" : TOO_LONG);
            }
            assertThat(DecoderTester.run(stream, DecoderTester.MAX_LINE, c -> true, Integer.MAX_VALUE))
                    .containsExactly(passes ? "command ;help" : TOO_LONG);
        }
    }

    @Test
    void theVeryByteBeyondTheLimitIsFatal() {
        DecoderTester tester = DecoderTester.open(DecoderTester.MAX_LINE).feed("x".repeat(1024).getBytes());
        assertThat(tester.itemsSoFar()).isEmpty();
        assertThat(tester.feed(new byte[] {'\r'}).itemsSoFar()).isEmpty();
        assertThat(tester.feed(new byte[] {'\r'}).itemsSoFar()).containsExactly(TOO_LONG);
        tester.feed(";help\n".getBytes()).bridged(true).feed("x".getBytes());
        assertThat(tester.end()).containsExactly(TOO_LONG);
    }

    @Test
    void bridgedThereIsNoLineLimitForData() {
        ClientStream stream = ClientStream.bridged(";connect=\\(1100*x)\\n\\(3000*y)\\n;end\\n");
        List<String> expected =
                List.of("data ;connect=" + "x".repeat(1100) + "\\n" + "y".repeat(3000) + "\\n", "command ;end");
        for (int cut = 0; cut <= 1130; cut++) {
            int at = cut;
            assertThat(DecoderTester.run(stream, DecoderTester.MAX_LINE, c -> c == at, Integer.MAX_VALUE))
                    .as("cut at %d", cut)
                    .isEqualTo(expected);
        }
        assertThat(DecoderTester.run(stream, DecoderTester.MAX_LINE, c -> true, 1)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"254", "255"})
    void anIdOf254BytesIsTheLongest(int bytes) {
        String id = "a".repeat(bytes - 12) + "@example.org";
        assertThat(DecoderTester.uncut(ClientStream.of(";connect=" + id + "\\n")))
                .containsExactly(
                        bytes == 254 ? "command ;connect=" + id : "error id has 255 bytes (expected: at most 254)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", ";connect=", ";register="})
    void aGigabyteWithoutALineEndKeepsNothing(String beginning) {
        Counter sink = new Counter();
        EstimDecoder decoder = new EstimDecoder(new EstimLine(DecoderTester.HOME), DecoderTester.MAX_LINE);
        decoder.decode(Unpooled.wrappedBuffer(beginning.getBytes()), sink);
        ByteBuf chunk = Unpooled.wrappedBuffer("x".repeat(65_536).getBytes());
        decoder.decode(chunk.duplicate(), sink);
        assertThat(sink.fatal).isEqualTo(1);

        long before = allocated();
        for (int sent = 0; sent < 1 << 30; sent += 65_536) {
            chunk.readerIndex(0);
            decoder.decode(chunk, sink);
            assertThat(chunk.isReadable()).isFalse();
        }

        assertThat(allocated() - before).as("bytes allocated").isLessThan(16L << 20);
        assertThat(sink.fatal).isEqualTo(1);
    }

    @Test
    void bridgedAGigabyteOfHalfCommandsIsPassedOnWithoutKeepingIt() {
        Counter sink = new Counter();
        EstimDecoder decoder = new EstimDecoder(new EstimLine(DecoderTester.HOME), DecoderTester.MAX_LINE);
        decoder.bridged(true);
        ByteBuf chunk = Unpooled.wrappedBuffer((";connect=" + "x".repeat(65_527)).getBytes());
        for (int sent = 0; sent < 1 << 30; sent += 65_536) {
            chunk.readerIndex(0);
            decoder.decode(chunk, sink);
        }
        assertThat(sink.passed).isEqualTo(1 << 30);
        assertThat(chunk.refCnt()).isEqualTo(1);
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static final class Counter implements Decoder.Sink<EstimCommand> {
        private int fatal;
        private long passed;

        @Override
        public void command(EstimCommand command) {
            throw new AssertionError(command);
        }

        @Override
        public void malformed(String problem, boolean isFatal) {
            fatal += isFatal ? 1 : 0;
        }

        @Override
        public void pass(ByteBuf bytes) {
            passed += bytes.readableBytes();
            bytes.release();
        }

        @Override
        public boolean wantsMore() {
            return true;
        }
    }
}
