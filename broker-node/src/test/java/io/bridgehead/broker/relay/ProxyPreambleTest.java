package io.bridgehead.broker.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes that a host is told of its client by, and the name that carries them from node to node. */
class ProxyPreambleTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 4711, 203.0.113.1, 8002, PROXY TCP4 192.0.2.7 203.0.113.1 4711 8002",
        "2001:db8::7%eth0, 1, 2001:db8::1, 65535, PROXY TCP6 2001:db8::7 2001:db8::1 1 65535",
    })
    void version1(String from, int port, String to, int localPort, String line) {
        String text = new ClientName(from, port, to, localPort).toString();
        assertThat(ProxyPreamble.of(ServiceRules.Preamble.V1, ClientName.parse(text)).orElseThrow()
                        .toString(StandardCharsets.US_ASCII))
                .isEqualTo(line + "\r\n");
    }

    @Test
    void version2OfTwoFamiliesIsIpv6() {
        ClientName client = new ClientName("192.0.2.7", 258, "2001:db8::1", 8002);
        assertThat(ByteBufUtil.hexDump(ProxyPreamble.of(ServiceRules.Preamble.V2, Optional.of(client)).orElseThrow()))
                .isEqualTo("0d0a0d0a000d0a515549540a" + "21210024" + "00000000000000000000ffffc0000207"
                        + "20010db8000000000000000000000001" + "0102" + "1f42");
    }

    @Test
    void aClientThatIsNotKnownIsToldAsUnknown() {
        assertThat(ProxyPreamble.of(ServiceRules.Preamble.V1, Optional.empty()).orElseThrow()
                        .toString(StandardCharsets.US_ASCII))
                .isEqualTo("PROXY UNKNOWN\r\n");
        assertThat(ByteBufUtil.hexDump(ProxyPreamble.of(ServiceRules.Preamble.V2, Optional.empty()).orElseThrow()))
                .isEqualTo("0d0a0d0a000d0a515549540a" + "20000000");
        assertThat(ProxyPreamble.of(ServiceRules.Preamble.NONE, Optional.empty())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"relay client", "192.0.2.7:1", "192.0.2.300:1 at 192.0.2.1:2", "192.0.2.3:99999 at 192.0.2.1:2", ""})
    void whatIsNoClientsNameIsNone(String text) {
        assertThat(ClientName.parse(text)).isEmpty();
    }
}
