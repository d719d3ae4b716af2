package io.bridgehead.broker.admin;

import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.AccountConflict;
import io.bridgehead.broker.account.AccountPatch;
import io.bridgehead.broker.account.AccountRefused;
import io.bridgehead.broker.account.AccountStore;
import io.bridgehead.broker.account.NewAccount;
import io.bridgehead.broker.account.StoreUnavailable;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Nickname;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Accounts in a map, with the outcomes of the real ones; can be told to be down or broken. */
final class InMemoryAccounts implements AccountOperations {

    static final Instant CREATED = Instant.parse("2026-11-20T08:00:00Z");

    private final Map<String, Account> rows = new TreeMap<>();
    private Optional<RuntimeException> fault = Optional.empty();

    synchronized void fail(RuntimeException failure) {
        fault = Optional.of(failure);
    }

    synchronized void down() {
        fail(new StoreUnavailable("connection to db.example.org:5432 refused", null));
    }

    synchronized int size() {
        return rows.size();
    }

    @Override
    public synchronized Future<Account> create(NewAccount wanted) {
        if (fault.isPresent()) {
            return Future.failedFuture(fault.get());
        }
        if (rows.containsKey(wanted.id().text())) {
            return Future.failedFuture(new AccountConflict("id " + wanted.id() + " is taken"));
        }
        if (taken(wanted.nickname())) {
            return Future.failedFuture(new AccountConflict("nickname " + wanted.nickname().get() + " is taken"));
        }
        String plan = wanted.plan().orElse("standard");
        if (!plan.equals("standard")) {
            return Future.failedFuture(new AccountRefused("plan: \"" + plan + "\" (expected: one of standard)"));
        }
        Account account = new Account(wanted.id(), wanted.pin().map(InMemoryAccounts::hash), wanted.nickname(), plan,
                wanted.expiresAt(), Optional.empty(), true, 1, CREATED);
        rows.put(account.id().text(), account);
        return Future.succeededFuture(account);
    }

    @Override
    public synchronized Future<Optional<Account>> find(AccountId id) {
        return answer(Optional.ofNullable(rows.get(id.text())));
    }

    @Override
    public synchronized Future<Optional<Account>> patch(AccountId id, AccountPatch patch) {
        if (fault.isEmpty() && patch.nickname().isPresent() && taken(patch.nickname().get())) {
            return Future.failedFuture(new AccountConflict("nickname is taken"));
        }
        return change(id, row -> new Account(row.id(),
                patch.pin().map(pin -> pin.map(InMemoryAccounts::hash)).orElse(row.pinHash()),
                patch.nickname().orElse(row.nickname()), patch.plan().orElse(row.plan()),
                patch.expiresAt().orElse(row.expiresAt()), row.ban(), row.visible(), row.epoch() + 1, CREATED));
    }

    @Override
    public synchronized Future<Optional<Account>> ban(AccountId id, BanReason reason) {
        return change(id, row -> banned(row, Optional.of(reason)));
    }

    @Override
    public synchronized Future<Optional<Account>> unban(AccountId id) {
        return change(id, row -> banned(row, Optional.empty()));
    }

    @Override
    public synchronized Future<Boolean> remove(AccountId id) {
        return fault.isPresent()
                ? Future.failedFuture(fault.get())
                : Future.succeededFuture(rows.remove(id.text()) != null);
    }

    @Override
    public synchronized Future<AccountStore.Page> list(String query, Optional<String> cursor, int limit) {
        List<Account> after = rows.values().stream()
                .filter(row -> row.id().text().contains(query))
                .filter(row -> cursor.isEmpty() || row.id().text().compareTo(cursor.get()) > 0)
                .toList();
        List<Account> page = after.stream().limit(limit).toList();
        Optional<String> next =
                after.size() > limit ? Optional.of(page.get(limit - 1).id().text()) : Optional.empty();
        return answer(new AccountStore.Page(page, next));
    }

    private <T> Future<T> answer(T value) {
        return fault.<Future<T>>map(Future::failedFuture).orElseGet(() -> Future.succeededFuture(value));
    }

    private Future<Optional<Account>> change(AccountId id, UnaryOperator<Account> how) {
        return fault.isPresent()
                ? Future.failedFuture(fault.get())
                : Future.succeededFuture(
                        Optional.ofNullable(rows.computeIfPresent(id.text(), (key, row) -> how.apply(row))));
    }

    private boolean taken(Optional<Nickname> nickname) {
        return nickname.isPresent() && rows.values().stream().anyMatch(row -> row.nickname().equals(nickname));
    }

    private static String hash(String pin) {
        return "hash of " + pin.length() + " characters";
    }

    private static Account banned(Account row, Optional<BanReason> ban) {
        return new Account(row.id(), row.pinHash(), row.nickname(), row.plan(), row.expiresAt(), ban, row.visible(),
                row.epoch() + 1, row.createdAt());
    }
}
