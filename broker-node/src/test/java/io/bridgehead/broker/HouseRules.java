package io.bridgehead.broker;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rules of the house under one root package, so that they can be shown to fail on a planted house. */
final class HouseRules {

    /**
     * Packages by floor, from the ground up; the empty name is the root package. The host agent is no room: it dials
     * one, from another machine, and may know none.
     */
    private static final List<List<String>> FLOORS = List.of(
            List.of("model", "config"),
            List.of("session", "wire", "metrics"),
            List.of("presence", "account", "usage", "bus"),
            List.of("bridge"),
            List.of("listener", "cluster", "store", "peering"),
            List.of("estim", "signalling", "relay", "rendezvous", "bester", "admin", "bench", "hostagent"),
            List.of(""));

    private static final Set<String> ROOMS = Set.of("estim", "signalling", "relay", "rendezvous", "bester");

    private static final Set<String> CLOCKS_AND_DICE = Set.of(
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.lang.Math.random",
            "java.lang.Thread.sleep",
            "java.util.UUID.randomUUID");

    private final String root;

    HouseRules(String root) {
        this.root = root;
    }

    ArchRule importsGoDown() {
        return classes().that().resideInAPackage(root + "..").should(onlyImportLowerFloors());
    }

    ArchRule roomsAreApart() {
        return classes()
                .that(describe("are in a room", type -> ROOMS.contains(packageOf(type).orElse("?"))))
                .should(notImport("another room", (from, to) -> packageOf(to).filter(ROOMS::contains).isPresent()
                        && !packageOf(to).equals(packageOf(from))))
                .allowEmptyShould(true);
    }

    ArchRule sessionsAndCodecsDoNoIo() {
        return classes()
                .that(describe("are sessions or codecs", this::isPure))
                .should(notImport("I/O, clocks or dice", (from, to) -> isIo(to)))
                .andShould(new ArchCondition<JavaClass>("not read clocks or throw dice") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        type.getAccessesFromSelf().stream().filter(HouseRules::isClockOrDice).forEach(access ->
                                events.add(SimpleConditionEvent.violated(access, access.getDescription())));
                    }
                });
    }

    ArchRule hazelcastStaysInCluster() {
        return noClasses()
                .that().resideInAPackage(root + "..").and().resideOutsideOfPackage(root + ".cluster")
                .should().dependOnClassesThat().resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster..");
    }

    ArchRule jdbcStaysInStore() {
        return noClasses()
                .that().resideInAPackage(root + "..").and().resideOutsideOfPackage(root + ".store")
                .should().dependOnClassesThat().resideInAnyPackage(
                        "java.sql..", "javax.sql..", "org.jdbi..", "com.zaxxer.hikari..", "org.flywaydb..",
                        "org.sqlite..", "org.postgresql..");
    }

    ArchRule packagesHaveNoCycles() {
        // not slices().beFreeOfCycles(): of two separate cycles in the planted house it told only one
        return classes().that().resideInAPackage(root + "..").should(new ArchCondition<>("not close a cycle") {

            private final Map<String, Set<String>> imports = new HashMap<>();

            @Override
            public void init(Collection<JavaClass> all) {
                for (JavaClass type : all) {
                    imports.computeIfAbsent(type.getPackageName(), name -> new HashSet<>())
                            .addAll(type.getDirectDependenciesFromSelf().stream()
                                    .map(dependency -> dependency.getTargetClass().getPackageName())
                                    .toList());
                }
            }

            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    String target = dependency.getTargetClass().getPackageName();
                    if (!target.equals(type.getPackageName()) && reaches(target, type.getPackageName())) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }

            private boolean reaches(String from, String goal) {
                Set<String> seen = new HashSet<>();
                Deque<String> open = new ArrayDeque<>(List.of(from));
                while (!open.isEmpty()) {
                    String next = open.remove();
                    if (seen.add(next)) {
                        open.addAll(imports.getOrDefault(next, Set.of()));
                    }
                }
                return seen.contains(goal);
            }
        });
    }

    ArchRule everyClassIsInAListedPackage() {
        return classes().that().resideInAPackage(root + "..").should(
                new ArchCondition<JavaClass>("be in a package of the house") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        if (floorOf(type).isEmpty()) {
                            events.add(SimpleConditionEvent.violated(
                                    type, type.getName() + " is in no listed package"));
                        }
                    }
                });
    }

    ArchRule nothingStaticChanges() {
        return fields()
                .that().areDeclaredInClassesThat().resideInAPackage(root + "..").and().areStatic()
                .should().beFinal();
    }

    /** @param federation root package of the module that knows no room and no Hazelcast */
    ArchRule federationKnowsNoBroker(String federation) {
        return noClasses()
                .that().resideInAPackage(federation + "..")
                .should().dependOnClassesThat(describe("are the broker's or Hazelcast's", target ->
                        target.getPackageName().startsWith("com.hazelcast")
                                || isBelow(root, target) && !isBelow(federation, target)))
                .allowEmptyShould(true);
    }

    private ArchCondition<JavaClass> onlyImportLowerFloors() {
        return notImport("a floor that is not below", (from, to) -> {
            Optional<Integer> own = floorOf(from);
            Optional<Integer> other = floorOf(to);
            boolean samePackage = packageOf(from).equals(packageOf(to));
            boolean configOnModel = packageOf(from).equals(Optional.of("config"))
                    && packageOf(to).equals(Optional.of("model"));
            return own.isPresent() && other.isPresent() && !samePackage && !configOnModel && other.get() >= own.get();
        });
    }

    private interface Forbidden {
        boolean test(JavaClass from, JavaClass to);
    }

    private static ArchCondition<JavaClass> notImport(String what, Forbidden forbidden) {
        return new ArchCondition<>("not import " + what) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    if (forbidden.test(type, dependency.getTargetClass())) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private boolean isPure(JavaClass type) {
        String home = packageOf(type).orElse("?");
        String name = outermost(type).getSimpleName();
        return home.equals("session")
                || home.equals("wire")
                || (ROOMS.contains(home) || home.equals("hostagent")) && name.matches(".*(Session|Decoder|Encoder|State|Command|Reply)");
    }

    private static boolean isIo(JavaClass type) {
        String in = type.getPackageName();
        return in.equals("java.io") && !type.getSimpleName().equals("Serializable")
                || List.of("java.net", "java.nio.channels", "java.nio.file", "java.sql", "javax.sql", "javax.net",
                                "io.vertx", "com.hazelcast")
                        .stream().anyMatch(name -> in.equals(name) || in.startsWith(name + "."))
                || in.startsWith("io.netty.")
                        && !in.startsWith("io.netty.buffer")
                        && !in.startsWith("io.netty.util")
                || Set.of("java.util.Random", "java.security.SecureRandom", "java.time.Clock",
                                "java.util.concurrent.ThreadLocalRandom")
                        .contains(type.getName());
    }

    private static boolean isClockOrDice(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        return CLOCKS_AND_DICE.contains(owner + "." + access.getName())
                || owner.startsWith("java.time.") && access.getName().equals("now");
    }

    private Optional<Integer> floorOf(JavaClass type) {
        Map<String, Integer> floors = new HashMap<>();
        for (int floor = 0; floor < FLOORS.size(); floor++) {
            int number = floor;
            FLOORS.get(floor).forEach(name -> floors.put(name, number));
        }
        return packageOf(type).map(floors::get);
    }

    /** The package's name below the root; the root's own is empty; none for a class outside. */
    private Optional<String> packageOf(JavaClass type) {
        if (!isBelow(root, type)) {
            return Optional.empty();
        }
        String name = type.getPackageName().substring(root.length());
        return Optional.of(name.isEmpty() ? "" : name.substring(1));
    }

    private static boolean isBelow(String parent, JavaClass type) {
        return type.getPackageName().equals(parent) || type.getPackageName().startsWith(parent + ".");
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(HouseRules::outermost).orElse(type);
    }
}
