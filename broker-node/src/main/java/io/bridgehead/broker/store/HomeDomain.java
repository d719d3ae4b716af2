package io.bridgehead.broker.store;

import io.bridgehead.broker.account.AccountConflict;
import io.bridgehead.broker.model.Nickname;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.generic.GenericType;

/** Keeps the nicknames' aliases in the domain the configuration names today. */
final class HomeDomain {

    private static final String FACT = "home-domain";

    private HomeDomain() {}

    /** Moves every alias when the domain has changed; fails with {@link AccountConflict} when one is taken there. */
    static Future<Void> adopt(String domain, Lane writes) {
        return writes.transaction(db -> {
            AccountRows.lockWriters(db);
            Optional<String> before = db.createQuery("SELECT value FROM store_facts WHERE name = :name")
                    .bind("name", FACT)
                    .mapTo(String.class)
                    .findOne();
            if (!before.equals(Optional.of(domain))) {
                moveAliases(db, domain);
                remember(db, domain);
            }
            return null;
        });
    }

    private static void moveAliases(Handle db, String domain) {
        db.execute("DELETE FROM names WHERE name <> account");
        Map<String, String> nicknames = db.createQuery("SELECT id, nickname FROM accounts WHERE nickname IS NOT NULL")
                .setMapKeyColumn("id")
                .setMapValueColumn("nickname")
                .collectInto(new GenericType<Map<String, String>>() {});
        nicknames.forEach((id, nickname) -> AccountRows.claimAlias(
                db, AccountRows.idOf(id), new Nickname(nickname), domain));
    }

    private static void remember(Handle db, String domain) {
        db.createUpdate("INSERT INTO store_facts (name, value) VALUES (:name, :value)"
                        + " ON CONFLICT (name) DO UPDATE SET value = excluded.value")
                .bind("name", FACT)
                .bind("value", domain)
                .execute();
    }
}
