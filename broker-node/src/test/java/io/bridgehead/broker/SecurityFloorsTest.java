package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bridgehead.broker.SecurityFloors.Component;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing known to be vulnerable is shipped, but what is written down with a reason. */
class SecurityFloorsTest {

    private static final Path BOM = Path.of("target/bom.json");
    private static final Path SECURITY = Path.of("src/security");

    private final SecurityFloors floors = floors();

    @Test
    void nothingOnTheClassPathIsBelowItsFloor() {
        List<Component> components = SecurityFloors.componentsOf(System.getProperty("java.class.path"));

        assertThat(components).extracting(Component::name).contains("vertx-core", "netty-buffer", "snakeyaml");
        assertThat(floors.breaches(components)).isEmpty();
    }

    @Test
    void nothingInTheSbomIsBelowItsFloor() throws IOException {
        assumeTrue(Files.exists(BOM), BOM + " is made by mvn process-classes, but not with mvn -o");
        List<Component> components = SecurityFloors.componentsOf(BOM);

        assertThat(components).extracting(Component::name).contains("vertx-core", "netty-buffer", "snakeyaml");
        assertThat(floors.breaches(components)).isEmpty();
    }

    @Test
    void whatIsPlantedIsSeen() throws IOException {
        List<Component> planted = SecurityFloors.componentsOf(Path.of("src/test/resources/security/planted-bom.json"));

        assertThat(floors.breaches(planted)).satisfiesExactly(
                line -> assertThat(line).startsWith("log4j-core 2.14.1: banned: CVE-2021-44228"),
                line -> assertThat(line).startsWith("commons-logging 1.3.5: banned"),
                line -> assertThat(line).startsWith("h2 2.3.232: banned"),
                line -> assertThat(line).startsWith("netty-handler 4.2.17.Final: expected 4.2.18.Final or newer"),
                line -> assertThat(line).startsWith("vertx-core 5.0.9: expected 5.0.12 or newer"),
                line -> assertThat(line).startsWith("hazelcast 5.7.0-BETA-1: expected 5.7.0 or newer"));
    }

    @Test
    void aComponentWithAFloorOfItsOwnIsHeldToThatOne() {
        assertThat(floors.breaches(List.of(
                        new Component("io.netty", "netty-tcnative-classes", "2.0.84.Final"),
                        new Component("io.netty", "netty-tcnative-classes", "2.0.83.Final"),
                        new Component("io.netty", "netty-common", "2.0.84.Final"))))
                .satisfiesExactly(
                        old -> assertThat(old).startsWith("netty-tcnative-classes 2.0.83.Final: expected 2.0.84.Final"),
                        group -> assertThat(group).startsWith("netty-common 2.0.84.Final: expected 4.2.18.Final"));
    }

    @Test
    void aPlantedJarOnTheClassPathIsSeen() {
        String classPath = "/home/a/.m2/repository/org/apache/logging/log4j/log4j-core/2.14.1/log4j-core-2.14.1.jar"
                + ":/x/io/netty/netty-buffer/4.2.12.Final/netty-buffer-4.2.12.Final.jar:/x/classes";

        assertThat(floors.breaches(SecurityFloors.componentsOf(classPath))).hasSize(2);
    }

    @Test
    void everyAcceptedVulnerabilityHasAReasonAndIsStillShipped() throws IOException {
        List<Component> shipped = SecurityFloors.componentsOf(System.getProperty("java.class.path"));
        List<String> names = shipped.stream().map(each -> each.name() + "@" + each.version()).toList();

        assertThat(accepted()).isNotEmpty().allSatisfy(entry -> {
            assertThat(entry.getString("id")).matches("CVE-\\d{4}-\\d{4,}");
            JsonObject analysis = entry.getJsonObject("analysis");
            assertThat(analysis.getString("state")).isEqualTo("not_affected");
            assertThat(analysis.getString("justification")).isIn(
                    "code_not_present", "code_not_reachable", "requires_configuration", "requires_dependency",
                    "requires_environment", "protected_by_compiler", "protected_at_runtime", "protected_at_perimeter",
                    "protected_by_mitigating_control");
            assertThat(analysis.getString("detail")).hasSizeGreaterThan(40);
            SecurityFloors.objects(entry.getJsonArray("affects")).forEach(affected -> {
                String component = affected.getString("ref").replaceAll("^pkg:maven/[^/]+/|\\?.*$", "");
                assertThat(names).as("raise or strike out %s", entry.getString("id")).contains(component);
            });
        });
    }

    @Test
    void whatIsSuppressedIsWhatIsAccepted() throws IOException {
        String suppressions = Files.readString(SECURITY.resolve("suppressions.xml"));

        assertThat(Pattern.compile("<cve>([^<]+)</cve>").matcher(suppressions).results().map(found -> found.group(1)))
                .containsExactlyElementsOf(accepted().stream().map(entry -> entry.getString("id")).toList());
    }

    @Test
    void theReasonsStillHold() throws IOException {
        assertThat(filesUnder("src/main/java")).isNotEmpty()
                .noneMatch(source -> read(source).contains("ChainAuthHandler"));
        assertThat(filesUnder("src/main/resources")).isNotEmpty()
                .noneMatch(resource -> read(resource).contains("uniqueItems"));
    }

    private static List<JsonObject> accepted() throws IOException {
        JsonObject vex = new JsonObject(Files.readString(SECURITY.resolve("accepted.json")));
        return SecurityFloors.objects(vex.getJsonArray("vulnerabilities")).toList();
    }

    private static List<Path> filesUnder(String directory) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(directory))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static SecurityFloors floors() {
        try {
            return SecurityFloors.read(SECURITY.resolve("floors.json"));
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
