package io.bridgehead.broker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any text is refused, or is exactly one line wherever it is echoed and reads back as itself. */
class EchoedTextTest {

    private static final String HOME = "home.example";

    @Property(tries = 20_000)
    void anIdIsRefusedOrRoundTripsAsOneLine(@ForAll("texts") String text) {
        Optional<AccountId> parsed = AccountId.parse(text, HOME);
        assertThat(parsed.isEmpty()).isEqualTo(AccountId.problemIn(text, HOME).isPresent());
        parsed.ifPresent(id -> {
            assertOneLine(text);
            assertOneLine(id.text());
            assertThat(id.text().getBytes(StandardCharsets.UTF_8)).hasSizeBetween(3, 254);
            assertThat(AccountId.parse(id.text(), "elsewhere.example")).contains(id);
            assertThat(AccountId.require(text, HOME)).isEqualTo(id);
        });
    }

    @Property(tries = 20_000)
    void aNicknameIsRefusedOrRoundTripsAsOneLine(@ForAll("texts") String text) {
        if (Nickname.problemIn(text).isEmpty()) {
            assertOneLine(text);
            assertThat(text).doesNotContain("@");
            assertThat(new Nickname(text)).hasToString(text);
            assertThat(new Nickname(text).alias(HOME).domain()).isEqualTo(HOME);
        } else {
            assertThatThrownBy(() -> new Nickname(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Property(tries = 5_000)
    void aBanReasonIsRefusedOrOneLine(@ForAll("texts") String text) {
        if (EchoedText.problemIn(text, BanReason.MAX_BYTES).isEmpty()) {
            assertSafe(new BanReason(text).text());
        } else {
            assertThatThrownBy(() -> new BanReason(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> tricky = Arbitraries.of(
                "a", "Z", "@", "@", ".", "\u0130", "\u03a3", "J\u030c", "H\u0331", "T\u0308", "\u1e9e", "e\u0308",
                "\u00eb", "\u212b", "\ud83d\ude00", "\ud800", "\udc00", "\u202e", "\u200b", "\ufeff", "\u2028",
                "\u0085", "\r", "\n", "\0", ";", "=", " ", "\u00a0", "\u3000", "\u00ad", "\u3164");
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(12),
                Arbitraries.strings().alpha().ofMinLength(3).ofMaxLength(260),
                tricky.list().ofMaxSize(6).map(list -> String.join("", list)),
                Arbitraries.of("\u0130", "\u1e9e", "a").flatMap(letter ->
                        Arbitraries.integers().between(80, 255).map(letter::repeat)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ab", "a b", "a;b", "a=b", "abc\r", "abc\n", "abc\0", "abc\u2028", "abc\u2029", "abc\u0085",
                "abc\u001b",
                "abc\u007f", "abc\u202e", "abc\u2066", "abc\u200b", "abc\u200d", "abc\ufeff", "abc\u00ad", "zoe\u0308",
                "abc\ud800", "\udc00abc", "abc\u00a0", "abc\u3000", "abc\u3164", "abc\ue000",
                "abc\u034f", "abc\u115f", "abc\u1160", "abc\u17b4", "abc\u17b5", "abc\u180b", "abc\u180d",
                "abc\u180e", "abc\u180f", "abc\u2065", "abc\ufe00", "\u2764\ufe0f", "abc\uffa0", "abc\ufff0",
                "abc\ufff9", "abc\ufffa", "abc\ufffb", "abc\udb40\udc00", "abc\udb40\udc7f", "abc\udb40\udd00",
                "abc\udb40\uddef", "abc\udb43\udfff",
                "x\r\n;failed:3=banned"
            })
    void noNameMayBe(String text) {
        assertThat(AccountId.parse(text, HOME)).isEmpty();
        assertThat(Nickname.problemIn(text)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "\u00ebb", "\u65e5", "zo\u00eb", "\ud83d\ude00", "ABC",
        "a-b_c.d", "\u0434\u043e\u043c", "\u2764\u2764", "\ufe10\ufe10", "\ufffd\ufffd", "\u180a\u180a",
        "\u17b3\u17b6", "\udb44\udc00"})
    void aNameMayBe(String text) {
        assertThat(AccountId.parse(text, HOME)).isPresent();
        assertThat(Nickname.problemIn(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"@abc", "abc@", "a@b@c", "@", "@@@"})
    void anIdMayNotBe(String text) {
        assertThat(AccountId.problemIn(text, HOME)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(ints = {253, 254, 255})
    void anIdHas254BytesAtMostWithItsDomain(int bytes) {
        boolean allowed = bytes <= 254;
        String bare = "a".repeat(bytes - HOME.length() - 1);
        assertThat(AccountId.parse(bare, HOME).isPresent()).isEqualTo(allowed);
        assertThat(AccountId.parse(bare + '@' + HOME, HOME).isPresent()).isEqualTo(allowed);
        assertThat(AccountId.parse("\u00eb" + bare.substring(2) + '@' + HOME, HOME).isPresent()).isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 65})
    void aNicknameHas64BytesAtMost(int bytes) {
        assertThat(Nickname.problemIn("a".repeat(bytes)).isEmpty()).isEqualTo(bytes == 64);
        assertThat(Nickname.problemIn("\u00eb" + "a".repeat(bytes - 2)).isEmpty()).isEqualTo(bytes == 64);
    }

    private static void assertOneLine(String name) {
        assertSafe(name);
        assertThat(name).doesNotContain(";", "=", " ");
    }

    private static void assertSafe(String text) {
        assertThat(text.lines().count()).isLessThanOrEqualTo(1);
        assertThat(text.split("\\R", -1)).hasSize(1);
        assertThat(text).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");
        assertThat(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)).isEqualTo(text);
        assertThat(Normalizer.normalize(text, Normalizer.Form.NFC)).isEqualTo(text);
    }
}
