package io.bridgehead.broker.cluster;

import static io.bridgehead.broker.account.Awaited.await;
import static io.bridgehead.broker.presence.Rows.account;
import static io.bridgehead.broker.presence.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.spi.merge.MergingValue;
import io.bridgehead.broker.FreePorts;
import io.bridgehead.broker.account.Subscription;
import io.bridgehead.broker.presence.Presence;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MergeTest {

    /** A value on one side of a partition, as Hazelcast shows it. */
    private record Side<V>(V value) implements MergingValue<V> {
        @Override
        public V getDeserializedValue() {
            return value;
        }

        @Override
        public Object getRawValue() {
            return value;
        }
    }

    @Test
    void ofTwoRegistrationsTheNewerStandsWhicheverSideItWasOn() {
        Presence older = row("ann", 1, 1, 0);
        Presence newer = row("ann", 2, 1, 1);
        NewestPresence policy = new NewestPresence();
        assertThat(policy.merge(new Side<>(older), new Side<>(newer))).isEqualTo(newer);
        assertThat(policy.merge(new Side<>(newer), new Side<>(older))).isEqualTo(newer);
        assertThat(policy.merge(new Side<>(older), null)).isEqualTo(older);
    }

    @Test
    void ofTwoStatesOfAnAccountTheNewerStandsAndItsPin() {
        KnownAccount older = KnownAccount.of(state(3)).joined(KnownAccount.of(new RememberedPin(3, new byte[1], 9)));
        KnownAccount newer = KnownAccount.of(state(4)).joined(KnownAccount.of(new RememberedPin(4, new byte[2], 8)));
        NewestAccount policy = new NewestAccount();
        assertThat(policy.merge(new Side<>(older), new Side<>(newer))).isEqualTo(newer);
        assertThat(policy.merge(new Side<>(newer), new Side<>(older))).isEqualTo(newer);
        assertThat(policy.merge(new Side<>(older), null)).isEqualTo(older);
        assertThat(older.joined(KnownAccount.of(state(4))).pin()).as("PIN of an older state").isEmpty();
    }

    /** One node that knows of two others, which do not know of it: it finds them, and joins them with its rows. */
    @Test
    void twoClustersThatFindEachOtherKeepTheNewestOfBoth() {
        List<Integer> ports = FreePorts.of(3);
        String name = Members.newName();
        try (Members members = new Members()) {
            HazelcastInstance alone = members.start(name, ports.get(0), ports, config -> RegistryMaps.addTo(config, 0));
            for (int port : ports.subList(1, 3)) {
                members.start(name, port, ports.subList(1, 3), config -> RegistryMaps.addTo(config, 0));
            }
            members.settle();
            HazelcastPresenceRegistry small = new HazelcastPresenceRegistry(alone);
            HazelcastPresenceRegistry large = new HazelcastPresenceRegistry(members.get(1));
            HazelcastSubscriptionRegistry smallAccounts = new HazelcastSubscriptionRegistry(alone);
            HazelcastSubscriptionRegistry largeAccounts = new HazelcastSubscriptionRegistry(members.get(1));
            assertThat(alone.getCluster().getMembers()).as("members before they meet").hasSize(1);
            await(small.claim(row("ann", 1, 1, 1)));
            await(large.claim(row("ann", 2, 1, 0)));
            await(small.claim(row("bob", 1, 2, 0)));
            await(large.claim(row("bob", 2, 2, 1)));
            await(smallAccounts.offer(state(4)));
            await(largeAccounts.offer(state(3)));

            Awaitility.await().atMost(Duration.ofSeconds(30)).until(
                    () -> alone.getCluster().getMembers().size() == 3 && alone.getLifecycleService().isRunning());
            Awaitility.await().ignoreExceptions().untilAsserted(() -> {
                assertThat(await(large.find(account("ann")))).contains(row("ann", 1, 1, 1));
                assertThat(await(small.find(account("bob")))).contains(row("bob", 2, 2, 1));
                assertThat(await(largeAccounts.find(account("ann")))).contains(state(4));
            });
            assertThat(await(small.reassert(List.of(row("ann", 1, 1, 1), row("bob", 1, 2, 0)))).newer())
                    .containsExactly(row("bob", 2, 2, 1));
        }
    }

    private static Subscription state(long epoch) {
        return new Subscription(account("ann"), epoch, Optional.empty());
    }
}
