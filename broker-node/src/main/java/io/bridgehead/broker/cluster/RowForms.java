package io.bridgehead.broker.cluster;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.Subscription;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BanReason;
import io.bridgehead.broker.model.Nickname;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.Presence;
import java.time.Instant;
import java.util.Optional;

/** How the rows of the shared maps travel. */
final class RowForms {

    /** Fields of a presence row that are asked for by name. */
    static final String NODE = "node";

    static final String INCARNATION = "incarnation";

    static final CompactForm<Presence> PRESENCE = new CompactForm<>(
            "bridgehead.presence", Presence.class, RowForms::writePresence, RowForms::readPresence);

    static final CompactForm<Account> ACCOUNT = new CompactForm<>(
            "bridgehead.account", Account.class, RowForms::writeAccount, RowForms::readAccount);

    static final CompactForm<Subscription> SUBSCRIPTION = new CompactForm<>(
            "bridgehead.subscription",
            Subscription.class,
            (out, row) -> {
                out.writeString("account", row.id().text());
                out.writeInt64("epoch", row.epoch());
                out.writeCompact("state", row.account().orElse(null));
            },
            in -> new Subscription(
                    account(in), in.readInt64("epoch"), Optional.ofNullable(in.readCompact("state"))));

    static final CompactForm<RememberedPin> PIN = new CompactForm<>(
            "bridgehead.pin",
            RememberedPin.class,
            (out, pin) -> {
                out.writeInt64("epoch", pin.epoch());
                out.writeArrayOfInt8("keyedHash", pin.keyedHash());
                out.writeInt64("expiresAtMillis", pin.expiresAtMillis());
            },
            in -> new RememberedPin(
                    in.readInt64("epoch"), in.readArrayOfInt8("keyedHash"), in.readInt64("expiresAtMillis")));

    static final CompactForm<KnownAccount> KNOWN_ACCOUNT = new CompactForm<>(
            "bridgehead.known-account",
            KnownAccount.class,
            (out, row) -> {
                out.writeCompact("subscription", row.state().orElse(null));
                out.writeCompact("pin", row.pin().orElse(null));
            },
            in -> new KnownAccount(
                    Optional.ofNullable(in.readCompact("subscription")), Optional.ofNullable(in.readCompact("pin"))));

    static final CompactForm<AttemptWindow> ATTEMPTS = new CompactForm<>(
            "bridgehead.attempts",
            AttemptWindow.class,
            (out, row) -> {
                out.writeInt64("startMillis", row.startMillis());
                out.writeInt32("used", row.used());
            },
            in -> new AttemptWindow(in.readInt64("startMillis"), in.readInt32("used")));

    private RowForms() {}

    private static void writePresence(CompactWriter out, Presence row) {
        out.writeString("account", row.account().text());
        out.writeString("displayName", row.displayName());
        out.writeString(NODE, row.address().node().name());
        out.writeInt64(INCARNATION, row.address().session().incarnation());
        out.writeInt64("session", row.address().session().number());
        writeInstant(out, "since", row.since());
        out.writeBoolean("visible", row.visible());
        out.writeInt64("epoch", row.epoch());
        out.writeInt32("planVersion", row.planVersion());
    }

    private static Presence readPresence(CompactReader in) {
        return new Presence(
                account(in),
                in.readString("displayName"),
                new SessionAddress(
                        new NodeId(in.readString(NODE)),
                        new SessionId(in.readInt64(INCARNATION), in.readInt64("session"))),
                readInstant(in, "since"),
                in.readBoolean("visible"),
                in.readInt64("epoch"),
                in.readInt32("planVersion"));
    }

    private static void writeAccount(CompactWriter out, Account row) {
        out.writeString("account", row.id().text());
        out.writeString("pinHash", row.pinHash().orElse(null));
        out.writeString("nickname", row.nickname().map(Nickname::text).orElse(null));
        out.writeString("plan", row.plan());
        out.writeNullableInt64("expiresAtSeconds", row.expiresAt().map(Instant::getEpochSecond).orElse(null));
        out.writeNullableInt32("expiresAtNanos", row.expiresAt().map(Instant::getNano).orElse(null));
        out.writeString("ban", row.ban().map(BanReason::text).orElse(null));
        out.writeBoolean("visible", row.visible());
        out.writeInt64("epoch", row.epoch());
        writeInstant(out, "createdAt", row.createdAt());
    }

    private static Account readAccount(CompactReader in) {
        return new Account(
                account(in),
                Optional.ofNullable(in.readString("pinHash")),
                Optional.ofNullable(in.readString("nickname")).map(Nickname::new),
                in.readString("plan"),
                Optional.ofNullable(in.readNullableInt64("expiresAtSeconds"))
                        .map(seconds -> Instant.ofEpochSecond(seconds, in.readNullableInt32("expiresAtNanos"))),
                Optional.ofNullable(in.readString("ban")).map(BanReason::new),
                in.readBoolean("visible"),
                in.readInt64("epoch"),
                readInstant(in, "createdAt"));
    }

    /** The id was written in its canonical form, local@domain. */
    private static AccountId account(CompactReader in) {
        String text = in.readString("account");
        int at = text.indexOf('@');
        return new AccountId(text.substring(0, at), text.substring(at + 1));
    }

    private static void writeInstant(CompactWriter out, String field, Instant value) {
        out.writeInt64(field + "Seconds", value.getEpochSecond());
        out.writeInt32(field + "Nanos", value.getNano());
    }

    private static Instant readInstant(CompactReader in, String field) {
        return Instant.ofEpochSecond(in.readInt64(field + "Seconds"), in.readInt32(field + "Nanos"));
    }
}
