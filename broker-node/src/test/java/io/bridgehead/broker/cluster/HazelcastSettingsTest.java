package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import io.bridgehead.broker.config.ClusterConfig;
import io.bridgehead.broker.config.MutualTlsFiles;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HazelcastSettingsTest {

    /** Else the process refuses what its member waits for, or reads what the member would not. */
    @Test
    void theLaunchersFilterAndTheMembersAreOneList(@TempDir Path directory) throws Exception {
        TreeSet<String> members = new TreeSet<>();
        Arrays.stream(HazelcastSettings.READABLE_PREFIXES).map(prefix -> prefix + "**").forEach(members::add);
        // the JVM judges an array by its elements, the one inside a list too
        members.add("java.lang.Object");
        Arrays.stream(HazelcastSettings.READABLE_CLASSES).filter(name -> !name.startsWith("[")).forEach(members::add);

        List<String> filter = List.of(launchersFilter(directory).split(";"));

        assertThat(filter).startsWith("maxdepth=16").endsWith("!*");
        assertThat(new TreeSet<>(filter.subList(1, filter.size() - 1))).isEqualTo(members);
    }

    private static String launchersFilter(Path directory) throws IOException, InterruptedException {
        Path launcher = Files.createDirectories(directory.resolve("bin")).resolve("bridgehead");
        Files.createDirectories(directory.resolve("lib"));
        Files.copy(Path.of("src/dist/bin/bridgehead"), launcher);
        Path java = launcher.resolveSibling("java");
        Files.writeString(directory.resolve("release"), "JAVA_VERSION=\"25\"\n");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        for (Path script : List.of(launcher, java)) {
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "serve");
        builder.environment().put("JAVA_HOME", directory.toString());
        Process process = builder.start();
        String property = "-Djdk.serialFilter=";
        return new String(process.getInputStream().readAllBytes()).lines()
                .filter(line -> line.startsWith(property))
                .findFirst()
                .orElseThrow()
                .substring(property.length());
    }

    /** Whoever notices the oldest member's end later than its successor must not be dropped for it. */
    @Test
    void aMembersConsentIsAskedForUntilItMustHaveNoticed() {
        Config config = HazelcastSettings.of(
                TestMember.cluster(1, MutualTlsFiles.NONE), new NodeId("a"), new Incarnation(1), List.of());
        int tries = Integer.parseInt(config.getProperty("hazelcast.mastership.claim.timeout.seconds"));
        // Hazelcast's pauses: none before the first five tries again, then doubled from 1 ms on, up to 500
        long millis = IntStream.range(5, tries).mapToLong(n -> Math.min(1L << Math.min(n - 5, 9), 500)).sum();
        assertThat(Duration.ofMillis(millis))
                .isGreaterThan(Duration.ofSeconds(Integer.parseInt(
                        config.getProperty("hazelcast.max.no.heartbeat.seconds"))));
    }

    @Test
    void aCallToAHungMemberIsGivenUpSoonAndTheMemberNoticedSoon() {
        Config config = HazelcastSettings.of(
                TestMember.cluster(1, MutualTlsFiles.NONE), new NodeId("a"), new Incarnation(1), List.of());

        assertThat(config.getProperty("hazelcast.operation.call.timeout.millis")).isEqualTo("5000");
        assertThat(config.getProperty("hazelcast.max.no.heartbeat.seconds")).isEqualTo("8");
        assertThat(config.getProperty("hazelcast.graceful.shutdown.max.wait")).isEqualTo("20");
    }

    /** All that start at once ask each other so long in vain; 5 s are Hazelcast's own for DNS. */
    @Test
    void whoIsTheOldestIsAskedForASecond() {
        ClusterConfig list = TestMember.cluster(1, MutualTlsFiles.NONE);
        ClusterConfig dns = new ClusterConfig(true, list.name(), list.listen(), List.of(), list.eventBus(),
                ClusterConfig.Discovery.DNS, "nodes.example.org", 0, false, list.tls());
        for (ClusterConfig each : List.of(list, dns)) {
            Config config = HazelcastSettings.of(each, new NodeId("a"), new Incarnation(1), List.of());

            assertThat(config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().getConnectionTimeoutSeconds())
                    .as("%s", each.discovery())
                    .isOne();
        }
    }
}
