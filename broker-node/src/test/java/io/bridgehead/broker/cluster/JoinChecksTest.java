package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bridgehead.broker.config.ClusterConfig;
import io.bridgehead.broker.config.ClusterConfig.Discovery;
import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.MutualTlsFiles;
import io.bridgehead.broker.model.NodeId;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinChecksTest {

    private static final Endpoint LOOPBACK = new Endpoint("127.0.0.1", 5701);
    private static final Endpoint ROUTABLE = new Endpoint("192.0.2.7", 5701);

    @TempDir
    Path directory;

    @Test
    void loopbackWithoutCertificatesIsFine() {
        assertThatCode(() -> check(LOOPBACK, LOOPBACK, false, MutualTlsFiles.NONE, LOOPBACK))
                .doesNotThrowAnyException();
    }

    @Test
    void aRoutableAddressWithoutCertificatesIsRefused() {
        assertRefused("cluster.listen: 192.0.2.7:5701 (expected: a loopback address, or cluster.tls.cert",
                ROUTABLE, LOOPBACK, false, MutualTlsFiles.NONE);
        assertRefused("cluster.event-bus: 192.0.2.7:5701 (expected: a loopback address, or cluster.tls.cert",
                LOOPBACK, ROUTABLE, false, MutualTlsFiles.NONE);
    }

    @Test
    void aRoutableAddressIsFineWithCertificatesOrInsecure() {
        MutualTlsFiles files = TestMember.certificates(directory, "a");

        assertThatCode(() -> check(ROUTABLE, ROUTABLE, false, files)).doesNotThrowAnyException();
        assertThatCode(() -> check(ROUTABLE, ROUTABLE, true, MutualTlsFiles.NONE)).doesNotThrowAnyException();
    }

    @Test
    void loopbackIsRefusedWhenMembersAreRemote() {
        assertRefused("cluster.listen: 127.0.0.1:5701 (expected: no loopback address, because cluster.members has 192.0",
                LOOPBACK, ROUTABLE, true, MutualTlsFiles.NONE, ROUTABLE);
        assertRefused("cluster.event-bus: 127.0.0.1:5701 (expected: no loopback address, because cluster.members has",
                ROUTABLE, LOOPBACK, true, MutualTlsFiles.NONE, ROUTABLE);
        assertThatThrownBy(() -> JoinChecks.beforeTheJoin(new ClusterConfig(
                        true, "x", List.of(LOOPBACK), List.of(), List.of(LOOPBACK), Discovery.DNS,
                        "nodes.example.org", 0, false, MutualTlsFiles.NONE)))
                .hasMessageContaining("because the members are those of nodes.example.org");
    }

    @Test
    void addressesThatOthersCannotUseAreRefused() {
        assertRefused("cluster.listen: 0.0.0.0:5701 (expected: the one address at which the other nodes reach",
                new Endpoint("0.0.0.0", 5701), LOOPBACK, true, MutualTlsFiles.NONE);
        assertRefused("cluster.listen: 127.0.0.1:0 (expected: a port that the other nodes know)",
                new Endpoint("127.0.0.1", 0), LOOPBACK, true, MutualTlsFiles.NONE);
    }

    @Test
    void aFileThatIsMissingIsNamed() {
        MutualTlsFiles files = TestMember.certificates(directory, "a");

        assertRefused("cluster.tls.ca: empty (expected: a readable PEM file", LOOPBACK, LOOPBACK, false,
                new MutualTlsFiles(files.cert(), files.key(), Path.of("")));
        assertRefused("cluster.tls.key: nowhere.pem (expected: a readable PEM file", LOOPBACK, LOOPBACK, false,
                new MutualTlsFiles(files.cert(), Path.of("nowhere.pem"), files.ca()));
    }

    @Test
    void sqliteIsRefusedWithAMemberOnAnotherMachine() throws Exception {
        List<InetAddress> here = List.of(InetAddress.getByName("127.0.0.1"));
        List<InetAddress> there = List.of(here.get(0), InetAddress.getByName("192.0.2.7"));

        assertThatThrownBy(() -> JoinChecks.sharedStore("jdbc:sqlite:data/x.db", there))
                .isInstanceOf(ClusterRefused.class)
                .hasMessage("store.url: jdbc:sqlite:data/x.db (expected: jdbc:postgresql:..., because the member "
                        + "192.0.2.7 is on another machine, where this file is not)");
        assertThatCode(() -> JoinChecks.sharedStore("jdbc:sqlite:data/x.db", here)).doesNotThrowAnyException();
        assertThatCode(() -> JoinChecks.sharedStore("jdbc:postgresql://db/x", there)).doesNotThrowAnyException();
    }

    @Test
    void theYoungerOfTwoOfOneNameIsRefused() {
        NodeId a = new NodeId("a");

        assertThatThrownBy(() -> JoinChecks.uniqueName(a, List.of(new NodeId("b"), a)))
                .isInstanceOf(ClusterRefused.class);
        assertThatCode(() -> JoinChecks.uniqueName(a, List.of(new NodeId("b")))).doesNotThrowAnyException();
    }

    @Test
    void theMemberHasNoDoorForOthersThanMembers() {
        var config = HazelcastSettings.of(
                TestMember.cluster(5701, MutualTlsFiles.NONE), new NodeId("a"),
                new io.bridgehead.broker.model.Incarnation(1), List.of());

        assertThat(config.getAdvancedNetworkConfig().isEnabled()).isTrue();
        assertThat(config.getAdvancedNetworkConfig().getEndpointConfigs()).hasSize(1);
        assertThat(config.getAdvancedNetworkConfig().getJoin().getMulticastConfig().isEnabled()).isFalse();
        assertThat(config.getAdvancedNetworkConfig().getJoin().isAutoDetectionEnabled()).isFalse();
        assertThat(config.getJetConfig().isEnabled()).isFalse();
    }

    private static void assertRefused(
            String message, Endpoint listen, Endpoint bus, boolean insecure, MutualTlsFiles tls, Endpoint... members) {
        assertThatThrownBy(() -> check(listen, bus, insecure, tls, members))
                .isInstanceOf(ClusterRefused.class)
                .hasMessageStartingWith(message);
    }

    private static void check(
            Endpoint listen, Endpoint bus, boolean insecure, MutualTlsFiles tls, Endpoint... members) {
        JoinChecks.beforeTheJoin(new ClusterConfig(true, "x", List.of(listen), List.of(members), List.of(bus),
                Discovery.MEMBERS, "", 0, insecure, tls));
    }
}
