package io.bridgehead.broker;

import static io.bridgehead.broker.AdminClient.encoded;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
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
        JsonArray sessions = new JsonArray();
        TreeSet<String> missing = new TreeSet<>();
        AdminClient client = admin.client();
        String next = null;
        do {
            JsonObject page = client.get("/v1/sessions" + query(next));
            sessions.addAll(page.getJsonArray("sessions", new JsonArray()));
            page.getJsonArray("missing", new JsonArray()).forEach(name -> missing.add(name.toString()));
            next = page.getString("next");
        } while (next != null);
        PrintWriter out = command.commandLine().getOut();
        if (admin.json()) {
            out.println(new JsonObject()
                    .put("sessions", sessions)
                    .put("missing", new JsonArray(List.copyOf(missing)))
                    .encode());
        } else {
            out.println(table(sessions));
        }
        missing.forEach(name -> command.commandLine()
                .getErr()
                .println("node " + name + " does not answer: its sessions are not in the list"));
        return 0;
    }

    private String query(String cursor) {
        List<String> parts = new ArrayList<>();
        add(parts, "account", account);
        add(parts, "node", node);
        add(parts, "cursor", cursor);
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    private static void add(List<String> parts, String name, String value) {
        if (value != null) {
            parts.add(name + "=" + encoded(value));
        }
    }

    private static String table(JsonArray sessions) {
        TextTable table = new TextTable(
                "SESSION", "ACCOUNT", "STATE", "PARTNER", "PROTOCOL", "ADDRESS", "NODE", "SINCE");
        for (Object each : sessions) {
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
