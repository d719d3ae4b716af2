package io.bridgehead.broker;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Versions below which a component must not be shipped, and components that must not be shipped at all. */
record SecurityFloors(JsonArray floors, JsonArray banned) {

    /** What is shipped. A group read from a path has the local repository's path in front. */
    record Component(String group, String name, String version) {

        private boolean matches(String pattern) {
            String patternGroup = pattern.substring(0, pattern.indexOf(':'));
            String patternName = pattern.substring(pattern.indexOf(':') + 1);
            return (group.equals(patternGroup) || group.endsWith("." + patternGroup))
                    && (patternName.equals("*") || patternName.equals(name));
        }
    }

    static SecurityFloors read(Path file) throws IOException {
        JsonObject json = new JsonObject(Files.readString(file));
        return new SecurityFloors(json.getJsonArray("floors"), json.getJsonArray("banned"));
    }

    /** The components of a CycloneDX document. */
    static List<Component> componentsOf(Path bom) throws IOException {
        return objects(new JsonObject(Files.readString(bom)).getJsonArray("components"))
                .map(each -> new Component(
                        each.getString("group", ""), each.getString("name"), each.getString("version")))
                .toList();
    }

    /** The jars of a class path, which lie in a Maven repository: group/name/version/file. */
    static List<Component> componentsOf(String classPath) {
        return Stream.of(classPath.split(":"))
                .filter(entry -> entry.endsWith(".jar"))
                .map(Path::of)
                .filter(jar -> jar.getNameCount() > 4)
                .map(jar -> new Component(
                        jar.subpath(0, jar.getNameCount() - 3).toString().replace('/', '.'),
                        jar.getName(jar.getNameCount() - 3).toString(),
                        jar.getName(jar.getNameCount() - 2).toString()))
                .toList();
    }

    /** One line for each component that is banned or too old. */
    List<String> breaches(List<Component> components) {
        List<String> lines = new ArrayList<>();
        for (Component component : components) {
            String what = component.name() + " " + component.version();
            objects(banned)
                    .filter(rule -> component.matches(rule.getString("component")))
                    .findFirst()
                    .ifPresent(rule -> lines.add(what + ": banned: " + rule.getString("reason")));
            floorsOf(component)
                    .filter(rule -> isBelow(component.version(), rule.getString("version")))
                    .forEach(rule -> lines.add(what + ": expected " + rule.getString("version") + " or newer: "
                            + rule.getJsonArray("cves") + " " + rule.getString("reason")));
        }
        return lines;
    }

    /** A component with a floor of its own is not held to its group's. */
    private Stream<JsonObject> floorsOf(Component component) {
        List<JsonObject> matching = objects(floors)
                .filter(rule -> component.matches(rule.getString("component")))
                .toList();
        List<JsonObject> own = matching.stream()
                .filter(rule -> !rule.getString("component").endsWith(":*"))
                .toList();
        return (own.isEmpty() ? matching : own).stream();
    }

    static Stream<JsonObject> objects(JsonArray array) {
        return array.stream().map(JsonObject.class::cast);
    }

    private static boolean isBelow(String version, String floor) {
        List<Long> own = numbers(version);
        List<Long> least = numbers(floor);
        for (int at = 0; at < Math.max(own.size(), least.size()); at++) {
            long difference = numberAt(own, at) - numberAt(least, at);
            if (difference != 0) {
                return difference < 0;
            }
        }
        // 5.7.0-BETA-1 comes before 5.7.0
        return version.matches("(?i).*[.-](alpha|beta|cr|m|rc|snapshot)[.-]?\\d*");
    }

    /** The leading numbers: 4, 2, 18 of 4.2.18.Final. */
    private static List<Long> numbers(String version) {
        return Stream.of(version.split("[.-]"))
                .takeWhile(part -> part.matches("\\d{1,18}"))
                .map(Long::valueOf)
                .toList();
    }

    private static long numberAt(List<Long> numbers, int at) {
        return at < numbers.size() ? numbers.get(at) : 0;
    }
}
