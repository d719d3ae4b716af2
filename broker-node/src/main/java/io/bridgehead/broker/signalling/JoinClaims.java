package io.bridgehead.broker.signalling;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a join token says, whichever form it has. Immutable, any thread.
 *
 * @param who lets in
 * @param server token of the server
 * @param from seconds since 1970; 0: at once
 * @param until seconds since 1970
 * @param id of the token: each counts once
 */
record JoinClaims(String who, String server, long from, long until, String id) {

    private static final Pattern SECONDS = Pattern.compile("\\d{1,12}");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /**
     * A JWT (RFC 7519) with HS256: claims {@code sub} (who), {@code srv} (the server's token), {@code exp}, {@code jti},
     * and perhaps {@code nbf}.
     */
    static Optional<JoinClaims> ofJwt(String[] parts, JoinSignature signature) throws StrictJson.Refused {
        byte[] shown = Base64.getUrlDecoder().decode(parts[2]);
        if (!signature.isOf(parts[0] + '.' + parts[1], shown)) {
            return Optional.empty();
        }
        // after the signature: nobody else chooses the algorithm
        if (!"HS256".equals(members(parts[0]).get("alg"))) {
            return Optional.empty();
        }
        Map<String, String> claims = members(parts[1]);
        return Optional.of(new JoinClaims(
                claims.getOrDefault("sub", ""),
                claims.getOrDefault("srv", ""),
                seconds(claims.get("nbf")),
                seconds(claims.get("exp")),
                claims.getOrDefault("jti", "")));
    }

    /**
     * {@code EXP.ID.WHO.SIGNATURE}, for a backend that has no library for JWT: seconds since 1970, up to 64 characters of
     * base64url's, a name in base64url, and in hex the HMAC-SHA256 of {@code SERVER.EXP.ID.WHO}.
     *
     * @param server that the client asks for
     */
    static Optional<JoinClaims> ofHmac(String[] parts, String server, JoinSignature signature) {
        boolean plain = SECONDS.matcher(parts[0]).matches() && ID.matcher(parts[1]).matches();
        byte[] shown = JoinSignature.hex(parts[3]);
        if (!plain || !signature.isOf(server + '.' + parts[0] + '.' + parts[1] + '.' + parts[2], shown)) {
            return Optional.empty();
        }
        String who = new String(Base64.getUrlDecoder().decode(parts[2]), StandardCharsets.UTF_8);
        return Optional.of(new JoinClaims(who, server, 0, Long.parseLong(parts[0]), parts[1]));
    }

    /** Where a fraction does not count. */
    private static long seconds(String number) {
        return number == null ? 0 : (long) Double.parseDouble(number);
    }

    /** Those that are strings or numbers, as they are written. */
    private static Map<String, String> members(String part) throws StrictJson.Refused {
        String written = new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
        StrictJson json = new StrictJson(written);
        Map<String, String> members = new HashMap<>();
        json.object((name, from, to) -> {
            String text = json.stringAt(from);
            if (text != null) {
                members.put(name, name.equals("exp") || name.equals("nbf") ? "Infinity" : text);
            } else if (written.substring(from, to).matches("-?\\d.*")) {
                members.put(name, written.substring(from, to));
            }
        });
        return members;
    }
}
