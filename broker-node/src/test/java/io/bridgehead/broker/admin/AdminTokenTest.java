package io.bridgehead.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminTokenTest {

    private static final String GOOD = "0123456789abcdef0123456789abcdef";

    private final SecureRandom random = new SecureRandom();

    @TempDir
    private Path directory;

    @Test
    void theFirstStartMakesADirectoryAndATokenOnlyItsOwnerMayRead() throws Exception {
        Path file = directory.resolve("data/inner/admin.token");

        AdminToken token = AdminToken.open(file, random);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        String text = Files.readString(file).strip();
        assertThat(Base64.getUrlDecoder().decode(text)).hasSize(32);
        assertThat(token.matches(text)).isTrue();
        assertThat(token.toString()).doesNotContain(text);
    }

    @Test
    void theNextStartReadsTheSameToken() throws Exception {
        Path file = directory.resolve("admin.token");
        AdminToken.open(file, random);
        String text = Files.readString(file).strip();

        assertThat(AdminToken.open(file, random).matches(text)).isTrue();
        assertThat(Files.readString(file).strip()).isEqualTo(text);
    }

    @Test
    void noTwoTokensAreAlike() throws Exception {
        Set<String> tokens = new HashSet<>();
        for (int number = 0; number < 200; number++) {
            Path file = directory.resolve("token" + number);
            AdminToken.open(file, random);
            tokens.add(Files.readString(file).strip());
        }
        assertThat(tokens).hasSize(200);
    }

    @Test
    void onlyTheWholeTokenMatches() throws Exception {
        AdminToken token = AdminToken.open(file(GOOD + "\n", "rw-------"), random);

        assertThat(token.matches(GOOD)).isTrue();
        assertThat(token.matches("")).isFalse();
        assertThat(token.matches(GOOD.substring(1))).isFalse();
        assertThat(token.matches(GOOD + "0")).isFalse();
        assertThat(token.matches(GOOD.toUpperCase(Locale.ROOT))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "short", "0123456789abcdef0123456789abcde", "0123456789abcdef 0123456789abcdef",
        "0123456789abcdef0123456789abcde\u00e9"})
    void aFileWithoutAUsableTokenStopsTheStart(String content) throws Exception {
        Path file = file(content, "rw-------");

        assertThatThrownBy(() -> AdminToken.open(file, random))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("admin.token-file")
                .hasMessageContaining(file.toString())
                .hasMessageContaining("expected");
        assertThat(Files.readString(file)).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw-----w-", "rw--w----", "rw------x"})
    void aFileThatOthersCanReachStopsTheStart(String mode) throws Exception {
        Path file = file(GOOD, mode);

        assertThatThrownBy(() -> AdminToken.open(file, random))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(mode)
                .hasMessageContaining("chmod 600")
                .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain(GOOD));
    }

    @ParameterizedTest
    @ValueSource(strings = {"r--------", "rw-r-----", "r--r-----"})
    void aMountedSecretMayBeReadByItsGroup(String mode) throws Exception {
        assertThat(AdminToken.open(file(GOOD, mode), random).matches(GOOD)).isTrue();
    }

    @Test
    void aDirectoryOrAHugeFileStopsTheStart() throws Exception {
        assertThatThrownBy(() -> AdminToken.open(directory, random)).hasMessageContaining("no regular file");
        Path huge = file("a".repeat(2000), "rw-------");
        assertThatThrownBy(() -> AdminToken.open(huge, random)).hasMessageContaining("2000 bytes");
    }

    private Path file(String content, String mode) throws IOException {
        Path file = directory.resolve("given.token");
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return file;
    }
}
