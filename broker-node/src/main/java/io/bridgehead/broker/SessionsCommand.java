package io.bridgehead.broker;

import static io.bridgehead.broker.AdminClient.encoded;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sessions}: who is connected. */
@Command(name = "sessions", description = "Who is connected to the cluster.", mixinStandardHelpOptions = true)
final class SessionsCommand implements Callable<Integer> {

    @Mixin
    private final AdminOptions admin;

    @Option(names = "--account", paramLabel = "ID", description = "only sessions of this account")
    private String account;

    @Option(names = "--node", paramLabel = "NAME", description = "only sessions on this node")
    private String node;

    @Spec
    private CommandSpec command;

    SessionsCommand(Surroundings surroundings) {
        this.admin = new AdminOptions(surroundings);
    }

    @Override
    public Integer call() {
        List<String> filters = new ArrayList<>();
        if (account != null) {
            filters.add("account=" + encoded(account));
        }
        if (node != null) {
            filters.add("node=" + encoded(node));
        }
        String query = filters.isEmpty() ? "" : "?" + String.join("&", filters);
        JsonObject answer = admin.client().get("/v1/sessions" + query);
        command.commandLine().getOut().println(admin.json() ? answer.encode() : table(answer));
        return 0;
    }

    private static String table(JsonObject answer) {
        TextTable table = new TextTable(
                "SESSION", "ACCOUNT", "STATE", "PARTNER", "PROTOCOL", "ADDRESS", "NODE", "SINCE");
        for (Object each : answer.getJsonArray("sessions", new JsonArray())) {
            JsonObject session = (JsonObject) each;
            table.row(
                    session.getString("id", ""),
                    session.getString("account", "-"),
                    session.getString("state", ""),
                    session.getString("partner", "-"),
                    session.getString("protocol", ""),
                    session.getString("remoteAddress", ""),
                    session.getString("node", ""),
                    session.getString("connectedAt", ""));
        }
        return table.toString().stripTrailing();
    }
}
