package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.presence.InMemoryServerRegistry;
import io.bridgehead.broker.presence.ServerRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JoinTokensTest {

    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

    private final ServerRegistry registry = new InMemoryServerRegistry();
    private final JoinTokens tokens = new JoinTokens(KEY, registry, () -> Instant.ofEpochSecond(1_000_000));

    /** As a backend makes one. */
    static String token(String header, String claims, String key) throws Exception {
        String signed = base64(header.getBytes(StandardCharsets.UTF_8)) + '.' + base64(claims.getBytes(StandardCharsets.UTF_8));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return signed + '.' + base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private Optional<String> use(String token) {
        return tokens.use(token, "S").result();
    }

    private static String claims(String exp, String jti) {
        return "{\"sub\":\"ann\",\"srv\":\"S\",\"exp\":" + exp + ",\"jti\":\"" + jti + "\"}";
    }

    @Test
    void aGoodTokenNamesItsBearerOnce() throws Exception {
        String token = token(HEADER, claims("1000060", "1"), KEY);
        assertThat(use(token)).contains("ann");
        assertThat(use(token)).isEmpty();
        assertThat(use(token(HEADER, claims("1000061", "1"), KEY))).isEmpty();
        assertThat(use(token(HEADER, claims("1000060", "2"), KEY))).contains("ann");
    }

    /** RFC 7515 §A.1: another implementation's signature. */
    @Test
    void theSignatureIsTheStandardOne() throws Exception {
        assertThat(token("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}",
                        "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}", "k"))
                .startsWith("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog"
                        + "Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"sub":"ann","srv":"S","exp":1000000,"jti":"1"}
            {"sub":"ann","srv":"S","exp":1086401,"jti":"1"}
            {"sub":"ann","srv":"S","exp":1e300,"jti":"1"}
            {"sub":"ann","srv":"S","exp":"1000060","jti":"1"}
            {"sub":"ann","srv":"S","jti":"1"}
            {"sub":"ann","srv":"S","exp":1000060,"nbf":1000001,"jti":"1"}
            {"sub":"ann","srv":"S","exp":1000060,"nbf":"1","jti":"1"}
            {"sub":"ann","srv":"T","exp":1000060,"jti":"1"}
            {"sub":"ann","exp":1000060,"jti":"1"}
            {"srv":"S","exp":1000060,"jti":"1"}
            {"sub":"","srv":"S","exp":1000060,"jti":"1"}
            {"sub":"a\\u202eb","srv":"S","exp":1000060,"jti":"1"}
            {"sub":"ann","srv":"S","exp":1000060}
            {"sub":"ann","srv":"S","srv":"S","exp":1000060,"jti":"1"}
            []
            """)
    void aTokenThatIsNotGoodForThisServerNowIsRefused(String claims) throws Exception {
        assertThat(use(token(HEADER, claims, KEY))).isEmpty();
    }

    @Test
    void nobodyElseSigns() throws Exception {
        String good = token(HEADER, claims("1000060", "1"), KEY);
        assertThat(use(token(HEADER, claims("1000060", "1"), KEY + "x"))).isEmpty();
        assertThat(use(token("{\"alg\":\"none\"}", claims("1000060", "1"), KEY))).isEmpty();
        assertThat(use(good.substring(0, good.lastIndexOf('.') + 1))).isEmpty();
        assertThat(use(good + "." + good)).isEmpty();
        assertThat(use("")).isEmpty();
        assertThat(use("a.b.c")).isEmpty();
        assertThat(use("%.%.%")).isEmpty();
        assertThat(use(good)).contains("ann");
    }
}
