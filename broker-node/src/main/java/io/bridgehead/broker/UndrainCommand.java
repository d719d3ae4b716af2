package io.bridgehead.broker;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code undrain}: takes a drain back, at any point of it. */
@Command(
        name = "undrain",
        description = "Let a node take users again; those it has not asked to move stay.",
        mixinStandardHelpOptions = true)
final class UndrainCommand implements Callable<Integer> {

    @Mixin
    private final AdminOptions admin;

    @Parameters(paramLabel = "NODE", arity = "0..1", description = "its name; without it: the node that is asked")
    private String node;

    @Spec
    private CommandSpec command;

    UndrainCommand(Surroundings surroundings) {
        this.admin = new AdminOptions(surroundings);
    }

    @Override
    public Integer call() {
        AdminClient client = admin.client();
        String name = NodeList.named(node, client);
        JsonObject answer = client.post(NodeList.path(name, "undrain"));
        String state = TextTable.printable(answer.getString("state", "ready"));
        command.commandLine().getOut().println(admin.json() ? answer.encode() : name + " is " + state);
        return 0;
    }
}
