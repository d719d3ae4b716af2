package io.bridgehead.broker.admin;

import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.AccountStore;
import io.bridgehead.broker.model.AccountId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** The operations on accounts. Any thread. */
final class AccountRoutes implements Operations {

    private static final int DEFAULT_LIMIT = 100;

    private final AccountOperations accounts;
    private final String homeDomain;

    AccountRoutes(AccountOperations accounts, String homeDomain) {
        this.accounts = accounts;
        this.homeDomain = homeDomain;
    }

    @Override
    public Map<String, Operation> byId() {
        return Map.of(
                "createAccount", this::create,
                "listAccounts", this::list,
                "getAccount", request -> found(request, accounts.find(id(request))),
                "patchAccount", this::patch,
                "deleteAccount", this::delete,
                "banAccount", this::ban,
                "unbanAccount", request -> found(request, accounts.unban(id(request))));
    }

    private Future<Answer> create(CheckedRequest request) {
        return accounts.create(AccountJson.newAccount(request.body(), homeDomain))
                .map(account -> Answer.json(201, AccountJson.of(account)).withHeader("Location", location(account)));
    }

    private Future<Answer> list(CheckedRequest request) {
        return accounts.list(
                        request.query("query").orElse(""),
                        request.query("cursor"),
                        request.queryNumber("limit", DEFAULT_LIMIT))
                .map(page -> Answer.json(200, json(page)));
    }

    private Future<Answer> patch(CheckedRequest request) {
        return found(request, accounts.patch(id(request), AccountJson.patch(request.body())));
    }

    private Future<Answer> delete(CheckedRequest request) {
        return accounts.remove(id(request)).map(removed -> {
            if (!removed) {
                throw none(request);
            }
            return Answer.noContent();
        });
    }

    private Future<Answer> ban(CheckedRequest request) {
        String reason = request.body().getString("reason");
        return found(request, accounts.ban(id(request), AccountJson.banReason(reason)));
    }

    private Future<Answer> found(CheckedRequest request, Future<Optional<Account>> account) {
        return account.map(found -> Answer.json(200, AccountJson.of(found.orElseThrow(() -> none(request)))));
    }

    private AccountId id(CheckedRequest request) {
        return AccountJson.id("id", request.path("id"), homeDomain);
    }

    private Problem.Refusal none(CheckedRequest request) {
        return Problem.of(404, "id: no account " + Shown.text(id(request).text())).refusal();
    }

    private static String location(Account account) {
        String encoded = URLEncoder.encode(account.id().text(), StandardCharsets.UTF_8);
        return "/v1/accounts/" + encoded.replace("%40", "@");
    }

    private static JsonObject json(AccountStore.Page page) {
        JsonArray rows = new JsonArray();
        page.accounts().forEach(account -> rows.add(AccountJson.of(account)));
        JsonObject json = new JsonObject().put("accounts", rows);
        page.next().ifPresent(next -> json.put("next", next));
        return json;
    }
}
