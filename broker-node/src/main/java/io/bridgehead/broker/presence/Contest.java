package io.bridgehead.broker.presence;

import java.time.Duration;
import java.util.Optional;

/**
 * Which of an account's registrations stands: the rule of every registry. Pure; any thread.
 *
 * <p>One order decides everywhere ({@link Presence#outranks}): a row is only ever replaced by one that outranks it, so
 * that a claim which is repeated, late or out of order changes nothing, and so that all nodes end with the same row
 * whatever they heard first.
 *
 * @param standing what is registered now
 * @param loser what is not any more, or never was: the older row, or the claim itself
 */
public record Contest(Presence standing, Optional<Presence> loser) {

    /**
     * No claim is later than this: the longest a call between nodes may take. A row that is further ahead of a claim
     * was written before somebody's clock stepped back.
     */
    static final Duration LATEST_CLAIM = Duration.ofMinutes(1);

    /** A new registration: it stands unless the row is newer. */
    public static Contest claim(Presence row, Optional<Presence> known) {
        if (known.isEmpty()) {
            return new Contest(row, Optional.empty());
        }
        Presence before = known.get();
        if (before.address().equals(row.address())) {
            // the row may have been hidden since, so a repeated claim leaves it as it is
            return new Contest(row.since().isAfter(before.since()) ? row : before, Optional.empty());
        }
        if (row.outranks(before)) {
            return new Contest(row, known);
        }
        boolean clockSteppedBack = row.epoch() == before.epoch()
                && before.since().isAfter(row.since().plus(LATEST_CLAIM));
        return clockSteppedBack
                ? new Contest(row.withSince(before.since().plusMillis(1)), known)
                : new Contest(before, Optional.of(row));
    }

    /** An owner's word that this is still its row: it restores what was lost, and displaces nothing newer. */
    public static Contest reassert(Presence row, Optional<Presence> known) {
        if (known.isEmpty()) {
            return new Contest(row, Optional.empty());
        }
        Presence before = known.get();
        if (before.address().equals(row.address())) {
            // renamed since
            return new Contest(row.since().isAfter(before.since()) ? row : before, Optional.empty());
        }
        return row.outranks(before) ? new Contest(row, known) : new Contest(before, Optional.of(row));
    }
}
