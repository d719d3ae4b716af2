package io.bridgehead.broker.signalling;

import io.bridgehead.broker.presence.ServerRegistry;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Join tokens: a JWT (RFC 7519), signed with HS256 by the app's own backend, that lets one client join one server once.
 * Claims {@code sub} (who), {@code srv} (the server's token), {@code exp} (at most a day ahead), {@code jti} (each once
 * in the cluster), and perhaps {@code nbf}. Any thread.
 */
final class JoinTokens {

    static final Duration MAX_LIFE = Duration.ofDays(1);

    private static final int MAX_CHARACTERS = 4096;
    private static final int MAX_CLAIM = 256;

    private final byte[] key;
    private final ServerRegistry registry;
    private final InstantSource clock;

    JoinTokens(String key, ServerRegistry registry, InstantSource clock) {
        this.key = key.getBytes(StandardCharsets.UTF_8);
        this.registry = registry;
        this.clock = clock;
    }

    /** Who it is for, when it is good for this server and was not used before; failed: nobody can say. */
    Future<Optional<String>> use(String token, String server) {
        Optional<Map<String, String>> claims = token.length() > MAX_CHARACTERS ? Optional.empty() : verified(token);
        if (claims.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        String who = claims.get().getOrDefault("sub", "");
        String id = claims.get().getOrDefault("jti", "");
        long now = clock.instant().getEpochSecond();
        long until = seconds(claims.get().get("exp"), 0);
        boolean good = isText(who)
                && isText(id)
                && server.equals(claims.get().get("srv"))
                && until > now
                && until - now <= MAX_LIFE.toSeconds()
                && seconds(claims.get().get("nbf"), 0) <= now;
        return good
                ? registry.firstUse(Tokens.hash(id), Duration.ofSeconds(until + 1 - now))
                        .map(first -> first ? Optional.of(who) : Optional.empty())
                : Future.succeededFuture(Optional.empty());
    }

    private static boolean isText(String claim) {
        return !claim.isEmpty()
                && claim.length() <= MAX_CLAIM
                && claim.codePoints().noneMatch(point -> Character.isISOControl(point)
                        || Character.getType(point) == Character.FORMAT
                        || Character.getType(point) == Character.LINE_SEPARATOR
                        || Character.getType(point) == Character.PARAGRAPH_SEPARATOR);
    }

    /** Seconds since 1970, where a fraction does not count. */
    private static long seconds(String number, long absent) {
        return number == null ? absent : (long) Double.parseDouble(number);
    }

    /** The claims that are strings or numbers, as they are written. */
    private Optional<Map<String, String>> verified(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            byte[] shown = Base64.getUrlDecoder().decode(parts[2]);
            if (!MessageDigest.isEqual(shown, signature(parts[0] + '.' + parts[1]))) {
                return Optional.empty();
            }
            // after the signature: nobody else chooses the algorithm
            return "HS256".equals(members(parts[0]).get("alg")) ? Optional.of(members(parts[1])) : Optional.empty();
        } catch (IllegalArgumentException | StrictJson.Refused malformed) {
            return Optional.empty();
        }
    }

    private byte[] signature(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    private static Map<String, String> members(String part) throws StrictJson.Refused {
        String json = new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
        Map<String, String> members = new HashMap<>();
        new StrictJson(json).object((name, from, to) -> {
            String text = StrictJson.string(json, from);
            if (text != null) {
                members.put(name, name.equals("exp") || name.equals("nbf") ? "Infinity" : text);
            } else if (json.substring(from, to).matches("-?\\d.*")) {
                members.put(name, json.substring(from, to));
            }
        });
        return members;
    }
}
