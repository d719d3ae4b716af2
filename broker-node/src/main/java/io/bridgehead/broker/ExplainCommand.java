package io.bridgehead.broker;

import static io.bridgehead.broker.AdminClient.encoded;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code explain}: every rule that decides whether a connect would work, and which one says no. */
@Command(
        name = "explain",
        description = "Would a connect from CALLER to CALLEE work, and what decides it?",
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {

    @Mixin
    private final AdminOptions admin;

    @Parameters(index = "0", paramLabel = "CALLER")
    private String caller;

    @Parameters(index = "1", paramLabel = "CALLEE")
    private String callee;

    @Spec
    private CommandSpec command;

    ExplainCommand(Surroundings surroundings) {
        this.admin = new AdminOptions(surroundings);
    }

    @Override
    public Integer call() {
        JsonObject answer =
                admin.client().get("/v1/explain?caller=" + encoded(caller) + "&callee=" + encoded(callee));
        command.commandLine().getOut().println(admin.json() ? answer.encode() : words(answer));
        return 0;
    }

    private String words(JsonObject answer) {
        TextTable table = new TextTable("RULE", "SAYS", "BECAUSE");
        for (Object each : answer.getJsonArray("rules", new JsonArray())) {
            JsonObject rule = (JsonObject) each;
            table.row(
                    rule.getString("rule", ""),
                    rule.getBoolean("ok", false) ? "yes" : "NO",
                    rule.getString("detail", ""));
        }
        String verdict = answer.getBoolean("works", false) ? " would work" : " would not work";
        return table + "a connect from " + caller + " to " + callee + verdict;
    }
}
