package io.bridgehead.broker.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bucket4j.TimeMeter;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionGateTest {

    private long nanos = 1;
    private final TimeMeter clock = new TimeMeter() {
        @Override
        public long currentTimeNanos() {
            return nanos;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    };

    @ParameterizedTest
    @CsvSource({
        // a second, at once, asked at once, of these through, half a second later one more, ten seconds later
        "0, 1, 1000, 1000, 1000, 1000",
        "1, 1, 10, 1, 0, 1",
        "2, 1, 10, 1, 1, 1",
        "2, 5, 10, 5, 1, 5",
        "10, 20, 50, 20, 5, 20"
    })
    void theRateOfOneAddressIsTheBurstAndThenTheRefill(
            int perSecond, int burst, int asked, int through, int halfASecondLater, int tenSecondsLater) throws Exception {
        ConnectionGate gate = new ConnectionGate(10, perSecond, burst, 100, clock);
        assertThat(through(gate, "192.0.2.1", asked)).isEqualTo(through);
        assertThat(through(gate, "192.0.2.2", asked)).as("another address").isEqualTo(through);
        nanos += Duration.ofMillis(500).toNanos();
        assertThat(through(gate, "192.0.2.1", asked)).isEqualTo(halfASecondLater);
        nanos += Duration.ofSeconds(10).toNanos();
        assertThat(through(gate, "192.0.2.1", asked)).isEqualTo(tenSecondsLater);
    }

    @Test
    void anIpv6CustomersWholeNetworkIsOneAddress() throws Exception {
        ConnectionGate gate = new ConnectionGate(10, 1, 2, 100, clock);
        assertThat(through(gate, "2001:db8:0:1::1", 1) + through(gate, "2001:db8:0:1:ffff::2", 1)
                + through(gate, "2001:db8:0:1::3", 1)).isEqualTo(2);
        assertThat(through(gate, "2001:db8:0:2::1", 1)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 50})
    void noMoreThanTheLimitAreInAtATimeWhoeverAsks(int limit) throws Exception {
        ConnectionGate gate = new ConnectionGate(limit, 0, 1);
        AtomicInteger in = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 100; i++) {
                    if (gate.enter()) {
                        in.incrementAndGet();
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(in.get()).isEqualTo(limit).isEqualTo(gate.open());
        gate.leave();
        assertThat(gate.enter()).isTrue();
        assertThat(gate.enter()).isFalse();
    }

    @Test
    void theAddressesItRemembersAreBounded() throws Exception {
        ConnectionGate gate = new ConnectionGate(10, 1, 1, 100, clock);
        for (int i = 0; i < 10_000; i++) {
            gate.withinRate(InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
        }
        assertThat(gate.addresses()).isBetween(50L, 100L);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new ConnectionGate(0, 0, 1)).hasMessageContaining("max-connections: 0");
        assertThatThrownBy(() -> new ConnectionGate(1, 5, 0)).hasMessageContaining("connection-burst: 0 (expected: >= 1");
        assertThatThrownBy(() -> new ConnectionGate(1, -1, 1)).hasMessageContaining("connections-per-second: -1");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.1.2, true", "10.0.0.0/8, 11.0.0.0, false",
        "192.0.2.128/25, 192.0.2.127, false", "192.0.2.128/25, 192.0.2.255, true",
        "192.0.2.1, 192.0.2.1, true", "192.0.2.1, 192.0.2.2, false",
        "0.0.0.0/0, 203.0.113.9, true", "0.0.0.0/0, 2001:db8::1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true", "2001:db8::/33, 2001:db8:8000::1, false", "::1, ::1, true"
    })
    void aBlockContainsWhatSharesItsPrefix(String block, String address, boolean contains) throws Exception {
        assertThat(AddressBlock.parse(block).contains(InetAddress.getByName(address))).isEqualTo(contains);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "proxy.example.org", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "10.0.0", "2001:db8::/129", "/8"})
    void whatIsNoBlockIsRefusedWithItsText(String text) {
        assertThatThrownBy(() -> AddressBlock.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: ")
                .hasMessageContaining(text);
    }

    private static int through(ConnectionGate gate, String address, int times) throws Exception {
        int count = 0;
        for (int i = 0; i < times; i++) {
            count += gate.withinRate(InetAddress.getByName(address)) ? 1 : 0;
        }
        return count;
    }
}
