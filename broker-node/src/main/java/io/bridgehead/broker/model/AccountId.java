package io.bridgehead.broker.model;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;

/**
 * Who somebody is: {@code local@domain}, 3 to 254 bytes, lower case.
 *
 * <p>Ids are compared without regard to case; the canonical form is lower case, and a bare name means
 * {@code name@<home domain>}. Immutable, any thread. Source: {@code protocols.md} §1 "Decisions".
 */
public record AccountId(String local, String domain) {

    /** RFC 5321 allows 254 characters for an address; shorter than 3 is no address. */
    public static final int MAX_BYTES = 254;

    public static final int MIN_LENGTH = 3;

    /** The domain of what is no account and has a name on the wire all the same; nobody's, RFC 2606. */
    public static final String REQUESTS = "relay.invalid";

    public AccountId {
        if (local.isEmpty() || domain.isEmpty() || local.indexOf('@') >= 0 || domain.indexOf('@') >= 0) {
            throw new IllegalArgumentException("id: expected local@domain");
        }
    }

    /** The id that {@code text} names, or empty when it breaks the rule for ids. */
    public static Optional<AccountId> parse(String text, String homeDomain) {
        return problemIn(text, homeDomain).isPresent() ? Optional.empty() : Optional.of(canonical(text, homeDomain));
    }

    /** As {@link #parse}, for callers that must name the fault. */
    public static AccountId require(String text, String homeDomain) {
        problemIn(text, homeDomain).ifPresent(problem -> {
            throw new IllegalArgumentException("id " + problem);
        });
        return canonical(text, homeDomain);
    }

    /** Why {@code text} is no id, ready to stand behind the word "id"; empty when it is one. */
    public static Optional<String> problemIn(String text, String homeDomain) {
        Optional<String> problem = EchoedText.problemInName(text, MIN_LENGTH, MAX_BYTES);
        if (problem.isPresent()) {
            return problem;
        }
        int at = text.indexOf('@');
        boolean wellFormed = at < 0 || (at > 0 && at < text.length() - 1 && text.indexOf('@', at + 1) < 0);
        if (!wellFormed) {
            return Optional.of("is not of the form local@domain or name");
        }
        // the home domain makes a bare name longer, lower case a few letters: "İ" has 2 bytes, "i̇" has 3
        int bytes = canonical(text, homeDomain).text().getBytes(StandardCharsets.UTF_8).length;
        return bytes <= MAX_BYTES
                ? Optional.empty()
                : Optional.of("has %d bytes with its domain (expected: at most %d)".formatted(bytes, MAX_BYTES));
    }

    private static AccountId canonical(String text, String homeDomain) {
        // lower case can leave the normal form: "J̌" has no single character, "ǰ" has one
        String lower = Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
        int at = lower.indexOf('@');
        return at < 0
                ? new AccountId(lower, homeDomain.toLowerCase(Locale.ROOT))
                : new AccountId(lower.substring(0, at), lower.substring(at + 1));
    }

    /** Whether no account may have it. */
    public boolean isReserved() {
        return domain.equals(REQUESTS);
    }

    /** The canonical form, the key in every table and map. */
    public String text() {
        return local + '@' + domain;
    }

    @Override
    public String toString() {
        return text();
    }
}
