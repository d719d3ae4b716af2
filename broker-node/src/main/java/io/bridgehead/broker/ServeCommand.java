package io.bridgehead.broker;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code serve}: runs the node until it is told to stop. */
@Command(name = ServeCommand.NAME, description = "Run a node until SIGTERM.", mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

    static final String NAME = "serve";

    private final NodeRunner node;

    @Mixin
    private final ConfigOptions config;

    ServeCommand(NodeRunner node, Surroundings surroundings) {
        this.node = node;
        this.config = new ConfigOptions(surroundings);
    }

    @Override
    public Integer call() {
        return node.run(List.of(config.loader().load()), NodeRunner.Mode.SERVE);
    }
}
