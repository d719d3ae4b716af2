package io.bridgehead.broker;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code status}: the nodes of the cluster, as one of them sees the others. */
@Command(
        name = "status",
        description = "The nodes of the cluster; * is the one that was asked.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

    @Mixin
    private final AdminOptions admin;

    @Spec
    private CommandSpec command;

    StatusCommand(Surroundings surroundings) {
        this.admin = new AdminOptions(surroundings);
    }

    @Override
    public Integer call() {
        JsonObject answer = admin.client().get(NodeList.PATH);
        command.commandLine().getOut().println(admin.json() ? answer.encode() : table(new NodeList(answer)));
        return 0;
    }

    private static String table(NodeList nodes) {
        TextTable table = new TextTable(
                "NODE", "STATE", "SINCE", "SESSIONS", "BRIDGES", "BUS", "VERSION", "ADDRESS", "INCARNATION");
        nodes.all().forEach(node -> table.row(
                node.getString("name", "") + (node.getBoolean("self", false) ? "*" : ""),
                node.getString("state", ""),
                node.getString("since", "-"),
                String.valueOf(node.getValue("sessions", "-")),
                String.valueOf(node.getValue("bridges", "-")),
                node.getBoolean("answers", false) ? "answers" : "SILENT",
                node.getString("version", "-"),
                node.getString("address", "-"),
                node.getString("incarnation", "-")));
        return table.toString().stripTrailing();
    }
}
