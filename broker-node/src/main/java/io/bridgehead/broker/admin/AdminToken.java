package io.bridgehead.broker.admin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/**
 * The operator's bearer token: 256 bits, kept in one file of mode 600. Compared in constant time, never printed.
 * Immutable; {@link #open} blocks and belongs to start-up, the rest is for any thread.
 */
public final class AdminToken {

    /** What is shorter can be guessed: 32 characters of base64 are 192 bits, of hex 128. */
    static final int MIN_CHARACTERS = 32;

    private static final int BYTES = 32;
    private static final long MAX_FILE_BYTES = 1024;

    /** A mounted secret is often readable by its group; by others never. */
    private static final Set<PosixFilePermission> FORBIDDEN = EnumSet.of(
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private final byte[] secret;

    private AdminToken(String text) {
        this.secret = text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads the token, or makes one when the file is not there (its directory, too).
     *
     * @throws IOException when the file cannot be read or written, is readable by others, or holds no usable token;
     *     the message names key, file and what was expected, and belongs in front of the operator
     */
    public static AdminToken open(Path file, SecureRandom random) throws IOException {
        if (Files.notExists(file)) {
            try {
                return create(file, random);
            } catch (FileAlreadyExistsException anotherProcessWasFaster) {
                return read(file);
            }
        }
        return read(file);
    }

    /** Whether {@code given} is the token. Takes the same time wherever the first difference is. */
    public boolean matches(String given) {
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), secret);
    }

    @Override
    public String toString() {
        return "AdminToken";
    }

    private static AdminToken create(Path file, SecureRandom random) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        byte[] bits = new byte[BYTES];
        random.nextBytes(bits);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        // the mode is part of the creation: nobody can open the file between the two
        try (SeekableByteChannel channel = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer line = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.US_ASCII));
            while (line.hasRemaining()) {
                channel.write(line);
            }
        }
        return new AdminToken(text);
    }

    private static AdminToken read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw refused(file, "is no regular file", "a file that holds the token");
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        if (mode.stream().anyMatch(FORBIDDEN::contains)) {
            throw refused(file, "has mode " + PosixFilePermissions.toString(mode), "rw-------: chmod 600 it");
        }
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw refused(file, "has " + Files.size(file) + " bytes", "at most " + MAX_FILE_BYTES);
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        if (text.length() < MIN_CHARACTERS) {
            throw refused(file, "holds " + text.length() + " characters",
                    "at least " + MIN_CHARACTERS + ", or no file: then a token is made");
        }
        if (!text.matches("[A-Za-z0-9._~+/=-]+")) {
            throw refused(file, "holds characters that no bearer token has", "letters, digits, '-._~+/='");
        }
        return new AdminToken(text);
    }

    private static IOException refused(Path file, String found, String expected) {
        return new IOException("admin.token-file: " + file + " " + found + " (expected: " + expected + ")");
    }
}
