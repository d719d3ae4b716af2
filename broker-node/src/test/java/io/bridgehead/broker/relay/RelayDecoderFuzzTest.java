package io.bridgehead.broker.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/**
 * Any bytes of a host come to the same however they are cut, and harm nobody. A plain test run tries some; {@code mvn
 * -Pfuzz -pl broker-node -am test} searches.
 */
class RelayDecoderFuzzTest {

    private static final byte[] HELLO = {0, 0, 0, 2, 8, 1};

    @FuzzTest(maxDuration = "2m")
    void theFuzzerFindsNoHarm(byte[] input) {
        check(input);
    }

    @Property
    void anyBytesCutAnywhereComeToTheSame(@ForAll @Size(max = 60) byte[] input) {
        check(input);
    }

    @Property
    void anyBytesBehindAHelloAreTheClients(@ForAll @Size(min = 1, max = 60) byte[] rest) {
        byte[] input = new byte[HELLO.length + rest.length];
        System.arraycopy(HELLO, 0, input, 0, HELLO.length);
        System.arraycopy(rest, 0, input, HELLO.length, rest.length);

        assertThat(DecodedHost.of(input, 64, 1))
                .containsExactly("hello - - -", "passed " + HexFormat.of().formatHex(rest));
        check(input);
    }

    private static void check(byte[] input) {
        List<String> whole = DecodedHost.of(input, 64, 2);
        // behind a broken message there is nothing to agree on
        List<String> upTo = agreed(whole);
        for (int cut = 0; cut <= input.length; cut++) {
            assertThat(agreed(DecodedHost.of(input, 64, 2, cut))).as("cut at %s", cut).isEqualTo(upTo);
        }
        int[] everywhere = IntStream.range(0, input.length).toArray();
        assertThat(agreed(DecodedHost.of(input, 64, 2, everywhere))).isEqualTo(upTo);
    }

    private static List<String> agreed(List<String> seen) {
        int broken = IntStream.range(0, seen.size())
                .filter(at -> seen.get(at).startsWith("malformed"))
                .findFirst()
                .orElse(seen.size() - 1);
        return seen.subList(0, broken + 1);
    }
}
