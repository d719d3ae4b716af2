package io.bridgehead.broker.signalling;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Draws tokens, ids and secrets. Any thread. */
final class Tokens {

    /** 128 bits. */
    private static final int BYTES = 16;

    private static final Pattern GAP = Pattern.compile("[ +_]+");
    private static final Pattern OF_WORDS = Pattern.compile("[a-z]+(?:-[a-z]+)+");

    private final SecureRandom random;
    private final List<String> words;
    private final int count;

    /**
     * @param words the vocabulary
     * @param count words of a token made of words
     */
    Tokens(SecureRandom random, List<String> words, int count) {
        this.random = random;
        this.words = List.copyOf(words);
        this.count = count;
    }

    /** 128 random bits, in hex: a token, an id or a secret. */
    String next() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** A token that a person can read out. */
    String ofWords() {
        return Stream.generate(() -> words.get(random.nextInt(words.size())))
                .limit(count)
                .collect(Collectors.joining("-"));
    }

    /** As the token was given out, when somebody typed it: words may come in any case, with spaces between them. */
    static String written(String typed) {
        String plain = GAP.matcher(typed.strip().toLowerCase(Locale.ROOT)).replaceAll("-");
        return OF_WORDS.matcher(plain).matches() ? plain : typed;
    }

    /** What the cluster keeps of a token or a secret. */
    static String hash(String secret) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
