package io.bridgehead.broker;

import static io.bridgehead.broker.AdminClient.encoded;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kick}: ends one session; its account may come back. */
@Command(
        name = "kick",
        description = "End one session; its account may connect again.",
        mixinStandardHelpOptions = true)
final class KickCommand implements Callable<Integer> {

    @Mixin
    private final AdminOptions admin;

    @Parameters(paramLabel = "SESSION", description = "its id, as sessions shows it")
    private String session;

    @Spec
    private CommandSpec command;

    KickCommand(Surroundings surroundings) {
        this.admin = new AdminOptions(surroundings);
    }

    @Override
    public Integer call() {
        JsonObject answer = admin.client().delete("/v1/sessions/" + encoded(session));
        command.commandLine().getOut().println(admin.json() ? answer.encode() : "kicked " + session);
        return 0;
    }
}
