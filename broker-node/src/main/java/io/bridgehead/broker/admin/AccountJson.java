package io.bridgehead.broker.admin;

import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.AccountPatch;
import io.bridgehead.broker.account.NewAccount;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Nickname;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.Function;

/**
 * Accounts as JSON, both ways. A value that breaks a rule of the model is a {@link Problem.Refusal} with status 400
 * that names the field. Stateless, any thread.
 */
final class AccountJson {

    private AccountJson() {}

    static JsonObject of(Account account) {
        JsonObject json = new JsonObject().put("id", account.id().text());
        account.nickname().ifPresent(nickname -> json.put("nickname", nickname.text()));
        json.put("plan", account.plan());
        account.expiresAt().ifPresent(end -> json.put("expiresAt", end.toString()));
        json.put("banned", account.ban().isPresent());
        account.ban().ifPresent(reason -> json.put("banReason", reason.text()));
        return json.put("visible", account.visible())
                .put("hasPin", account.pinHash().isPresent())
                .put("epoch", account.epoch())
                .put("createdAt", account.createdAt().toString());
    }

    static NewAccount newAccount(JsonObject body, String homeDomain) {
        return new NewAccount(
                id("id", body.getString("id"), homeDomain),
                Optional.ofNullable(body.getString("pin")),
                Optional.ofNullable(body.getString("nickname")).map(AccountJson::nickname),
                Optional.ofNullable(body.getString("plan")),
                Optional.ofNullable(body.getString("expiresAt")).map(AccountJson::instant));
    }

    static AccountPatch patch(JsonObject body) {
        return new AccountPatch(
                changed(body, "nickname", AccountJson::nickname),
                changed(body, "pin", Function.identity()),
                Optional.ofNullable(body.getString("plan")),
                changed(body, "expiresAt", AccountJson::instant));
    }

    static AccountId id(String field, String text, String homeDomain) {
        AccountId.problemIn(text, homeDomain).ifPresent(problem -> {
            throw refused(field, text, problem + " (expected: local@domain or name, " + AccountId.MIN_LENGTH + ".."
                    + AccountId.MAX_BYTES + " bytes)");
        });
        return AccountId.require(text, homeDomain);
    }

    static BanReason banReason(String text) {
        try {
            return new BanReason(text);
        } catch (IllegalArgumentException broken) {
            throw refused("reason", text, broken.getMessage());
        }
    }

    /** Absent leaves the field as it is, null clears it. */
    private static <T> Optional<Optional<T>> changed(JsonObject body, String field, Function<String, T> read) {
        return body.containsKey(field)
                ? Optional.of(Optional.ofNullable(body.getString(field)).map(read))
                : Optional.empty();
    }

    private static Nickname nickname(String text) {
        Nickname.problemIn(text).ifPresent(problem -> {
            throw refused("nickname", text, problem + " (expected: " + Nickname.MIN_LENGTH + ".." + Nickname.MAX_BYTES
                    + " bytes without space, '@', ';', '=' and control characters)");
        });
        return new Nickname(text);
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException broken) {
            throw refused("expiresAt", text, "is no time (expected: RFC 3339, 2027-01-31T00:00:00Z)");
        }
    }

    private static Problem.Refusal refused(String field, String value, String problem) {
        return Problem.of(400, field + ": " + Shown.text(value) + " " + problem).refusal();
    }
}
