package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.presence.InMemoryServerRegistry;
import io.bridgehead.broker.presence.ServerRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
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

    // ---- without a library for JWT

    /** As {@code openssl dgst -sha256 -hmac} and Python's {@code hmac} sign {@code S.1000060.x-1.QW5uIMOWLg}. */
    private static final String PLAIN = "1000060.x-1.QW5uIMOWLg."
            + "6972b2fcf15b6b6f618d3ccfdb0a27b0d35bc88f0f0cc2d9426fbe219a3b4721";

    /** As a backend makes one with nothing but an HMAC. */
    private static String plain(String server, String exp, String id, String who, String key) throws Exception {
        String rest = exp + '.' + id + '.' + base64(who.getBytes(StandardCharsets.UTF_8));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] signature = mac.doFinal((server + '.' + rest).getBytes(StandardCharsets.UTF_8));
        return rest + '.' + HexFormat.of().formatHex(signature);
    }

    @Test
    void aPlainTokenNamesItsBearerOnceWhicheverFormCameFirst() throws Exception {
        assertThat(plain("S", "1000060", "x-1", "Ann \u00d6.", KEY)).isEqualTo(PLAIN);
        assertThat(use(PLAIN)).contains("Ann \u00d6.");
        assertThat(use(PLAIN)).isEmpty();
        assertThat(use(token(HEADER, claims("1000060", "x-1"), KEY))).isEmpty();
        assertThat(use(token(HEADER, claims("1000060", "x-2"), KEY))).contains("ann");
        assertThat(use(plain("S", "1000060", "x-2", "bob", KEY))).isEmpty();
        assertThat(use(plain("S", "1000060", "x-3", "bob", KEY).toUpperCase(Locale.ROOT))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            S   | 1000000        | 1   | ann
            S   | 1086401        | 1   | ann
            S   | -1             | 1   | ann
            S   | 1e6            | 1   | ann
            S   | 9999999999999  | 1   | ann
            S   | ``             | 1   | ann
            T   | 1000060        | 1   | ann
            S   | 1000060        | ``  | ann
            S   | 1000060        | a b | ann
            S   | 1000060        | 1   | ``
            S   | 1000060        | 1   | a\u202eb
            """)
    void aPlainTokenThatIsNotGoodForThisServerNowIsRefused(String server, String exp, String id, String who)
            throws Exception {
        assertThat(use(plain(server, exp, id, who.replace("\\u202e", "\u202e"), KEY))).isEmpty();
    }

    @Test
    void nobodyElseSignsAPlainToken() throws Exception {
        assertThat(use(plain("S", "1000060", "1", "ann", KEY + "x"))).isEmpty();
        assertThat(use(PLAIN.replace("1000060", "1000061"))).isEmpty();
        assertThat(use(PLAIN.replace("x-1", "x-2"))).isEmpty();
        assertThat(use(PLAIN.substring(0, PLAIN.length() - 1))).isEmpty();
        assertThat(use(PLAIN.substring(0, PLAIN.length() - 64))).isEmpty();
        assertThat(use(PLAIN + "00")).isEmpty();
        assertThat(use("...")).isEmpty();
        assertThat(use(PLAIN)).isPresent();
    }
}
