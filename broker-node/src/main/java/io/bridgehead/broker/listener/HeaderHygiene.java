package io.bridgehead.broker.listener;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Refuses a request whose length could be read in two ways: several or both length headers, or a header that looks
 * like one of them without being it, which a proxy in front may have taken for it. Stateless, any thread. Source:
 * {@code reliability.md} §3 line 33.
 */
public final class HeaderHygiene {

    private static final int MAX_SHOWN = 40;
    private static final String CONTENT_LENGTH = "content-length";
    private static final String TRANSFER_ENCODING = "transfer-encoding";
    private static final List<String> LENGTHS = List.of(CONTENT_LENGTH, TRANSFER_ENCODING);

    private HeaderHygiene() {}

    /**
     * What is wrong with the headers, for people; empty when the request's length is beyond doubt. It quotes a name the
     * client sent, cut at 40 of its letters, digits,
     * {@code -} and {@code _}.
     */
    public static Optional<String> problemIn(HttpServerRequest request) {
        MultiMap headers = request.headers();
        for (String name : headers.names()) {
            if (looksLikeALength(name)) {
                return Optional.of(refusal("header \"" + shown(name) + "\" resembles a length header"));
            }
        }
        int lengths = headers.getAll(HttpHeaders.CONTENT_LENGTH).size();
        int encodings = headers.getAll(HttpHeaders.TRANSFER_ENCODING).size();
        return lengths + encodings <= 1
                ? Optional.empty()
                : Optional.of(refusal(lengths + " Content-Length and " + encodings + " Transfer-Encoding headers"));
    }

    private static String refusal(String found) {
        return found + " (expected: at most one Content-Length or one Transfer-Encoding)";
    }

    private static String shown(String name) {
        String harmless = name.replaceAll("[^A-Za-z0-9_-]", "");
        return harmless.substring(0, Math.min(harmless.length(), MAX_SHOWN));
    }

    private static boolean looksLikeALength(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return LENGTHS.stream()
                .anyMatch(length -> !lower.equals(length) && withinOneEdit(letters(lower), letters(length)));
    }

    private static String letters(String name) {
        return name.replaceAll("[^a-z0-9]", "");
    }

    /** Whether one letter changed, added or left out makes {@code a} out of {@code b}. */
    private static boolean withinOneEdit(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 1) {
            return false;
        }
        int same = 0;
        while (same < a.length() && same < b.length() && a.charAt(same) == b.charAt(same)) {
            same++;
        }
        String restOfA = a.substring(Math.min(a.length(), a.length() >= b.length() ? same + 1 : same));
        String restOfB = b.substring(Math.min(b.length(), b.length() >= a.length() ? same + 1 : same));
        return restOfA.equals(restOfB);
    }
}
