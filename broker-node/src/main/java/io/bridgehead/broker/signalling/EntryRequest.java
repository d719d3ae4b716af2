package io.bridgehead.broker.signalling;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a connection asks for: its path, its query, and what it shows in {@code Sec-WebSocket-Protocol} (the only header
 * a browser's page can set) or {@code Authorization}. Secrets are in no URL, which proxies log. Any thread.
 */
sealed interface EntryRequest {

    /** The sub-protocol of peers that know what goes beyond the seed. */
    String EXTENDED = "bridgehead.v1";

    int MAX_SERVER_INFO = 1024;

    /** To open a server. */
    record Open(boolean words, Optional<String> serverInfo, Shown shown) implements EntryRequest {}

    /** To join the server with this token. */
    record Join(String token, Shown shown) implements EntryRequest {}

    /** Nothing there is. */
    record Bad() implements EntryRequest {}

    /**
     * What it shows.
     *
     * @param extended whether it speaks {@link #EXTENDED}
     * @param comesBack the secret it was given, if it comes back
     * @param seen number of the last message it has; -1: it does not say
     * @param login of a server
     * @param joinToken of a client
     */
    record Shown(
            boolean extended,
            Optional<ComesBack> comesBack,
            long seen,
            Optional<Login> login,
            Optional<String> joinToken) {

        /** All of it is secret. */
        @Override
        public String toString() {
            return "Shown[extended " + extended + "]";
        }
    }

    /** The two halves of a secret: whose it is (a server's token, a client's id), and the proof. */
    record ComesBack(String id, String proof) {

        @Override
        public String toString() {
            return "ComesBack";
        }
    }

    record Login(String user, String password) {

        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    /** The token of the server that is there already; empty: a new one is to be opened, or nothing there is. */
    default Optional<String> server() {
        return switch (this) {
            case Open open -> open.shown().comesBack().map(ComesBack::id);
            case Join join -> Optional.of(join.token());
            case Bad bad -> Optional.empty();
        };
    }

    /** Whether it is by a peer that comes back. */
    default boolean isReturn() {
        return switch (this) {
            case Open open -> open.shown().comesBack().isPresent();
            case Join join -> join.shown().comesBack().isPresent();
            case Bad bad -> false;
        };
    }

    /** {@code query}, {@code protocols} and {@code authorization} may be null. */
    static EntryRequest of(String path, String query, String protocols, String authorization) {
        Map<String, String> options;
        String token;
        try {
            options = options(query);
            token = path.startsWith("/client/")
                    ? URLDecoder.decode(path.substring("/client/".length()), StandardCharsets.UTF_8)
                    : "";
        } catch (IllegalArgumentException malformed) {
            return new Bad();
        }
        Optional<Shown> shown = shown(protocols, authorization);
        if (shown.isEmpty()) {
            return new Bad();
        }
        if (path.equals("/server")) {
            Optional<String> info = Optional.ofNullable(options.get("serverInfo"));
            String form = options.getOrDefault("token", "");
            boolean tooLong = info.filter(text -> text.length() > MAX_SERVER_INFO).isPresent();
            return tooLong || !List.of("", "words").contains(form)
                    ? new Bad()
                    : new Open(form.equals("words"), info, shown.get());
        }
        return token.isEmpty() || token.length() > 256 ? new Bad() : new Join(Tokens.written(token), shown.get());
    }

    private static Map<String, String> options(String query) {
        Map<String, String> options = new LinkedHashMap<>();
        if (query != null) {
            for (String pair : query.split("&")) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    options.putIfAbsent(
                            pair.substring(0, equals),
                            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
                }
            }
        }
        return options;
    }

    private static Optional<Shown> shown(String protocols, String authorization) {
        boolean extended = false;
        Optional<ComesBack> comesBack = Optional.empty();
        long seen = -1;
        Optional<Login> login = Optional.empty();
        Optional<String> joinToken = Optional.empty();
        try {
            if (authorization != null && authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
                login = login(Base64.getDecoder().decode(authorization.substring(6).strip()));
            }
            List<String> offers = protocols == null
                    ? List.of()
                    : Arrays.stream(protocols.split(",")).map(String::strip).toList();
            for (String offer : offers) {
                if (offer.equals(EXTENDED)) {
                    extended = true;
                } else if (offer.startsWith("resume.")) {
                    String secret = offer.substring("resume.".length());
                    int dot = secret.lastIndexOf('.');
                    comesBack = dot > 0
                            ? Optional.of(new ComesBack(secret.substring(0, dot), secret.substring(dot + 1)))
                            : Optional.empty();
                } else if (offer.matches("seen\\.\\d{1,18}")) {
                    seen = Long.parseLong(offer.substring("seen.".length()));
                } else if (offer.startsWith("auth.")) {
                    login = login(Base64.getUrlDecoder().decode(offer.substring("auth.".length())));
                } else if (offer.startsWith("join.")) {
                    joinToken = Optional.of(offer.substring("join.".length()));
                }
            }
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        return Optional.of(new Shown(extended, comesBack, seen, login, joinToken));
    }

    private static Optional<Login> login(byte[] text) {
        String plain = new String(text, StandardCharsets.UTF_8);
        int colon = plain.indexOf(':');
        return Optional.of(colon < 0
                ? new Login("", plain)
                : new Login(plain.substring(0, colon), plain.substring(colon + 1)));
    }
}
