package io.bridgehead.broker.cluster;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.account.PinKey;
import io.bridgehead.broker.account.PinKeys;
import io.vertx.core.Future;
import java.security.SecureRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ClusterPinKeyTest {

    @Test
    void nodesThatStartAtOnceHaveOneKeyAndANewClusterAnother() {
        byte[] first = keyOfBoth();
        byte[] second = keyOfBoth();
        assertThat(first).isNotEqualTo(second);
    }

    /** Rows change their places while a node joins, which is when it asks. */
    @Test
    void aQuestionWithoutAnAnswerIsAskedAgain() {
        try (Members members = Members.of(1, 1)) {
            Future<PinKey> key;
            try (StuckPartition stuck = new StuckPartition(members.get(0), RegistryMaps.KEYS, ClusterPinKey.NAME)) {
                long began = System.nanoTime();
                key = ClusterPinKey.of(members.get(0), new SecureRandom());
                Awaitility.await().until(() -> System.nanoTime() - began > SharedMap.LIMIT.plusMillis(500).toNanos());
            }
            assertThat(await(key)).isNotNull();
        }
    }

    private static byte[] keyOfBoth() {
        try (Members members = Members.of(2, 2)) {
            Future<PinKey> here = ClusterPinKey.of(members.get(0), new SecureRandom());
            Future<PinKey> there = ClusterPinKey.of(members.get(1), new SecureRandom());
            byte[] hash = PinKeys.hash(await(here));
            assertThat(PinKeys.hash(await(there))).isEqualTo(hash);
            return hash;
        }
    }
}
