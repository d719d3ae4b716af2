package io.bridgehead.broker.cluster;

import static io.bridgehead.broker.account.Awaited.await;
import static io.bridgehead.broker.presence.Rows.account;
import static io.bridgehead.broker.presence.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.CompactSerializationConfig;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.bridgehead.broker.FreePorts;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.presence.Presence;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MixedVersionsTest {

    /** A later version's row: one field more. */
    private static final CompactForm<Presence> LATER = new CompactForm<>(
            RowForms.PRESENCE.typeName(),
            Presence.class,
            (out, row) -> {
                RowForms.PRESENCE.write(out, row);
                out.writeString("client", "bridgehead-line/2");
            },
            RowForms.PRESENCE::read);

    @Test
    void aRowWithAFieldMoreIsReadFoundAndDroppedByAnOlderNode() {
        List<Integer> ports = FreePorts.of(2);
        String name = Members.newName();
        try (Members members = new Members()) {
            HazelcastPresenceRegistry older = new HazelcastPresenceRegistry(
                    members.start(name, ports.get(0), ports, config -> RegistryMaps.addTo(config, 0)));
            HazelcastInstance laterNode = members.start(name, ports.get(1), ports, MixedVersionsTest::later);
            members.settle();
            HazelcastPresenceRegistry later = new HazelcastPresenceRegistry(laterNode);
            for (int n = 0; n < 40; n++) {
                await(later.claim(row("later" + n, 1, n, 0)));
                await(older.claim(row("older" + n, 2, n, 0)));
            }
            assertThat(await(older.list())).hasSize(80).contains(row("later7", 1, 7, 0));
            assertThat(await(later.list())).hasSize(80).contains(row("older7", 2, 7, 0));
            assertThat(await(older.claim(row("later1", 2, 100, 1)))).contains(row("later1", 1, 1, 0));
            assertThat(await(later.claim(row("older1", 1, 100, 1)))).contains(row("older1", 2, 1, 0));
            assertThat(await(older.dropRowsOf(new NodeId("n1"), new Incarnation(1)))).isEqualTo(40);
            assertThat(await(later.find(account("later2")))).isEmpty();
        }
    }

    private static void later(Config config) {
        Config present = new Config();
        RegistryMaps.addTo(present, 0);
        config.addMapConfig(present.getMapConfig(RegistryMaps.USERS));
        CompactSerializationConfig forms = config.getSerializationConfig().getCompactSerializationConfig();
        forms.addSerializer(LATER).addSerializer(NewestPresence.FORM).addSerializer(Rehearsal.FORM);
        PresenceSteps.FORMS.forEach(forms::addSerializer);
    }
}
