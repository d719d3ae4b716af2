package io.bridgehead.broker;

import io.bridgehead.broker.config.Quantity;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The end of an account's paid time, as an operator writes it. */
sealed interface Expiry {

    /** At this moment. */
    record At(Instant instant) implements Expiry {}

    /** So much later than now, or than the end so far. */
    record After(Duration time) implements Expiry {}

    /** No end. */
    record Never() implements Expiry {}

    static Optional<Expiry> parse(String text) {
        if (text.equals("never")) {
            return Optional.of(new Never());
        }
        Optional<Expiry> relative = Quantity.time(text).filter(Duration::isPositive).map(After::new);
        return relative.isPresent() ? relative : moment(text);
    }

    /** The end for an account that has none yet. */
    default Optional<Instant> from(Instant now) {
        return switch (this) {
            case At at -> Optional.of(at.instant());
            case After after -> Optional.of(now.plus(after.time()).truncatedTo(ChronoUnit.SECONDS));
            case Never never -> Optional.empty();
        };
    }

    private static Optional<Expiry> moment(String text) {
        try {
            return Optional.of(new At(OffsetDateTime.parse(text).toInstant()));
        } catch (DateTimeParseException noMoment) {
            return Optional.empty();
        }
    }
}
