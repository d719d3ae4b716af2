package io.bridgehead.broker.cluster;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import io.bridgehead.broker.account.AddressAttempts;
import io.bridgehead.broker.account.PinAttempts;
import io.bridgehead.broker.account.PinAttemptsContract;
import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HazelcastPinAttemptsTest extends PinAttemptsContract {

    private static Members members;

    private PinAttempts here;
    private PinAttempts there;

    @BeforeAll
    static void start() {
        members = Members.of(2, 2);
    }

    @BeforeEach
    void clear() {
        members.clear();
        here = new HazelcastPinAttempts(members.get(0), 5, 20, () -> clock.instant().toEpochMilli());
        there = new HazelcastPinAttempts(members.get(1), 5, 20, () -> clock.instant().toEpochMilli());
    }

    @AfterAll
    static void stop() {
        members.close();
    }

    @Override
    protected PinAttempts attempts() {
        return here;
    }

    @Test
    void anAccountsGuessesAreCountedOverAllNodes() {
        long begun = IntStream.range(0, 200)
                .parallel()
                .filter(n -> await((n % 2 == 0 ? here : there).begin(ANN, "192.0.2." + n % 250)))
                .count();
        assertThat(begun).isEqualTo(5);
    }

    @Test
    void anAddressThatIsUsedUpOnOneNodeIsUsedUpOnTheOther() {
        assertThat(guessersOf("192.0.2.1", 100)).isEqualTo(20);
        assertThat(there.isExhausted("192.0.2.1")).isFalse();
        assertThat(await(there.begin(BOB, "192.0.2.1"))).isFalse();
        assertThat(there.isExhausted("192.0.2.1")).isTrue();
        assertThat(await(there.begin(BOB, "192.0.2.2"))).isTrue();
    }

    @Test
    void whoIsAlwaysRightLeavesNoRow() {
        await(here.begin(ANN, "192.0.2.1"));
        assertThat(rows()).isEqualTo(1);
        await(there.passed(ANN, "192.0.2.1"));
        assertThat(rows()).isZero();
    }

    @Test
    void anOwnerThatHangsLetsNobodyGuessAndChargesNobody() {
        String name = StuckPartition.nameOwnedBy(members.get(0));
        AccountId id = AccountId.require(name, "example.org");
        String address = addressOwnedBy(members.get(1));
        try (StuckPartition stuck =
                new StuckPartition(members.get(0), RegistryMaps.ATTEMPTS_BY_ACCOUNT, id.text())) {
            Future<Boolean> fromThere = there.begin(id, address);
            Future<Boolean> fromHere = here.begin(id, address);
            assertThatThrownBy(() -> await(fromThere))
                    .isInstanceOf(RegistryUnavailable.class)
                    .hasMessage("map pin-attempts-by-account: no answer to attempt in PT2S");
            assertThatThrownBy(() -> await(fromHere)).isInstanceOf(RegistryUnavailable.class);
        }
        Awaitility.await()
                .ignoreExceptions()
                .during(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(rows()).isZero());
        assertThat(wrongGuesses(id, 10)).isEqualTo(5);
    }

    private static int rows() {
        return members.get(0).getMap(RegistryMaps.ATTEMPTS_BY_ACCOUNT).size();
    }

    private static String addressOwnedBy(HazelcastInstance member) {
        return IntStream.range(1, 255)
                .mapToObj(n -> "192.0.2." + n)
                .filter(address -> member.getPartitionService()
                        .getPartition(AddressAttempts.network(address))
                        .getOwner()
                        .localMember())
                .findFirst()
                .orElseThrow();
    }
}
