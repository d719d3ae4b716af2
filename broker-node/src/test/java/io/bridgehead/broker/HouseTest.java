package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the house to its rules, and each rule to a planted violation of it. */
class HouseTest {

    private static final String BROKER = "io.bridgehead.broker";
    private static final String FEDERATION = "io.bridgehead.federation";
    private static final String PLANTED = "io.bridgehead.planted";

    private static JavaClasses house;
    private static JavaClasses plantedHouse;

    @BeforeAll
    static void read() {
        house = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(BROKER, FEDERATION);
        plantedHouse = new ClassFileImporter().importPackages(PLANTED);
    }

    @Test
    void thereIsAHouse() {
        assertThat(house.size()).isGreaterThan(20);
        assertThat(house.contain(BROKER + ".model.AccountId")).isTrue();
        assertThat(house.contain(BROKER + ".HouseTest")).isFalse();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theHouseKeepsTheRule(String name, ArchRule rule) {
        rule.check(house);
    }

    @ParameterizedTest
    @MethodSource("plantedViolations")
    void theRuleSeesThePlantedViolation(String name, ArchRule rule, List<String> culprits) {
        List<String> details = rule.evaluate(plantedHouse).getFailureReport().getDetails();

        for (String culprit : culprits) {
            assertThat(details).as(name).anyMatch(line -> line.contains(PLANTED + "." + culprit));
        }
        assertThat(details)
                .as("only culprits")
                .filteredOn(line -> !name.equals("cycles"))
                .noneMatch(line -> line.matches("\\w+ <[a-z.]+\\.Innocent(?s:.*)"));
    }

    static Stream<Arguments> rules() {
        HouseRules rules = new HouseRules(BROKER);
        return Stream.of(
                Arguments.of("imports go down", rules.importsGoDown()),
                Arguments.of("rooms are apart", rules.roomsAreApart()),
                Arguments.of("sessions and codecs do no I/O", rules.sessionsAndCodecsDoNoIo()),
                Arguments.of("Hazelcast stays in cluster", rules.hazelcastStaysInCluster()),
                Arguments.of("JDBC stays in store", rules.jdbcStaysInStore()),
                Arguments.of("packages have no cycles", rules.packagesHaveNoCycles()),
                Arguments.of("every class is in a listed package", rules.everyClassIsInAListedPackage()),
                Arguments.of("nothing static changes", rules.nothingStaticChanges()),
                Arguments.of("federation knows no broker", rules.federationKnowsNoBroker(FEDERATION)));
    }

    static Stream<Arguments> plantedViolations() {
        HouseRules rules = new HouseRules(PLANTED);
        return Stream.of(
                Arguments.of("up", rules.importsGoDown(), List.of("model.ImportsUp", "account.ImportsSameFloor",
                        "model.ImportsConfig")),
                Arguments.of("rooms", rules.roomsAreApart(), List.of("estim.ImportsRoom")),
                Arguments.of("pure", rules.sessionsAndCodecsDoNoIo(), List.of(
                        "estim.SocketSession", "estim.ClockDecoder", "estim.VertxEncoder", "estim.DiceState",
                        "session.ReadsFile", "session.ReadsNanoTime", "wire.UsesChannel")),
                Arguments.of("hazelcast", rules.hazelcastStaysInCluster(), List.of("bridge.UsesHazelcast")),
                Arguments.of("jdbc", rules.jdbcStaysInStore(), List.of("bridge.UsesJdbc")),
                Arguments.of("cycles", rules.packagesHaveNoCycles(),
                        List.of("model.ImportsUp", "account.ImportsSameFloor", "usage.ImportsBack")),
                Arguments.of("listed", rules.everyClassIsInAListedPackage(),
                        List.of("helpers.Unlisted", "estim.deep.NotFlat")),
                Arguments.of("static", rules.nothingStaticChanges(), List.of("model.ChangesStatic")),
                Arguments.of("federation", rules.federationKnowsNoBroker(PLANTED + ".federation"),
                        List.of("federation.KnowsBroker")));
    }
}
