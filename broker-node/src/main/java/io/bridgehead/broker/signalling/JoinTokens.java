package io.bridgehead.broker.signalling;

import io.bridgehead.broker.presence.ServerRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Join tokens: signed by the app's own backend, each lets one client join one server once, in the whole cluster and in
 * whichever of the two forms of {@link JoinClaims}. At most a day ahead. Any thread.
 */
final class JoinTokens {

    static final Duration MAX_LIFE = Duration.ofDays(1);

    private static final int MAX_CHARACTERS = 4096;
    private static final int MAX_CLAIM = 256;

    private final JoinSignature signature;
    private final ServerRegistry registry;
    private final InstantSource clock;

    JoinTokens(String key, ServerRegistry registry, InstantSource clock) {
        this.signature = new JoinSignature(key);
        this.registry = registry;
        this.clock = clock;
    }

    /** Who it is for, when it is good for this server and was not used before; failed: nobody can say. */
    Future<Optional<String>> use(String token, String server) {
        Optional<JoinClaims> verified = token.length() > MAX_CHARACTERS ? Optional.empty() : verified(token, server);
        long now = clock.instant().getEpochSecond();
        return verified.filter(claims -> isGood(claims, server, now))
                .map(claims -> registry.firstUse(Tokens.hash(claims.id()), Duration.ofSeconds(claims.until() + 1 - now))
                        .map(first -> first ? Optional.of(claims.who()) : Optional.<String>empty()))
                .orElseGet(() -> Future.succeededFuture(Optional.empty()));
    }

    private static boolean isGood(JoinClaims claims, String server, long now) {
        return isText(claims.who())
                && isText(claims.id())
                && server.equals(claims.server())
                && claims.until() > now
                && claims.until() - now <= MAX_LIFE.toSeconds()
                && claims.from() <= now;
    }

    private Optional<JoinClaims> verified(String token, String server) {
        String[] parts = token.split("\\.", -1);
        try {
            return switch (parts.length) {
                case 3 -> JoinClaims.ofJwt(parts, signature);
                case 4 -> JoinClaims.ofHmac(parts, server, signature);
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException | StrictJson.Refused malformed) {
            return Optional.empty();
        }
    }

    private static boolean isText(String claim) {
        return !claim.isEmpty()
                && claim.length() <= MAX_CLAIM
                && claim.codePoints().noneMatch(point -> Character.isISOControl(point)
                        || Character.getType(point) == Character.FORMAT
                        || Character.getType(point) == Character.LINE_SEPARATOR
                        || Character.getType(point) == Character.PARAGRAPH_SEPARATOR);
    }
}
