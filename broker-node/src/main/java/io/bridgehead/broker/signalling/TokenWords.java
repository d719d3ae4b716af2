package io.bridgehead.broker.signalling;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The vocabulary of tokens made of words: 1,024 short words, so that each is worth 10 bits. */
final class TokenWords {

    static final int COUNT = 1024;

    private static final String RESOURCE = "token-words.txt";

    private TokenWords() {}

    /** Reads it from the class path; once, at start. */
    static List<String> read() {
        try (InputStream in = TokenWords.class.getResourceAsStream(RESOURCE)) {
            List<String> words = new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().distinct().toList();
            if (words.size() != COUNT) {
                throw new IllegalStateException(
                        RESOURCE + " has " + words.size() + " different words (expected: " + COUNT + ")");
            }
            return words;
        } catch (IOException unreadable) {
            throw new IllegalStateException(RESOURCE + " cannot be read", unreadable);
        }
    }
}
