package io.bridgehead.broker.model;

import java.util.Optional;

/**
 * The name an account is shown under, 3 to 64 bytes, unique among nicknames and bare ids.
 *
 * <p>A nickname has no {@code @}: it can be used wherever a bare id can, and lives in the same name space (the alias
 * {@code nickname@<home domain>}), so that nobody can take another one's name. Immutable, any thread.
 */
public record Nickname(String text) {

    public static final int MAX_BYTES = 64;

    /** A nickname is looked up the way a bare id is, so it may not be shorter than one. */
    public static final int MIN_LENGTH = AccountId.MIN_LENGTH;

    public Nickname {
        Optional<String> problem = problemIn(text);
        if (problem.isPresent()) {
            throw new IllegalArgumentException("nickname " + problem.get());
        }
    }

    /** Why {@code text} is no nickname, ready to stand behind the word "nickname"; empty when it is one. */
    public static Optional<String> problemIn(String text) {
        if (text.indexOf('@') >= 0) {
            return Optional.of("has the forbidden character U+0040");
        }
        return EchoedText.problemInName(text, MIN_LENGTH, MAX_BYTES);
    }

    /** The id form under which this nickname is looked up. */
    public AccountId alias(String homeDomain) {
        return AccountId.require(text, homeDomain);
    }

    @Override
    public String toString() {
        return text;
    }
}
