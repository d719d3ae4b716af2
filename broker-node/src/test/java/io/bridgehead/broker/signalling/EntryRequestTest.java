package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.config.Secret;
import io.bridgehead.broker.config.SignallingConfig;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EntryRequestTest {

    private static final EntryRequest.Shown NOTHING =
            new EntryRequest.Shown(false, Optional.empty(), -1, Optional.empty(), Optional.empty());

    @Test
    void thePathSaysWhatIsWanted() {
        assertThat(EntryRequest.of("/server", null, null, null))
                .isEqualTo(new EntryRequest.Open(false, Optional.empty(), NOTHING));
        assertThat(EntryRequest.of("/server", "x&token=words&serverInfo=a%26b+c", null, null))
                .isEqualTo(new EntryRequest.Open(true, Optional.of("a&b c"), NOTHING));
        assertThat(EntryRequest.of("/client/0a1b", "serverInfo=x", null, null))
                .isEqualTo(new EntryRequest.Join("0a1b", NOTHING));
        assertThat(EntryRequest.of("/client/Able%20ABOUT-above", null, null, null))
                .isEqualTo(new EntryRequest.Join("able-about-above", NOTHING));
    }

    @Test
    void whatIsShownStandsInTheSubProtocols() {
        assertThat(EntryRequest.of(
                        "/server", null, "bridgehead.v1, resume.a.b-c.0f, seen.12, auth.YW5uOjpQSU4, join.x.y.z", null))
                .isEqualTo(new EntryRequest.Open(false, Optional.empty(), new EntryRequest.Shown(
                        true,
                        Optional.of(new EntryRequest.ComesBack("a.b-c", "0f")),
                        12,
                        Optional.of(new EntryRequest.Login("ann", ":PIN")),
                        Optional.of("x.y.z"))));
        assertThat(EntryRequest.of("/server", null, null, "basic YW5uOlBJTg=="))
                .isEqualTo(new EntryRequest.Open(false, Optional.empty(), new EntryRequest.Shown(
                        false, Optional.empty(), -1, Optional.of(new EntryRequest.Login("ann", "PIN")), Optional.empty())));
        assertThat(EntryRequest.of("/server", null, "bridgehead.v1,resume.,seen.x,other", null))
                .isEqualTo(new EntryRequest.Open(false, Optional.empty(), new EntryRequest.Shown(
                        true, Optional.empty(), -1, Optional.empty(), Optional.empty())));
    }

    @Test
    void whatIsNotUnderstoodIsBad() {
        for (String path : List.of("", "/", "/serve", "/server/", "/client", "/client/", "/client/%", "/client/" + "a".repeat(257))) {
            assertThat(EntryRequest.of(path, null, null, null)).as(path).isEqualTo(new EntryRequest.Bad());
        }
        assertThat(EntryRequest.of("/server", "token=short", null, null)).isEqualTo(new EntryRequest.Bad());
        assertThat(EntryRequest.of("/server", "serverInfo=%", null, null)).isEqualTo(new EntryRequest.Bad());
        assertThat(EntryRequest.of("/server", "serverInfo=" + "a".repeat(1025), null, null)).isEqualTo(new EntryRequest.Bad());
        assertThat(EntryRequest.of("/server", null, "auth.$$$", null)).isEqualTo(new EntryRequest.Bad());
        assertThat(EntryRequest.of("/server", null, null, "Basic $$$")).isEqualTo(new EntryRequest.Bad());
    }

    @Test
    void secretsArePrintedNowhere() {
        assertThat(EntryRequest.of("/server", null, "bridgehead.v1, resume.T.P, auth.YW5uOlBJTg, join.J", null).toString())
                .doesNotContain("PIN", "T", "P", "J");
        assertThat(new SignallingReply.Return("S3", 1).toString()).doesNotContain("S3");
        assertThat(new Secret("hunter2").toString()).doesNotContain("hunter2");
    }

    /** Checked with {@code openssl dgst -sha1 -hmac north -binary | base64} over the user name. */
    @Test
    void turnCredentialsEndByThemselvesAndAreThoseOfCoturn() {
        SignallingConfig.Ice config = new SignallingConfig.Ice(
                List.of("stun:stun.example.org:3478", "turn:turn.example.org:3478?transport=udp"),
                new Secret("north"), Duration.ofHours(1));
        List<SignallingReply.IceServer> servers =
                new IceServers(config, () -> Instant.ofEpochSecond(1_433_891_695 - 3600)).of("token");

        assertThat(servers.get(0)).isEqualTo(
                new SignallingReply.IceServer("stun:stun.example.org:3478", Optional.empty(), Optional.empty()));
        assertThat(servers.get(1).username()).contains("1433891695:3c469e9d6c5875d3");
        assertThat(servers.get(1).credential()).contains("KPcqbkmkt7VnAiTqkehRHJH5QVM=");
    }

    @Test
    void theVocabularyIsWorthTenBitsAWord() {
        List<String> words = TokenWords.read();
        assertThat(words).hasSize(1024).doesNotHaveDuplicates().allMatch(word -> word.matches("[a-z]{3,7}"));
        Set<String> drawn = new HashSet<>();
        Tokens tokens = new Tokens(new SecureRandom(), words, 8);
        for (int n = 0; n < 2000; n++) {
            drawn.addAll(List.of(tokens.ofWords().split("-")));
        }
        assertThat(drawn).hasSize(1024);
        assertThat(Tokens.written(tokens.ofWords().toUpperCase(Locale.ROOT).replace('-', ' '))).contains("-");
    }
}
