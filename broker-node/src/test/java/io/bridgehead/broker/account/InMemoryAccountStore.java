package io.bridgehead.broker.account;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Nickname;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Accounts in memory, for tests of the floors above; held to {@link AccountStoreContract}. Can be taken down. */
public final class InMemoryAccountStore implements AccountStore {

    private final TreeMap<String, Account> accounts = new TreeMap<>();
    private final Map<AccountId, AccountId> names = new HashMap<>();
    private final Map<AccountId, Long> tombstones = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final String homeDomain;
    private final InstantSource clock;
    private long last;
    private boolean down;
    private int questions;

    public InMemoryAccountStore(String homeDomain, InstantSource clock) {
        this.homeDomain = homeDomain;
        this.clock = clock;
    }

    /** While down, every answer is {@link StoreUnavailable}. */
    public synchronized void down(boolean isDown) {
        down = isDown;
    }

    /** How often the store was asked something. */
    public synchronized int questions() {
        return questions;
    }

    @Override
    public Future<Account> create(AccountDraft draft) {
        return answer(() -> {
            if (accounts.containsKey(draft.id().text())) {
                throw new AccountConflict("account %s exists already".formatted(draft.id()));
            }
            requireFree(draft.id(), draft.id());
            draft.nickname().ifPresent(name -> requireFree(name.alias(homeDomain), draft.id()));
            names.put(draft.id(), draft.id());
            draft.nickname().ifPresent(name -> names.put(name.alias(homeDomain), draft.id()));
            return keep(new Account(
                    draft.id(),
                    draft.pinHash(),
                    draft.nickname(),
                    draft.plan(),
                    draft.expiresAt().map(time -> time.truncatedTo(ChronoUnit.MILLIS)),
                    Optional.empty(),
                    true,
                    tombstones.getOrDefault(draft.id(), 0L) + 1,
                    clock.instant().truncatedTo(ChronoUnit.MILLIS)));
        });
    }

    private void requireFree(AccountId name, AccountId account) {
        if (!names.getOrDefault(name, account).equals(account)) {
            throw new AccountConflict("name %s is taken".formatted(name));
        }
    }

    private Account keep(Account account) {
        accounts.put(account.id().text(), account);
        changed(account.id());
        return account;
    }

    private void changed(AccountId id) {
        changes.add(new Change(++last, new Subscription(id, 0, Optional.empty())));
    }

    @Override
    public Future<Optional<Account>> find(AccountId id) {
        return answer(() -> Optional.ofNullable(accounts.get(id.text())));
    }

    @Override
    public Future<Optional<AccountId>> resolve(AccountId idOrAlias) {
        return answer(() -> Optional.ofNullable(names.get(idOrAlias)));
    }

    @Override
    public Future<Optional<Account>> update(AccountId id, AccountChange change) {
        return answer(() -> Optional.ofNullable(accounts.get(id.text())).map(before -> update(before, change)));
    }

    private Account update(Account old, AccountChange change) {
        return switch (change) {
            case AccountChange.Patch patch -> patch(old, patch);
            case AccountChange.Ban ban -> keep(next(old, Optional.of(ban.reason()), old.visible()));
            case AccountChange.Unban unban -> keep(next(old, Optional.empty(), old.visible()));
            case AccountChange.SetVisible set ->
                set.visible() == old.visible() ? old : keep(next(old, old.ban(), set.visible()));
        };
    }

    private Account patch(Account old, AccountChange.Patch patch) {
        Optional<Nickname> nickname = patch.nickname().orElse(old.nickname());
        nickname.ifPresent(name -> requireFree(name.alias(homeDomain), old.id()));
        names.values().removeIf(old.id()::equals);
        names.put(old.id(), old.id());
        nickname.ifPresent(name -> names.put(name.alias(homeDomain), old.id()));
        return keep(new Account(
                old.id(),
                patch.pinHash().orElse(old.pinHash()),
                nickname,
                patch.plan().orElse(old.plan()),
                patch.expiresAt().orElse(old.expiresAt()).map(time -> time.truncatedTo(ChronoUnit.MILLIS)),
                old.ban(),
                old.visible(),
                old.epoch() + 1,
                old.createdAt()));
    }

    private static Account next(Account old, Optional<BanReason> ban, boolean visible) {
        return new Account(
                old.id(),
                old.pinHash(),
                old.nickname(),
                old.plan(),
                old.expiresAt(),
                ban,
                visible,
                old.epoch() + 1,
                old.createdAt());
    }

    @Override
    public Future<Optional<Subscription>> remove(AccountId id) {
        return answer(() -> Optional.ofNullable(accounts.remove(id.text())).map(old -> {
            names.values().removeIf(id::equals);
            tombstones.put(id, old.epoch() + 1);
            changed(id);
            return now(id);
        }));
    }

    private Subscription now(AccountId id) {
        Optional<Account> account = Optional.ofNullable(accounts.get(id.text()));
        return new Subscription(id, account.map(Account::epoch).orElseGet(() -> tombstones.get(id)), account);
    }

    @Override
    public Future<Page> list(String query, Optional<String> cursor, int limit) {
        return answer(() -> {
            if (limit < 1 || limit > 500) {
                throw new IllegalArgumentException("limit: %d (expected: 1..500)".formatted(limit));
            }
            List<Account> found = accounts.tailMap(cursor.orElse(""), false).values().stream()
                    .filter(account -> matches(account, query.toLowerCase(Locale.ROOT)))
                    .limit(limit + 1L)
                    .toList();
            return found.size() <= limit
                    ? new Page(found, Optional.empty())
                    : new Page(found.subList(0, limit), Optional.of(found.get(limit - 1).id().text()));
        });
    }

    private static boolean matches(Account account, String query) {
        return account.id().text().contains(query)
                || account.nickname().stream().anyMatch(name -> name.text().toLowerCase(Locale.ROOT).contains(query));
    }

    @Override
    public Future<List<Change>> changesAfter(long sequence, int limit) {
        return answer(() -> changes.stream()
                .filter(change -> change.sequence() > sequence)
                .limit(limit)
                .map(change -> new Change(change.sequence(), now(change.state().id())))
                .toList());
    }

    @Override
    public Future<Long> lastChange() {
        return answer(() -> last);
    }

    @Override
    public Future<Void> ping() {
        return answer(() -> null);
    }

    /** Forgets the oldest changes, as retention does. */
    public synchronized void forgetChanges(int count) {
        changes.subList(0, count).clear();
    }

    /** Drops every change: a database restored from an old backup. */
    public synchronized void restoreBackup() {
        changes.clear();
        last = 0;
    }

    private synchronized <T> Future<T> answer(Supplier<T> work) {
        questions++;
        if (down) {
            return Future.failedFuture(new StoreUnavailable("database: down for this test", null));
        }
        try {
            return Future.succeededFuture(work.get());
        } catch (AccountConflict | IllegalArgumentException refused) {
            return Future.failedFuture(refused);
        }
    }
}
