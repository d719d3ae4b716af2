package io.bridgehead.broker.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {

    private static final int MOST = 16 * 1024;
    private static final int HEADERS = 9;

    @Test
    void aRealOneIsWholeWithItsLastByte() throws Exception {
        byte[] hello = ofTheJdk();
        for (int cut = 0; cut < hello.length; cut++) {
            assertThat(in(Arrays.copyOf(hello, cut)))
                    .as("%d of %d bytes", cut, hello.length)
                    .isEqualTo(ClientHello.PARTIAL);
        }
        assertThat(in(hello)).isEqualTo(ClientHello.WHOLE);
    }

    @Test
    void oneInRecordsOfAnyLengthIsWholeWithItsLastByte() throws Exception {
        byte[] hello = ofTheJdk();
        for (int length = 1; length < 8; length++) {
            byte[] spread = spread(hello, length);
            for (int cut = 0; cut < spread.length; cut++) {
                assertThat(in(Arrays.copyOf(spread, cut)))
                        .as("%d of %d bytes, records of %d", cut, spread.length, length)
                        .isEqualTo(ClientHello.PARTIAL);
            }
            assertThat(in(spread)).as("records of %d", length).isEqualTo(ClientHello.WHOLE);
        }
    }

    @Test
    void oneWithMoreInItsRecordIsWholeWithTheRecord() {
        assertThat(in(bytes("1603010009 01000001 aa 02ff"))).isEqualTo(ClientHello.PARTIAL);
        assertThat(in(bytes("1603010009 01000001 aa 02ffffff"))).isEqualTo(ClientHello.WHOLE);
    }

    @Test
    void whatIsBehindItMayBeAnything() {
        assertThat(in(bytes("1603010005 01000001 aa ffffffffff"))).isEqualTo(ClientHello.WHOLE);
    }

    @Test
    void readingBeginsAtTheReadersIndexAndLeavesItThere() {
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes("ffff 1603010005 01000001 aa")).skipBytes(2);
        assertThat(ClientHello.in(buffer, 10)).isEqualTo(ClientHello.WHOLE);
        assertThat(buffer.readerIndex()).isEqualTo(2);
    }

    @Test
    void itsRecordMayHaveAsManyBytesAsAreTaken() {
        assertThat(in(bytes("1603013ffb"))).isEqualTo(ClientHello.PARTIAL);
        assertThat(in(bytes("1603013ffc"))).isEqualTo(ClientHello.NONE);
    }

    @Test
    void itMayAnnounceAsManyBytesAsAreTaken() {
        assertThat(in(bytes("1603010004 01003ffc"))).isEqualTo(ClientHello.PARTIAL);
        assertThat(in(bytes("1603010004 01003ffd"))).isEqualTo(ClientHello.NONE);
        byte[] largest = new byte[MOST];
        System.arraycopy(bytes("1603013ffb 01003ff7"), 0, largest, 0, HEADERS);
        assertThat(in(Arrays.copyOf(largest, MOST - 1))).isEqualTo(ClientHello.PARTIAL);
        assertThat(in(largest)).isEqualTo(ClientHello.WHOLE);
    }

    @Test
    void recordsThatTogetherHaveMoreBytesThanAreTakenAreNone() {
        byte[] two = new byte[8 * 1024 + 10];
        System.arraycopy(bytes("1603012000 01003000"), 0, two, 0, HEADERS);
        System.arraycopy(bytes("1603011ff6"), 0, two, two.length - 5, 5);
        assertThat(in(Arrays.copyOf(two, two.length - 1))).isEqualTo(ClientHello.PARTIAL);
        assertThat(in(two)).isEqualTo(ClientHello.PARTIAL);
        two[two.length - 1]++;
        assertThat(in(two)).isEqualTo(ClientHello.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        // an alert, application data, TLS of another kind, an empty record
        "1503010002 0228", "1703010005 0100000000", "1602010005 0100000000", "1603010000",
        // a hand-shake's other message
        "1603010004 02000000",
        // the line protocol, HTTP
        "3b72656769737465723d616e6e610d0a", "474554202f20485454502f312e310d0a",
        // the second record is no hand-shake
        "1603010005 0100000200 1503010001 02"
    })
    void whatBeginsNoTlsIsNone(String hex) {
        assertThat(in(bytes(hex))).isEqualTo(ClientHello.NONE);
    }

    private static ClientHello in(byte[] bytes) {
        return ClientHello.in(Unpooled.wrappedBuffer(bytes), MOST);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static byte[] ofTheJdk() throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine("broker.example.org", 37846);
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    /** The same message in records of {@code length} bytes. */
    private static byte[] spread(byte[] hello, int length) {
        ByteBuf message = Unpooled.wrappedBuffer(hello).skipBytes(5);
        ByteBuf records = Unpooled.buffer();
        while (message.isReadable()) {
            int part = Math.min(length, message.readableBytes());
            records.writeMedium(0x160301).writeShort(part).writeBytes(message, part);
        }
        byte[] all = new byte[records.readableBytes()];
        records.readBytes(all);
        return all;
    }
}
