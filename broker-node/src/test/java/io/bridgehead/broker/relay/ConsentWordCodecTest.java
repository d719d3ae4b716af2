package io.bridgehead.broker.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.NodeId;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What nodes say of consent, as bytes and back. */
class ConsentWordCodecTest {

    static List<ConsentWord> words() {
        NodeId node = new NodeId("n1");
        PendingConsent row = new PendingConsent("web.17@relay.invalid", "web", "2001:db8::7", "ann@example.org", "n1",
                Instant.ofEpochMilli(1_700_000_000_123L), true);
        return List.of(
                new ConsentWord.Said("web", "192.0.2.7", true, 3_600_000),
                new ConsentWord.Decision("web.17@relay.invalid", false),
                new ConsentWord.Inquiry(node, 7),
                new ConsentWord.Told(node, 7, List.of()),
                new ConsentWord.Told(node, Long.MIN_VALUE, List.of(row, row)));
    }

    @ParameterizedTest
    @MethodSource("words")
    void whatIsWrittenReadsTheSame(ConsentWord word) {
        assertThat(ConsentWordCodec.read(ConsentWordCodec.write(word))).contains(word);
    }

    @ParameterizedTest
    @MethodSource("words")
    void whatIsCutOrOfAnotherVersionReadsAsNothing(ConsentWord word) {
        byte[] bytes = ConsentWordCodec.write(word);
        for (int length = 0; length < bytes.length; length++) {
            assertThat(ConsentWordCodec.read(Arrays.copyOf(bytes, length))).isEmpty();
        }
        bytes[0]++;
        assertThat(ConsentWordCodec.read(bytes)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("words")
    void theRoomsOtherWordsAreOfOtherTypes(ConsentWord word) {
        assertThat(RelayWordCodec.read(ConsentWordCodec.write(word))).isEmpty();
    }

    @Test
    void aWordOfManyRowsFitsTheBus() {
        PendingConsent longest = new PendingConsent(
                "s".repeat(63) + ".1073741823@relay.invalid", "s".repeat(63), "f".repeat(60), "a".repeat(254),
                "n".repeat(63), Instant.EPOCH, true);
        List<PendingConsent> rows = Collections.nCopies(ConsentWordCodec.MAX_ROWS, longest);
        assertThat(ConsentWordCodec.write(new ConsentWord.Told(new NodeId("n1"), 1, rows)).length).isLessThan(64 * 1024);
    }
}
