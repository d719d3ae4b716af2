package io.bridgehead.broker.estim;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What must come out of the decoder, found in the slow and simple way: byte by byte, each line kept whole, a regular
 * expression for each rule of {@code protocols.md} §1. Shares no code with what it judges. Items as
 * {@link DecoderTester}'s, errors without their text.
 */
final class DecoderOracle {

    private static final Pattern ALONE = Pattern.compile(";(end|quit|users|visible|invisible|help)");
    private static final Pattern KNOWN = Pattern.compile("(?s);(register|connect|accept|reject)(=.*)?");
    private static final Pattern WITH_ID = Pattern.compile("(?s);(?:connect|accept|reject)=(.+)");
    private static final Pattern REGISTER =
            Pattern.compile("(?s);register=([^;]+)(?:;([^;]*)(?:;v2;([^;]*))?)?");
    private static final Pattern NO_NAME_CHARACTER = Pattern.compile(
            "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}\\p{Zs};=\\u034f\\u115f\\u1160\\u3164\\uffa0]");

    /** On the bytes as characters 0 to 255: what may still become a command. */
    private static final Pattern UNDECIDED_ID = Pattern.compile(";(connect|accept|reject)=[^\\x00-\\x20\\x7f;=]*\\r?");

    private static final Pattern UNDECIDED_REGISTER = Pattern.compile(";register=[^\\x00-\\x1f\\x7f]*\\r?");
    private static final List<String> NAMES = List.of(
            ";end\r", ";quit\r", ";users\r", ";visible\r", ";invisible\r", ";help\r",
            ";register=", ";connect=", ";accept=", ";reject=");

    private final int max;
    private final List<String> items = new ArrayList<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    /** The current line, and for how many of its first bytes there was no bridge yet. */
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private int brokersOwn;

    /** Whether the beginning of the current line has gone its way already. */
    private boolean begun;

    private boolean bridged;

    /** Since a bridge ended, the client has sent no command: what it sends may have been meant for its partner. */
    private boolean late;

    private boolean dead;

    private DecoderOracle(int max) {
        this.max = max;
    }

    static List<String> run(ClientStream stream, int maxLineBytes) {
        DecoderOracle oracle = new DecoderOracle(maxLineBytes);
        for (ClientStream.Part part : stream.parts()) {
            switch (part) {
                case ClientStream.Part.Bytes(byte[] bytes) -> {
                    for (byte b : bytes) {
                        oracle.take(b);
                    }
                }
                case ClientStream.Part.MessageEnd m -> oracle.endLine(line(""));
                case ClientStream.Part.Switch(boolean bridged) -> oracle.turn(bridged);
            }
        }
        if (oracle.bridged) {
            oracle.passLine(line(""));
        }
        return oracle.items();
    }

    private void take(byte b) {
        if (dead) {
            return;
        }
        if (b == '\n') {
            endLine(line("\n"));
            return;
        }
        if (bridged && begun) {
            data.write(b);
            return;
        }
        line.write(b);
        if (bridged && !mayBecomeCommand()) {
            passLine(line(""));
            begun = true;
        }
        int length = line.size() + (begun ? 1 : 0);
        if (!bridged && (length > max + 1 || (length == max + 1 && b != '\r'))) {
            forgetLine();
            if (late) {
                begun = true;
            } else {
                dead = true;
                item("fatal");
            }
        }
    }

    private void endLine(byte[] lineEnd) {
        byte[] whole = withoutCr(line.toByteArray());
        Optional<String> command = begun || whole.length > max ? Optional.empty() : command(whole);
        if (command.isPresent()) {
            forgetLine();
            item("command " + command.get());
            if (command.get().startsWith(";accept=")) {
                turn(true);
            } else if (command.get().equals(";end")) {
                turn(false);
            }
            late = false;
        } else if (bridged) {
            passLine(lineEnd);
        } else {
            boolean faulty = !begun && KNOWN.matcher(latin1(whole)).matches() && isFaulty(whole);
            forgetLine();
            if (faulty) {
                item("error");
            }
        }
    }

    private void turn(boolean nowBridged) {
        late = !nowBridged && (bridged || late);
        bridged = nowBridged;
        if (bridged && !begun && line.size() > 0) {
            if (mayBecomeCommand()) {
                brokersOwn = line.size();
            } else {
                forgetLine();
                begun = true;
            }
        } else if (bridged && line.size() > 0) {
            line.reset();
        }
    }

    private void passLine(byte[] lineEnd) {
        byte[] all = line.toByteArray();
        data.write(all, brokersOwn, all.length - brokersOwn);
        data.writeBytes(lineEnd);
        forgetLine();
    }

    private void forgetLine() {
        line.reset();
        brokersOwn = 0;
        begun = false;
    }

    private boolean mayBecomeCommand() {
        String soFar = latin1(line.toByteArray());
        boolean shortEnough = soFar.length() <= max || (soFar.length() == max + 1 && soFar.endsWith("\r"));
        return shortEnough
                && (NAMES.stream().anyMatch(name -> name.startsWith(soFar))
                        || UNDECIDED_ID.matcher(soFar).matches()
                        || UNDECIDED_REGISTER.matcher(soFar).matches());
    }

    /** The command that the line is, in its shortest form. */
    private static Optional<String> command(byte[] line) {
        Optional<String> decoded = utf8(line);
        if (decoded.isEmpty()) {
            return Optional.empty();
        }
        String text = decoded.get();
        if (ALONE.matcher(text).matches()) {
            return decoded;
        }
        Matcher withId = WITH_ID.matcher(text);
        if (withId.matches()) {
            return isId(withId.group(1)) ? decoded : Optional.empty();
        }
        Matcher register = REGISTER.matcher(text);
        if (!register.matches() || !isId(register.group(1))) {
            return Optional.empty();
        }
        String pin = register.group(2) == null ? "" : register.group(2);
        String profile = register.group(3);
        if (!isPlain(pin, 64) || (profile != null && !isPlain(profile, 254))) {
            return Optional.empty();
        }
        String shortest = ";register=" + register.group(1) + (pin.isEmpty() && profile == null ? "" : ";" + pin);
        return Optional.of(profile == null ? shortest : shortest + ";v2;" + profile);
    }

    /** A known name whose argument is wrong; as bytes that are no UTF-8 only with the equals sign. */
    private static boolean isFaulty(byte[] line) {
        return utf8(line).isPresent() || latin1(line).contains("=");
    }

    private static boolean isId(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        return bytes >= 3
                && bytes <= 254
                && !NO_NAME_CHARACTER.matcher(text).find()
                && Normalizer.normalize(text, Normalizer.Form.NFC).equals(text)
                && text.matches("[^@]+(@[^@]+)?")
                && canonical(text).getBytes(StandardCharsets.UTF_8).length <= 254;
    }

    private static String canonical(String id) {
        String lower = Normalizer.normalize(id.toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
        return lower.contains("@") ? lower : lower + "@" + DecoderTester.HOME;
    }

    private static boolean isPlain(String text, int maxBytes) {
        return text.getBytes(StandardCharsets.UTF_8).length <= maxBytes && !text.matches("(?s).*\\p{Cc}.*");
    }

    private static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static byte[] withoutCr(byte[] line) {
        String text = latin1(line);
        return line(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] line(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void item(String item) {
        items();
        items.add(item);
    }

    private List<String> items() {
        if (data.size() > 0) {
            items.add("data " + ClientStream.escape(data.toByteArray()));
            data.reset();
        }
        return items;
    }
}
