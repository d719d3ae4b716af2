package io.bridgehead.broker.cluster;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bridgehead.broker.account.AddressAttempts;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the signalling room counts, over two nodes. */
class HazelcastAddressAttemptsTest {

    private static Members members;
    private static AddressAttempts here;
    private static AddressAttempts there;

    @BeforeAll
    static void start() {
        members = Members.of(2, 2);
        here = HazelcastAddressAttempts.ofSignalling(members.get(0), 100);
        there = HazelcastAddressAttempts.ofSignalling(members.get(1), 100);
    }

    @AfterAll
    static void stop() {
        members.close();
    }

    @Test
    void thousandsOfGuessesAreCountedOverAllNodesAndOneUsesThemUp() {
        long last = IntStream.range(0, 2000)
                .parallel()
                .filter(n -> await((n % 2 == 0 ? here : there).failed("192.0.2.1")))
                .count();

        assertThat(last).isEqualTo(1);
        assertThat(await(here.mayGuess("192.0.2.1"))).isFalse();
        assertThat(await(there.mayGuess("192.0.2.1"))).isFalse();
        assertThat(there.isExhausted("192.0.2.1")).isTrue();
        assertThat(await(there.mayGuess("192.0.2.2"))).isTrue();
    }

    @Test
    void wrongPinsAndWrongTokensAreCountedApart() {
        HazelcastPinAttempts pins = new HazelcastPinAttempts(members.get(0), 5, 1);
        IntStream.range(0, 100).forEach(n -> await(here.failed("192.0.2.3")));
        assertThat(pins.isExhausted("192.0.2.3")).isFalse();
    }

    @Test
    void anOwnerThatHangsIsNotWaitedFor() {
        String address = IntStream.range(1, 255)
                .mapToObj(n -> "198.51.100." + n)
                .filter(each -> members.get(0).getPartitionService()
                        .getPartition(AddressAttempts.network(each)).getOwner().localMember())
                .findFirst()
                .orElseThrow();
        try (StuckPartition stuck = new StuckPartition(
                members.get(0), RegistryMaps.SIGNALLING_GUESSES, AddressAttempts.network(address))) {
            assertThatThrownBy(() -> await(there.mayGuess(address))).isInstanceOf(RegistryUnavailable.class);
        }
    }
}
