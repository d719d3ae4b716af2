package io.bridgehead.broker.signalling;

import io.bridgehead.broker.config.SignallingConfig;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The STUN and TURN servers that a peer is told, TURN with fresh credentials that end by themselves: user name
 * {@code expiry:peer}, password its HMAC-SHA1 under a secret shared with the TURN server. Any thread. Source: "A REST
 * API For Access To TURN Services", draft-uberti-behave-turn-rest-00; coturn's {@code use-auth-secret}.
 */
final class IceServers {

    private static final int NAME_CHARACTERS = 16;

    private final SignallingConfig.Ice config;
    private final InstantSource clock;

    IceServers(SignallingConfig.Ice config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
    }

    /** @param peer its id, which may be a token: only a hash of it goes to the TURN server */
    List<SignallingReply.IceServer> of(String peer) {
        return config.servers().stream().map(url -> server(url, peer)).toList();
    }

    private SignallingReply.IceServer server(String url, String peer) {
        if (!url.startsWith("turn") || !config.turnSecret().isSet()) {
            return new SignallingReply.IceServer(url, Optional.empty(), Optional.empty());
        }
        long until = clock.instant().plus(config.turnTtl()).getEpochSecond();
        String name = until + ":" + Tokens.hash(peer).substring(0, NAME_CHARACTERS);
        return new SignallingReply.IceServer(url, Optional.of(name), Optional.of(password(name)));
    }

    private String password(String name) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(config.turnSecret().text().getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return Base64.getEncoder().encodeToString(mac.doFinal(name.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
