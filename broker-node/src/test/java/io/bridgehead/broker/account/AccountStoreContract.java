package io.bridgehead.broker.account;

import static io.bridgehead.broker.account.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Nickname;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link AccountStore} does; its home domain is {@code example.org}. */
public abstract class AccountStoreContract {

    protected static final String HOME = "example.org";

    /** An empty store of this kind, the same one throughout a test. */
    protected abstract AccountStore store();

    @Test
    void anAccountIsFoundAsItWasCreated() {
        AccountDraft draft = new AccountDraft(
                id("Ann"),
                Optional.of("$argon2id$…"),
                Optional.of(new Nickname("Änne")),
                "gold",
                Optional.of(Instant.parse("2027-01-01T00:00:00.123456Z")));

        Account created = await(store().create(draft));

        assertThat(created.id().text()).isEqualTo("ann@example.org");
        assertThat(created.pinHash()).contains("$argon2id$…");
        assertThat(created.nickname()).contains(new Nickname("Änne"));
        assertThat(created.plan()).isEqualTo("gold");
        assertThat(created.expiresAt()).contains(Instant.parse("2027-01-01T00:00:00.123Z"));
        assertThat(created.ban()).isEmpty();
        assertThat(created.visible()).isTrue();
        assertThat(created.epoch()).isEqualTo(1);
        assertThat(await(store().find(id("ann")))).contains(created);
        assertThat(await(store().find(id("bob")))).isEmpty();
    }

    @Test
    void anIdIsTakenOnce() {
        create("ann");
        assertThatThrownBy(() -> create("ANN")).isInstanceOf(AccountConflict.class).hasMessageContaining("ann@");
    }

    @Test
    void aNicknameIsUniqueAmongNicknamesAndBareIds() {
        create("ann", "Queen");
        assertConflict("bob", "queen");
        assertThatThrownBy(() -> create("queen")).isInstanceOf(AccountConflict.class);
        create("carol");
        assertConflict("dave", "CAROL");
        assertThat(await(store().find(id("bob")))).isEmpty();
        assertThat(await(store().find(id("queen")))).isEmpty();
        create("bob", "King");
        assertThatThrownBy(() -> patchNickname("bob", "Queen")).isInstanceOf(AccountConflict.class);
        assertThat(await(store().find(id("bob"))).orElseThrow().nickname()).contains(new Nickname("King"));
    }

    @Test
    void onesOwnIdIsAFineNickname() {
        create("ann", "Ann");
        patchNickname("ann", "ANN");
        assertThat(await(store().resolve(id("ann")))).contains(id("ann"));
        patchNickname("ann", "Queen");
        assertThat(await(store().resolve(id("ann")))).contains(id("ann"));
    }

    @Test
    void anAccountIsResolvedByIdAndByNickname() {
        create("ann", "Queen");
        assertThat(await(store().resolve(id("ann")))).contains(id("ann"));
        assertThat(await(store().resolve(id("QUEEN")))).contains(id("ann"));
        assertThat(await(store().resolve(AccountId.require("queen@example.net", HOME)))).isEmpty();
    }

    @Test
    void aNicknameThatIsGivenUpIsFree() {
        create("ann", "Queen");
        await(store().update(id("ann"), new AccountChange.Patch(
                Optional.of(Optional.empty()), Optional.empty(), Optional.empty(), Optional.empty())));
        create("bob", "Queen");
        await(store().remove(id("bob")));
        create("carol", "Queen");
        assertThat(await(store().resolve(id("queen")))).contains(id("carol"));
    }

    @Test
    void aPatchChangesOnlyWhatItNames() {
        await(store().create(new AccountDraft(
                id("ann"), Optional.of("hash"), Optional.of(new Nickname("Queen")), "gold", Optional.of(Instant.EPOCH))));

        Account planned = update("ann", new AccountChange.Patch(
                Optional.empty(), Optional.empty(), Optional.of("silver"), Optional.empty()));
        Account cleared = update("ann", new AccountChange.Patch(
                Optional.empty(), Optional.of(Optional.empty()), Optional.empty(), Optional.of(Optional.empty())));

        assertThat(planned.plan()).isEqualTo("silver");
        assertThat(planned.pinHash()).contains("hash");
        assertThat(planned.expiresAt()).contains(Instant.EPOCH);
        assertThat(planned.nickname()).contains(new Nickname("Queen"));
        assertThat(planned.epoch()).isEqualTo(2);
        assertThat(cleared.pinHash()).isEmpty();
        assertThat(cleared.expiresAt()).isEmpty();
        assertThat(cleared.plan()).isEqualTo("silver");
        assertThat(cleared.epoch()).isEqualTo(3);
        assertThat(await(store().find(id("ann")))).contains(cleared);
    }

    @Test
    void bansAndVisibilityAreKept() {
        create("ann");
        assertThat(update("ann", new AccountChange.Ban(new BanReason("spam; 3 reports"))).ban())
                .contains(new BanReason("spam; 3 reports"));
        assertThat(update("ann", new AccountChange.SetVisible(false)).visible()).isFalse();
        Account unbanned = update("ann", new AccountChange.Unban());
        assertThat(unbanned.ban()).isEmpty();
        assertThat(unbanned.visible()).isFalse();
        assertThat(unbanned.epoch()).isEqualTo(4);
        assertThat(await(store().find(id("ann")))).contains(unbanned);
    }

    @Test
    void aVisibilityThatIsSoAlreadyIsNoChange() {
        Account before = create("ann");
        assertThat(update("ann", new AccountChange.SetVisible(true))).isEqualTo(before);
        Account hidden = update("ann", new AccountChange.SetVisible(false));
        assertThat(hidden.epoch()).isEqualTo(2);
        assertThat(update("ann", new AccountChange.SetVisible(false))).isEqualTo(hidden);
        assertThat(await(store().lastChange())).isEqualTo(2);
        assertThat(await(store().changesAfter(0, 100))).hasSize(2);
        assertThat(await(store().find(id("ann")))).contains(hidden);
        assertThat(await(store().update(id("bob"), new AccountChange.SetVisible(true)))).isEmpty();
    }

    @Test
    void aChangeOfNobodyIsNoChange() {
        create("ann");
        assertThat(await(store().update(id("bob"), new AccountChange.Unban()))).isEmpty();
        assertThat(await(store().remove(id("bob")))).isEmpty();
        assertThatThrownBy(() -> create("ann")).isInstanceOf(AccountConflict.class);
        assertThat(await(store().lastChange())).isEqualTo(1);
    }

    @Test
    void theEpochGoesOnAfterRemovalAndNewCreation() {
        create("ann");
        update("ann", new AccountChange.Unban());

        Subscription removed = await(store().remove(id("ann"))).orElseThrow();
        assertThat(removed).isEqualTo(new Subscription(id("ann"), 3, Optional.empty()));
        assertThat(await(store().find(id("ann")))).isEmpty();

        assertThat(create("ann").epoch()).isEqualTo(4);
        assertThat(await(store().remove(id("ann"))).orElseThrow().epoch()).isEqualTo(5);
        assertThat(create("ann").epoch()).isEqualTo(6);
    }

    @Test
    void theFeedTellsEveryChangeInOrder() {
        assertThat(await(store().lastChange())).isZero();
        create("ann");
        create("bob");
        update("ann", new AccountChange.SetVisible(false));
        await(store().remove(id("bob")));

        List<AccountStore.Change> changes = await(store().changesAfter(0, 100));

        assertThat(changes).extracting(AccountStore.Change::sequence).containsExactly(1L, 2L, 3L, 4L);
        assertThat(changes).extracting(change -> change.state().id())
                .containsExactly(id("ann"), id("bob"), id("ann"), id("bob"));
        assertThat(changes.get(2).state().account().orElseThrow().visible()).isFalse();
        assertThat(changes.get(3).state()).isEqualTo(new Subscription(id("bob"), 2, Optional.empty()));
        assertThat(await(store().lastChange())).isEqualTo(4);
        assertThat(await(store().changesAfter(2, 1))).containsExactly(changes.get(2));
        assertThat(await(store().changesAfter(4, 100))).isEmpty();
    }

    @Test
    void theListIsPagedInOrderOfId() {
        List<String> ids = IntStream.range(0, 25).mapToObj("user%02d@example.org"::formatted).toList();
        ids.reversed().forEach(this::create);

        List<String> seen = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        int pages = 0;
        do {
            AccountStore.Page page = await(store().list("", cursor, 10));
            page.accounts().forEach(account -> seen.add(account.id().text()));
            cursor = page.next();
            pages++;
        } while (cursor.isPresent());

        assertThat(seen).isEqualTo(ids);
        assertThat(pages).isEqualTo(3);
        assertThat(await(store().list("", Optional.empty(), 25)).next()).isEmpty();
    }

    @Test
    void theListFindsIdsAndNicknamesLiterally() {
        create("ann_a");
        create("annxa");
        create("50%off");
        create("bang!");
        create("zoe@example.net", "Größe_1");

        assertThat(listed("n_a")).containsExactly("ann_a@example.org");
        assertThat(listed("%")).containsExactly("50%off@example.org");
        assertThat(listed("!")).containsExactly("bang!@example.org");
        assertThat(listed("GRÖSSE")).isEmpty();
        assertThat(listed("GRÖ")).containsExactly("zoe@example.net");
        assertThat(listed("\\")).isEmpty();
        assertThat(listed("' OR 1=1 --")).isEmpty();
    }

    @Test
    void aSillyPageSizeIsRefused() {
        assertThatThrownBy(() -> await(store().list("", Optional.empty(), 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1..500");
        assertThatThrownBy(() -> await(store().list("", Optional.empty(), 501)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ofManyWhoCreateTheSameIdOneWins() {
        assertThat(winners(IntStream.range(0, 16).mapToObj(n -> draft("ann", Optional.empty())).toList())).isEqualTo(1);
        assertThat(await(store().lastChange())).isEqualTo(1);
    }

    @Test
    void ofManyWhoWantTheSameNicknameOneWins() {
        List<AccountDraft> drafts = IntStream.range(0, 16)
                .mapToObj(n -> draft("user" + n, Optional.of("Queen")))
                .toList();
        assertThat(winners(drafts)).isEqualTo(1);
        assertThat(listed("user")).hasSize(1);
    }

    /** Fails on a plain database sequence, whose numbers become visible out of order. */
    @Test
    void aPollerMissesNothingWhileEightWrite() {
        IntStream.range(0, 8).forEach(writer -> create("user" + writer));
        AtomicBoolean writing = new AtomicBoolean(true);
        List<AccountStore.Change> seen = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(9)) {
            var poller = threads.submit(() -> poll(seen, writing));
            var writers = IntStream.range(0, 8).mapToObj(writer -> threads.submit(() -> {
                for (int round = 0; round < 40; round++) {
                    update("user" + writer, new AccountChange.SetVisible(round % 2 != 0));
                }
                return null;
            })).toList();
            for (var writer : writers) {
                writer.get();
            }
            writing.set(false);
            poller.get();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }

        assertThat(seen).extracting(AccountStore.Change::sequence)
                .isEqualTo(LongStream.rangeClosed(1, 8 + 8 * 40).boxed().toList());
        Map<AccountId, Long> epochs = new HashMap<>();
        for (AccountStore.Change change : seen) {
            long epoch = change.state().epoch();
            assertThat(epoch).isGreaterThanOrEqualTo(epochs.getOrDefault(change.state().id(), 0L));
            epochs.put(change.state().id(), epoch);
        }
        assertThat(epochs.values()).hasSize(8).allMatch(epoch -> epoch == 41);
    }

    private Void poll(List<AccountStore.Change> seen, AtomicBoolean writing) {
        boolean last;
        do {
            last = !writing.get();
            long from = seen.isEmpty() ? 0 : seen.getLast().sequence();
            seen.addAll(await(store().changesAfter(from, last ? 1_000 : 7)));
        } while (!last);
        return null;
    }

    @Test
    void itAnswersAPing() {
        await(store().ping());
    }

    private long winners(List<AccountDraft> drafts) {
        List<Future<Account>> tries = drafts.parallelStream().map(store()::create).toList();
        List<Object> results = new ArrayList<>();
        for (Future<Account> attempt : tries) {
            results.add(await(attempt.<Object>map(won -> won).recover(Future::succeededFuture)));
        }
        assertThat(results).allMatch(result -> result instanceof Account || result instanceof AccountConflict);
        return results.stream().filter(Account.class::isInstance).count();
    }

    private List<String> listed(String query) {
        return await(store().list(query, Optional.empty(), 500)).accounts().stream()
                .map(account -> account.id().text())
                .toList();
    }

    private void assertConflict(String id, String nickname) {
        assertThatThrownBy(() -> create(id, nickname))
                .isInstanceOf(AccountConflict.class)
                .hasMessageContaining("taken");
    }

    private Account patchNickname(String id, String nickname) {
        return update(id, new AccountChange.Patch(
                Optional.of(Optional.of(new Nickname(nickname))), Optional.empty(), Optional.empty(), Optional.empty()));
    }

    private Account update(String id, AccountChange change) {
        return await(store().update(id(id), change)).orElseThrow();
    }

    protected Account create(String id) {
        return await(store().create(draft(id, Optional.empty())));
    }

    protected Account create(String id, String nickname) {
        return await(store().create(draft(id, Optional.of(nickname))));
    }

    protected static AccountDraft draft(String id, Optional<String> nickname) {
        return new AccountDraft(id(id), Optional.empty(), nickname.map(Nickname::new), "standard", Optional.empty());
    }

    protected static AccountId id(String text) {
        return AccountId.require(text, HOME);
    }
}
