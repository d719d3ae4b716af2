package io.bridgehead.broker.cluster;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.ServerRegistry;
import io.bridgehead.broker.presence.ServerRegistryContract;
import io.bridgehead.broker.presence.ServerRow;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HazelcastServerRegistryTest extends ServerRegistryContract {

    private static Members members;
    private static HazelcastServerRegistry here;
    private static HazelcastServerRegistry there;

    @BeforeAll
    static void start() {
        members = Members.of(2, 2);
        here = new HazelcastServerRegistry(members.get(0));
        there = new HazelcastServerRegistry(members.get(1));
    }

    @AfterAll
    static void stop() {
        members.close();
    }

    @Override
    protected ServerRegistry registry() {
        return here;
    }

    @Override
    protected ServerRegistry elsewhere() {
        return there;
    }

    /** Of three nodes this one is alone: what it does not have may be on the others' side. */
    @Test
    void aMinorityTellsOfItsRowsAndNotThatThereIsNone() {
        try (Members alone = Members.of(1, 3)) {
            ServerRegistry registry = new HazelcastServerRegistry(alone.get(0));
            SessionAddress keeper = new SessionAddress(new NodeId("a"), new SessionId(1, 1));
            SessionAddress other = new SessionAddress(new NodeId("b"), new SessionId(2, 2));
            ServerRow row = new ServerRow("t", keeper, Optional.empty(), List.of());
            assertThat(await(registry.open(row))).isTrue();

            assertThat(await(registry.find("t"))).contains(row);
            assertThat(await(registry.takeOver("t", keeper, other))).contains(row.keptBy(other));
            assertThatThrownBy(() -> await(registry.find("elsewhere")))
                    .isInstanceOf(RegistryUnavailable.class)
                    .hasMessageContaining("too few nodes");
            assertThatThrownBy(() -> await(registry.takeOver("elsewhere", keeper, other)))
                    .isInstanceOf(RegistryUnavailable.class);
        }
    }
}
