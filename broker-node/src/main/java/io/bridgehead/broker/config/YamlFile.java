package io.bridgehead.broker.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A YAML file as dotted keys with the text that stands there: {@code 0.2} stays {@code 0.2}. No tag makes an object.
 *
 * @param values text by key; a list is its items with commas between
 * @param lines line by key, from 1
 * @param problems what could not be understood
 */
record YamlFile(String name, Map<String, String> values, Map<String, Integer> lines, List<ConfigProblem> problems) {

    /** Our deepest key has three levels; more is a mistake, or an alias that contains itself. */
    private static final int MAX_DEPTH = 6;

    /** Reads the file; what is wrong with it is in {@link #problems}. */
    static YamlFile read(Path path) {
        YamlFile file = new YamlFile(path.toString(), new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
        try {
            LoaderOptions options = new LoaderOptions();
            options.setProcessComments(false);
            Node root = new Yaml(new SafeConstructor(options)).compose(new StringReader(Files.readString(path)));
            if (root instanceof MappingNode mapping) {
                file.flatten("", mapping, 0);
            } else if (root != null && !isEmpty(root)) {
                file.problem(root, "is no mapping (expected: lines like \"estim:\" and \"  listen: …\")");
            }
        } catch (MarkedYAMLException broken) {
            int line = broken.getProblemMark() == null ? 0 : broken.getProblemMark().getLine() + 1;
            file.problems.add(new ConfigProblem.BadFile(file.name, line, "not YAML: " + broken.getProblem()));
        } catch (YAMLException broken) {
            file.problems.add(new ConfigProblem.BadFile(file.name, 0, "not YAML: " + broken.getMessage()));
        } catch (NoSuchFileException missing) {
            file.problems.add(new ConfigProblem.BadFile(file.name, 0, "no such file"));
        } catch (CharacterCodingException binary) {
            file.problems.add(new ConfigProblem.BadFile(file.name, 0, "not UTF-8 text"));
        } catch (IOException unreadable) {
            file.problems.add(new ConfigProblem.BadFile(file.name, 0, "cannot be read: " + unreadable));
        }
        return file;
    }

    /** Where a key's value stands, for a message. */
    String origin(String key) {
        return name + " line " + lines.getOrDefault(key, 0);
    }

    private void flatten(String prefix, MappingNode mapping, int depth) {
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode name) || depth >= MAX_DEPTH) {
                problem(entry.getKeyNode(), "is no key of this configuration");
                continue;
            }
            String key = prefix + name.getValue();
            switch (entry.getValueNode()) {
                case MappingNode section -> flatten(key + ".", section, depth + 1);
                case SequenceNode list -> put(key, name, items(list));
                case ScalarNode scalar -> put(key, name, isEmpty(scalar) ? "" : scalar.getValue());
                default -> problem(name, key + " has neither a value nor keys");
            }
        }
    }

    private void put(String key, Node at, String text) {
        int line = at.getStartMark().getLine() + 1;
        Integer earlier = lines.putIfAbsent(key, line);
        if (earlier != null) {
            problem(at, key + " is set twice, first in line " + earlier);
        }
        values.put(key, text);
    }

    private String items(SequenceNode list) {
        return list.getValue().stream()
                .map(item -> {
                    if (item instanceof ScalarNode scalar) {
                        return scalar.getValue();
                    }
                    problem(item, "an item of a list must be plain text");
                    return "";
                })
                .collect(Collectors.joining(","));
    }

    private void problem(Node at, String reason) {
        problems.add(new ConfigProblem.BadFile(name, at.getStartMark().getLine() + 1, reason));
    }

    private static boolean isEmpty(Node node) {
        return node instanceof ScalarNode && node.getTag().equals(Tag.NULL);
    }
}
