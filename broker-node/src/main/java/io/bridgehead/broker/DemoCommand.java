package io.bridgehead.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code demo}: a node on this machine alone, with a store that is gone afterwards. */
@Command(
        name = "demo",
        description = "Try it out: a node on the loopback address with two accounts. Nothing is kept.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    private final NodeRunner node;

    @Mixin
    private final ConfigOptions config;

    DemoCommand(NodeRunner node, Surroundings surroundings) {
        this.node = node;
        this.config = new ConfigOptions(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        Path directory = Files.createTempDirectory("bridgehead-demo");
        try {
            return node.run(config.loaderOver(inside(directory)).load(), NodeRunner.Mode.DEMO);
        } finally {
            delete(directory);
        }
    }

    /** What a demo has in place of the defaults; the user's own {@code --set} goes above. */
    private static List<String> inside(Path directory) {
        return List.of(
                "node.data-dir=" + directory,
                "node.drain-time=1s",
                "store.url=jdbc:sqlite:" + directory.resolve("bridgehead.db"),
                "admin.token-file=" + directory.resolve("admin.token"),
                "estim.listen=127.0.0.1:37846",
                "estim.websocket=127.0.0.1:37847");
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException broken) {
            throw broken.getCause();
        }
    }
}
