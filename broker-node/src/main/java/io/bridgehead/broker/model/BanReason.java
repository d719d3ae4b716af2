package io.bridgehead.broker.model;

import java.util.Optional;

/** Why an account was banned: at most 200 bytes, safe to echo and to log. Immutable, any thread. */
public record BanReason(String text) {

    public static final int MAX_BYTES = 200;

    public BanReason {
        Optional<String> problem = EchoedText.problemIn(text, MAX_BYTES);
        if (problem.isPresent()) {
            throw new IllegalArgumentException("reason " + problem.get());
        }
    }
}
