package io.bridgehead.broker.signalling;

import io.bridgehead.broker.account.AddressAttempts;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the logger {@code audit} who was refused: one line a minute for each kind and address (IPv6: /64), with how
 * often. Of more than {@link #MAX_ROWS} in a minute only the number is told: a flood fills no disk. Any thread.
 */
final class RefusalAudit {

    static final int MAX_ROWS = 1000;

    private static final Logger AUDIT = LoggerFactory.getLogger("audit");

    /** What was refused. */
    enum Kind {
        /** No such server, or no such peer to come back as. */
        UNKNOWN_TOKEN,
        WRONG_PASSPHRASE,
        /** No name of an account. */
        WRONG_LOGIN,
        WRONG_JOIN_TOKEN,
        /** The address has no attempts left. */
        OVER_LIMIT,
        /** A wrong one that the cluster did not count. */
        UNCOUNTED
    }

    private record Row(Kind kind, String network) {}

    private record Refused(String address, long count) {}

    private final ConcurrentMap<Row, Refused> rows = new ConcurrentHashMap<>();
    private final LongAdder others = new LongAdder();

    void note(Kind kind, String address) {
        Row row = new Row(kind, AddressAttempts.network(address));
        if (rows.size() >= MAX_ROWS && !rows.containsKey(row)) {
            others.increment();
        } else {
            rows.merge(row, new Refused(address, 1), (known, one) -> new Refused(known.address(), known.count() + 1));
        }
    }

    /** Writes what came together. */
    void flush() {
        for (Row row : rows.keySet()) {
            Refused refused = rows.remove(row);
            if (refused != null) {
                AUDIT.atWarn()
                        .addKeyValue("protocol", "signalling")
                        .addKeyValue("reason", row.kind().name().toLowerCase(Locale.ROOT))
                        .addKeyValue("address", refused.address())
                        .addKeyValue("count", refused.count())
                        .log("refused");
            }
        }
        long more = others.sumThenReset();
        if (more > 0) {
            AUDIT.atWarn()
                    .addKeyValue("protocol", "signalling")
                    .addKeyValue("count", more)
                    .log("refused, from more addresses than are listed");
        }
    }
}
