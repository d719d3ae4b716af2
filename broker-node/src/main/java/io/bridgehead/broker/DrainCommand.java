package io.bridgehead.broker;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code drain}: a node lets go of its users. It stays up, drained, until {@code undrain} or SIGTERM. */
@Command(
        name = "drain",
        description = "Let a node go of its users within node.drain-time; it stays up, drained, until undrain or SIGTERM.",
        mixinStandardHelpOptions = true)
final class DrainCommand implements Callable<Integer> {

    private static final long POLL_MILLIS = 500;

    @Mixin
    private final AdminOptions admin;

    @Parameters(paramLabel = "NODE", arity = "0..1", description = "its name; without it: the node that is asked")
    private String node;

    @ArgGroup
    private Then then;

    @Spec
    private CommandSpec command;

    /** What comes after. */
    private static final class Then {

        @Option(names = "--stop", description = "end the process afterwards; undrain cannot take that back")
        private boolean stop;

        @Option(names = "--wait", description = "return when it is drained; exit code 1 when somebody took that back")
        private boolean wait;
    }

    DrainCommand(Surroundings surroundings) {
        this.admin = new AdminOptions(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        AdminClient client = admin.client();
        String name = NodeList.named(node, client);
        boolean stop = then != null && then.stop;
        JsonObject answer = client.post(NodeList.path(name, "drain") + (stop ? "?stop=true" : ""));
        if (then != null && then.wait) {
            answer = drained(client, name);
        }
        String state = TextTable.printable(answer.getString("state", "draining"));
        command.commandLine().getOut().println(admin.json() ? answer.encode() : name + " is " + state);
        return 0;
    }

    private static JsonObject drained(AdminClient client, String name) throws InterruptedException {
        while (true) {
            JsonObject now = new NodeList(client.get(NodeList.PATH))
                    .find(name)
                    .orElseThrow(() -> new CommandFailed(name + " left the cluster"));
            switch (now.getString("state", "")) {
                case "drained" -> {
                    return now;
                }
                // silence may be short
                case "draining", "stopping", "unreachable" -> TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                default -> throw new CommandFailed(name + " is " + now.getString("state") + " (expected: drained)");
            }
        }
    }
}
