package io.bridgehead.broker.estim;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.WrittenId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The grammar of one line: {@code ;name} or {@code ;name=argument}. Pure; any thread.
 *
 * <p>A line is a command, or faulty (a known command with a bad argument), or neither: then it is ignored, or passes
 * when bridged. A faulty line passes too when bridged.
 */
final class EstimLine {

    /** What a whole line is. */
    sealed interface Parsed {
        record Valid(EstimCommand command) implements Parsed {}

        record Faulty(String problem) implements Parsed {}

        record NoCommand() implements Parsed {}
    }

    /** Longest secret a client may give as its PIN, in bytes: as the account service's. */
    private static final int MAX_PIN_BYTES = 64;

    private static final int MAX_PROFILE_BYTES = 254;

    private static final List<byte[]> WITH_ARGUMENT =
            List.of(ascii(";register="), ascii(";connect="), ascii(";accept="), ascii(";reject="));
    private static final List<byte[]> ALONE = List.of(
            ascii(";end"), ascii(";quit"), ascii(";users"), ascii(";visible"), ascii(";invisible"), ascii(";help"));

    private final String homeDomain;

    EstimLine(String homeDomain) {
        this.homeDomain = homeDomain;
    }

    /** Whether a line that begins with these bytes can still become a command. */
    static boolean mayBecomeCommand(byte[] bytes, int length) {
        for (byte[] name : WITH_ARGUMENT) {
            if (startsAlike(name, bytes, length)) {
                return length <= name.length || isArgumentSoFar(bytes, name.length, length, name == WITH_ARGUMENT.get(0));
            }
        }
        for (byte[] name : ALONE) {
            if (startsAlike(name, bytes, Math.min(length, name.length))
                    && (length <= name.length || (length == name.length + 1 && bytes[name.length] == '\r'))) {
                return true;
            }
        }
        return false;
    }

    /** Judges a whole line, given without its line end. */
    Parsed parse(byte[] line, int length) {
        if (!startsLikeCommand(line, length)) {
            // before its text is made: a bridge's data has many lines that start with a semicolon
            return new Parsed.NoCommand();
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line, 0, length)).toString();
        } catch (CharacterCodingException e) {
            return isKnown(line, length) ? new Parsed.Faulty("line is not valid UTF-8") : new Parsed.NoCommand();
        }
        int equals = text.indexOf('=');
        return equals < 0 ? alone(text.substring(1)) : withArgument(text.substring(1, equals), text.substring(equals + 1));
    }

    private static Parsed alone(String name) {
        return switch (name) {
            case "end" -> new Parsed.Valid(new EstimCommand.End());
            case "quit" -> new Parsed.Valid(new EstimCommand.Quit());
            case "users" -> new Parsed.Valid(new EstimCommand.Users());
            case "visible" -> new Parsed.Valid(new EstimCommand.Visible());
            case "invisible" -> new Parsed.Valid(new EstimCommand.Invisible());
            case "help" -> new Parsed.Valid(new EstimCommand.Help());
            case "register", "connect", "accept", "reject" ->
                new Parsed.Faulty(";%s needs an id: ;%s=ID".formatted(name, name));
            default -> new Parsed.NoCommand();
        };
    }

    private Parsed withArgument(String name, String argument) {
        return switch (name) {
            case "register" -> register(argument);
            case "connect", "accept", "reject" -> {
                if (argument.isEmpty()) {
                    yield alone(name);
                }
                Optional<WrittenId> id = WrittenId.parse(argument, homeDomain);
                if (id.isEmpty()) {
                    yield badId(argument);
                }
                yield new Parsed.Valid(
                        switch (name) {
                            case "connect" -> new EstimCommand.Connect(id.get());
                            case "accept" -> new EstimCommand.Accept(id.get());
                            default -> new EstimCommand.Reject(id.get());
                        });
            }
            default -> new Parsed.NoCommand();
        };
    }

    private Parsed register(String argument) {
        if (argument.isEmpty()) {
            return alone("register");
        }
        String[] parts = argument.split(";", -1);
        boolean protocol2 = parts.length == 4 && parts[2].equals("v2");
        if (parts.length > 2 && !protocol2) {
            return new Parsed.Faulty(";register expects ID, ID;PIN or ID;PIN;v2;PROFILE");
        }
        Optional<WrittenId> id = WrittenId.parse(parts[0], homeDomain);
        if (id.isEmpty()) {
            return badId(parts[0]);
        }
        Optional<String> pin = parts.length > 1 && !parts[1].isEmpty() ? Optional.of(parts[1]) : Optional.empty();
        if (pin.isPresent() && isUnprintable(pin.get(), MAX_PIN_BYTES)) {
            return new Parsed.Faulty("PIN is longer than %d bytes or has control characters".formatted(MAX_PIN_BYTES));
        }
        Optional<String> profile = protocol2 ? Optional.of(parts[3]) : Optional.empty();
        if (profile.isPresent() && isUnprintable(profile.get(), MAX_PROFILE_BYTES)) {
            return new Parsed.Faulty(
                    "profile is longer than %d bytes or has control characters".formatted(MAX_PROFILE_BYTES));
        }
        return new Parsed.Valid(new EstimCommand.Register(id.get(), pin, profile));
    }

    private Parsed badId(String text) {
        return new Parsed.Faulty("id " + AccountId.problemIn(text, homeDomain).orElseThrow());
    }

    private static boolean isUnprintable(String text, int maxBytes) {
        return text.getBytes(StandardCharsets.UTF_8).length > maxBytes || text.chars().anyMatch(Character::isISOControl);
    }

    /** Whether the line begins with a command's name; what follows may still make it none. */
    private static boolean startsLikeCommand(byte[] line, int length) {
        for (byte[] name : WITH_ARGUMENT) {
            if (length >= name.length - 1 && startsAlike(name, line, length)) {
                return true;
            }
        }
        for (byte[] name : ALONE) {
            if (length >= name.length && startsAlike(name, line, length)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isKnown(byte[] line, int length) {
        return WITH_ARGUMENT.stream().anyMatch(name -> length >= name.length && startsAlike(name, line, length));
    }

    /** Whether name and bytes agree as far as both go. */
    private static boolean startsAlike(byte[] name, byte[] bytes, int length) {
        int common = Math.min(name.length, length);
        return Arrays.equals(name, 0, common, bytes, 0, common);
    }

    /** An argument has no control characters, spaces or {@code =}; {@code ;} only in a registration. */
    private static boolean isArgumentSoFar(byte[] bytes, int from, int to, boolean registration) {
        for (int at = from; at < to; at++) {
            byte b = bytes[at];
            boolean lineEnd = b == '\r' && at == to - 1;
            boolean forbidden = (b >= 0 && b < ' ') || b == 0x7f || (!registration && (b == ' ' || b == ';' || b == '='));
            if (forbidden && !lineEnd) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
