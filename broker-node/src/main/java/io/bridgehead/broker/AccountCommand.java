package io.bridgehead.broker;

import static io.bridgehead.broker.AdminClient.encoded;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code account …}: accounts, through the API of a running node. */
@Command(name = "account", description = "Accounts of a running node.", mixinStandardHelpOptions = true)
final class AccountCommand implements Runnable {

    private static final String ACCOUNTS = "/v1/accounts";

    private final Surroundings surroundings;

    @Mixin
    private final AdminOptions admin;

    @Spec
    private CommandSpec command;

    AccountCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.admin = new AdminOptions(surroundings);
    }

    @Override
    public void run() {
        throw misused("Missing command: add, show, list, extend, ban, unban or remove");
    }

    @Command(name = "add", description = "Add an account.", mixinStandardHelpOptions = true)
    int add(
            @Parameters(paramLabel = "ID") String id,
            @ArgGroup PinSource pin,
            @Option(names = "--nickname", paramLabel = "NAME") String nickname,
            @Option(names = "--plan", paramLabel = "PLAN") String plan,
            @Option(names = "--expires", paramLabel = "WHEN", description = "30d or 2027-01-31T00:00:00Z")
                    String expires) {
        JsonObject account = new JsonObject().put("id", id);
        Optional.ofNullable(pin).ifPresent(source -> account.put("pin", source.read(surroundings)));
        Optional.ofNullable(nickname).ifPresent(name -> account.put("nickname", name));
        Optional.ofNullable(plan).ifPresent(name -> account.put("plan", name));
        Optional.ofNullable(expires)
                .flatMap(when -> expiry("--expires", when).from(surroundings.clock().instant()))
                .ifPresent(end -> account.put("expiresAt", end.toString()));
        JsonObject added = admin.client().post(ACCOUNTS, account);
        return say(added, "added " + added.getString("id", id) + until(added));
    }

    @Command(name = "show", description = "Show an account.", mixinStandardHelpOptions = true)
    int show(@Parameters(paramLabel = "ID") String id) {
        JsonObject account = admin.client().get(of(id));
        StringBuilder lines = new StringBuilder();
        account.forEach(field -> lines.append(lines.isEmpty() ? "" : "\n")
                .append(field.getKey())
                .append(": ")
                .append(TextTable.printable(String.valueOf(field.getValue()))));
        return say(account, lines.toString());
    }

    @Command(name = "list", description = "List accounts.", mixinStandardHelpOptions = true)
    int list(
            @Option(names = "--query", paramLabel = "TEXT", defaultValue = "", description = "part of id or nickname")
                    String query) {
        AdminClient client = admin.client();
        JsonArray accounts = new JsonArray();
        Optional<String> cursor = Optional.of("");
        while (cursor.isPresent()) {
            JsonObject page = client.get(
                    ACCOUNTS + "?query=" + encoded(query) + cursor.map(at -> "&cursor=" + encoded(at)).orElseThrow());
            accounts.addAll(page.getJsonArray("accounts", new JsonArray()));
            cursor = Optional.ofNullable(page.getString("next")).filter(next -> !next.isEmpty());
        }
        TextTable table = new TextTable("ID", "NICKNAME", "PLAN", "EXPIRES", "PIN", "STATE");
        for (Object each : accounts) {
            JsonObject account = (JsonObject) each;
            table.row(
                    account.getString("id", ""),
                    account.getString("nickname", "-"),
                    account.getString("plan", "-"),
                    account.getString("expiresAt", "never"),
                    account.getBoolean("hasPin", false) ? "yes" : "no",
                    account.getBoolean("banned", false) ? "banned: " + account.getString("banReason", "") : "ok");
        }
        return say(new JsonObject().put("accounts", accounts), table.toString().stripTrailing());
    }

    @Command(
            name = "extend",
            description = "Move the end of the paid time: later by 30d, to a date, or to never.",
            mixinStandardHelpOptions = true)
    int extend(@Parameters(paramLabel = "ID") String id, @Parameters(paramLabel = "WHEN") String when) {
        Expiry expiry = expiry("WHEN", when);
        AdminClient client = admin.client();
        JsonObject change = new JsonObject();
        switch (expiry) {
            case Expiry.At at -> change.put("expiresAt", at.instant().toString());
            case Expiry.After after -> change.put("expiresAt", later(client, id, after.time()).toString());
            case Expiry.Never never -> change.putNull("expiresAt");
        }
        JsonObject changed = client.patch(of(id), change);
        return say(changed, "extended " + id + until(change));
    }

    @Command(name = "ban", description = "Ban an account and end its sessions.", mixinStandardHelpOptions = true)
    int ban(
            @Parameters(paramLabel = "ID") String id,
            @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "banned by the operator",
                    description = "told to the user; default: ${DEFAULT-VALUE}")
                    String reason) {
        JsonObject answer = admin.client().post(of(id) + "/ban", new JsonObject().put("reason", reason));
        return say(answer, "banned " + id);
    }

    @Command(name = "unban", description = "Let an account in again.", mixinStandardHelpOptions = true)
    int unban(@Parameters(paramLabel = "ID") String id) {
        return say(admin.client().post(of(id) + "/unban"), "unbanned " + id);
    }

    @Command(name = "remove", description = "Remove an account and end its sessions.", mixinStandardHelpOptions = true)
    int remove(@Parameters(paramLabel = "ID") String id) {
        return say(admin.client().delete(of(id)), "removed " + id);
    }

    /** After the end so far, if that is still to come: an early renewal loses nothing. */
    private Instant later(AdminClient client, String id, Duration time) {
        String end = client.get(of(id)).getString("expiresAt");
        if (end == null) {
            throw new CommandFailed(id + " never expires: nothing to extend (expected: a date, to set an end)");
        }
        Instant now = surroundings.clock().instant();
        Instant from = expiry("expiresAt", end).from(now).filter(now::isBefore).orElse(now);
        return from.plus(time).truncatedTo(ChronoUnit.SECONDS);
    }

    private Expiry expiry(String name, String text) {
        return Expiry.parse(text).orElseThrow(() ->
                misused(name + ": " + text + " (expected: 30d, 12h, a time like 2027-01-31T00:00:00Z, or never)"));
    }

    private ParameterException misused(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    private int say(JsonObject answer, String words) {
        PrintWriter out = command.commandLine().getOut();
        out.println(admin.json() ? answer.encode() : words);
        return 0;
    }

    private static String of(String id) {
        return ACCOUNTS + "/" + encoded(id);
    }

    private static String until(JsonObject account) {
        return Optional.ofNullable(account.getString("expiresAt"))
                .map(end -> ", expires " + TextTable.printable(end))
                .orElse(", never expires");
    }
}
