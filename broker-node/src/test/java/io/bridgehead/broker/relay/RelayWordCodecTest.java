package io.bridgehead.broker.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RelayWordCodecTest {

    private static final HostKey KEY = new HostKey("web", "h");

    static Stream<RelayWord> all() {
        SessionAddress client = new SessionAddress(new NodeId("n2"), new SessionId(-1, 258));
        return Stream.of(
                new RelayWord.Stand(new NodeId("n1"), List.of()),
                new RelayWord.Stand(new NodeId("n1"), List.of(
                        new HostRow(KEY, 1, 2, 3, 4), new HostRow(HostKey.anonymous("echo", "::1"), 0, 0, 0, 0))),
                new RelayWord.Claim(KEY, new CallId(client.session(), 9), new Party(
                        client, new AccountId("client", "relay.invalid"), "relay client")),
                new RelayWord.Announce(KEY, true, 77),
                new RelayWord.Replaced(KEY));
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatIsWrittenReadsAsItself(RelayWord word) {
        assertThat(RelayWordCodec.read(RelayWordCodec.write(word))).contains(word);
    }

    @ParameterizedTest
    @MethodSource("all")
    void noPartOfAWordIsAWord(RelayWord word) {
        byte[] whole = RelayWordCodec.write(word);
        for (int length = 0; length < whole.length; length++) {
            assertThat(RelayWordCodec.read(Arrays.copyOf(whole, length))).as("%s bytes", length).isEmpty();
        }
    }

    @Test
    void theBytesOfAWordStay() {
        assertThat(HexFormat.of().formatHex(RelayWordCodec.write(new RelayWord.Announce(KEY, true, 77))))
                .isEqualTo("0103" + "0003776562" + "000168" + "01" + "0000004d");
    }

    @Test
    void aFullWordFitsTheBus() {
        HostKey longest = HostKey.anonymous("s".repeat(63), "f".repeat(RelayWords.MAX_ADDRESS - 1));
        List<HostRow> rows = Collections.nCopies(RelayWordCodec.MAX_ROWS, new HostRow(longest, 1, 1, 1, 1));

        assertThat(RelayWordCodec.write(new RelayWord.Stand(new NodeId("n".repeat(63)), rows)))
                .hasSizeLessThan(64 * 1024);
    }

    @Test
    void aNewerVersionOrWordIsNotUnderstood() {
        byte[] word = RelayWordCodec.write(new RelayWord.Replaced(KEY));
        word[0] = 2;
        assertThat(RelayWordCodec.read(word)).isEmpty();
        word[0] = 1;
        word[1] = 99;
        assertThat(RelayWordCodec.read(word)).isEmpty();
    }

    @Property
    void anyBytesAreAWordOrNone(@ForAll byte type, @ForAll @Size(max = 100) byte[] rest) {
        byte[] bytes = new byte[rest.length + 2];
        bytes[0] = 1;
        bytes[1] = (byte) (type & 7);
        System.arraycopy(rest, 0, bytes, 2, rest.length);
        RelayWordCodec.read(bytes);
    }
}
