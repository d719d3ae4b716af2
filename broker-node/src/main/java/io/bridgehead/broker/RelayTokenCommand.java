package io.bridgehead.broker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code relay token}: a token for a service's hosts, of 256 random bits, and what to write into the configuration. A fast
 * hash is enough for such a token: there is no list of likely ones to try.
 */
@Command(
        name = "token",
        description = "Print a new token for a service's hosts, and its hash for relay.services.NAME.token.",
        mixinStandardHelpOptions = true)
final class RelayTokenCommand implements Callable<Integer> {

    private static final int BYTES = 32;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws NoSuchAlgorithmException {
        byte[] bits = new byte[BYTES];
        new SecureRandom().nextBytes(bits);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        command.commandLine().getOut().println("token:  " + token);
        command.commandLine().getOut().println("config: \"sha256:" + HexFormat.of().formatHex(hash) + "\"");
        return 0;
    }
}
