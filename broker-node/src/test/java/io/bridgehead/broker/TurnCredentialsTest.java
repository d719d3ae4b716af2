package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The credentials that HELLO brings, shown to a real TURN server. */
class TurnCredentialsTest {

    private static final String SECRET = "north-by-northwest";
    private static final int UNAUTHORIZED = 401;

    @TempDir
    private Path directory;

    @Test
    void aTurnServerTakesWhatHelloBringsAndNothingElse() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), SECRET + "\n");
        try (TurnServer turn = TurnServer.start(directory, SECRET);
                TestNode node = TestNode.start(
                        directory,
                        "signalling.ice-servers=turn:127.0.0.1:" + turn.port() + "?transport=udp",
                        "signalling.turn-secret-file=" + secret,
                        "signalling.turn-ttl=1h")) {
            SignallingClient server = SignallingClient.server(node.signalling());
            SignallingClient client = SignallingClient.client(node.signalling(), server.id());
            for (SignallingClient peer : new SignallingClient[] {server, client}) {
                JsonObject ice = peer.hello().getJsonArray("iceServers").getJsonObject(0);
                String user = ice.getString("username");
                String password = ice.getString("credential");
                long until = Long.parseLong(user.substring(0, user.indexOf(':')));

                assertThat(TurnClient.allocate(turn.port(), user, password)).as("allocated").isZero();
                String longer = user.replace(Long.toString(until), Long.toString(until + 3600));
                assertThat(TurnClient.allocate(turn.port(), longer, password)).as("a later end").isEqualTo(UNAUTHORIZED);
                String altered = (password.startsWith("A") ? "B" : "A") + password.substring(1);
                assertThat(TurnClient.allocate(turn.port(), user, altered)).as("altered").isEqualTo(UNAUTHORIZED);
            }
            String over = Instant.now().minusSeconds(60).getEpochSecond() + ":0123456789abcdef";
            assertThat(TurnClient.allocate(turn.port(), over, signed(over, SECRET))).as("over").isEqualTo(UNAUTHORIZED);
            String good = Instant.now().plusSeconds(60).getEpochSecond() + ":0123456789abcdef";
            assertThat(TurnClient.allocate(turn.port(), good, signed(good, "south")))
                    .as("another secret").isEqualTo(UNAUTHORIZED);
        }
    }

    private static String signed(String user, String secret) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        return Base64.getEncoder().encodeToString(mac.doFinal(user.getBytes(StandardCharsets.UTF_8)));
    }
}
