package io.bridgehead.broker.signalling;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Walks over one JSON text (RFC 8259) without building anything: tells where values begin and end, and refuses what a
 * receiver may read otherwise than we do: a key twice, half of a surrogate pair, numbers beyond a double or longer than
 * {@value #MAX_NUMBER} characters, values nested deeper than {@value #MAX_DEPTH}. One thread.
 */
final class StrictJson {

    static final int MAX_DEPTH = 32;
    static final int MAX_NUMBER = 64;

    /** What is wrong with the text; without a stack trace, which would cost more than the reading. */
    static final class Refused extends Exception {

        private static final long serialVersionUID = 1;
        private final boolean unsafe;

        private Refused(String problem, boolean unsafe) {
            super(problem, null, false, false);
            this.unsafe = unsafe;
        }

        /** Whether it looks like an attack rather than a mistake. */
        boolean isUnsafe() {
            return unsafe;
        }
    }

    /** Told of each member of the outermost object. */
    interface Members {

        /** @param from where the value begins; {@code to} where it ends, exclusive */
        void member(String name, int from, int to) throws Refused;
    }

    private static final Members NOBODY = (name, from, to) -> {};

    private final String text;
    /** The text's characters; what is no Latin-1 stands as something that means nothing to JSON. */
    private final byte[] chars;
    private int at;

    StrictJson(String text) {
        this(text, chars(text));
    }

    private StrictJson(String text, byte[] chars) {
        this.text = text;
        this.chars = chars;
    }

    /** @param utf8 the text as it came, valid; when it is ASCII it is walked over as it lies there */
    static StrictJson of(String text, byte[] utf8) {
        return new StrictJson(text, utf8.length == text.length() ? utf8 : chars(text));
    }

    /** Bytes are walked over in half the time that a string takes. */
    private static byte[] chars(String text) {
        byte[] chars = text.getBytes(StandardCharsets.ISO_8859_1);
        if (chars.length == text.length()) {
            return chars;
        }
        // pairs of surrogates were encoded as one
        chars = new byte[text.length()];
        for (int n = 0; n < chars.length; n++) {
            char c = text.charAt(n);
            chars[n] = (byte) (c < 128 ? c : '?');
        }
        return chars;
    }

    /** Walks over an object, which must be all of the text. */
    void object(Members members) throws Refused {
        blanks();
        if (peek() != '{') {
            throw refused("an object expected");
        }
        object(1, members);
        blanks();
        if (at < chars.length) {
            throw refused("nothing expected behind the object");
        }
    }

    /** The characters of the string that begins at {@code from}; null when there is no string. Goes on where it was. */
    String stringAt(int from) throws Refused {
        if (chars[from] != '"') {
            return null;
        }
        int before = at;
        at = from;
        String found = string();
        at = before;
        return found;
    }

    private void value(int depth) throws Refused {
        if (depth > MAX_DEPTH) {
            throw new Refused("nested deeper than " + MAX_DEPTH, true);
        }
        switch (peek()) {
            case '{' -> object(depth, NOBODY);
            case '[' -> array(depth);
            case '"' -> skipString();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> number();
        }
    }

    private void object(int depth, Members members) throws Refused {
        Names names = new Names();
        at++;
        blanks();
        if (peek() == '}') {
            at++;
            return;
        }
        while (true) {
            if (peek() != '"') {
                throw refused("a key expected");
            }
            String name = string();
            if (!names.add(name)) {
                throw new Refused("a key stands there twice", true);
            }
            blanks();
            expect(':');
            blanks();
            int from = at;
            value(depth + 1);
            members.member(name, from, at);
            blanks();
            if (peek() == '}') {
                at++;
                return;
            }
            expect(',');
            blanks();
        }
    }

    /** The names in one object. Most objects have few, and short ones: those are compared one by one. */
    private static final class Names {

        private static final int FEW = 8;

        private final String[] few = new String[FEW];
        private int count;
        private Set<String> many;

        /** False: it was there before. */
        boolean add(String name) {
            if (many != null) {
                return many.add(name);
            }
            for (int n = 0; n < count; n++) {
                if (few[n].equals(name)) {
                    return false;
                }
            }
            if (count < FEW) {
                few[count++] = name;
                return true;
            }
            many = new HashSet<>(List.of(few));
            return many.add(name);
        }
    }

    private void array(int depth) throws Refused {
        at++;
        blanks();
        if (peek() == ']') {
            at++;
            return;
        }
        while (true) {
            value(depth + 1);
            blanks();
            if (peek() == ']') {
                at++;
                return;
            }
            expect(',');
            blanks();
        }
    }

    private String string() throws Refused {
        int start = at + 1;
        skipPlain(start);
        if (peek() == '"') {
            return text.substring(start, at++);
        }
        StringBuilder unescaped = new StringBuilder(text.substring(start, at));
        while (peek() == '\\') {
            at++;
            unescaped.append(escaped());
            int plain = at;
            skipPlain(plain);
            unescaped.append(text, plain, at);
        }
        if (peek() != '"') {
            throw refused("a control character in a string must be escaped");
        }
        at++;
        String found = unescaped.toString();
        requireWholePairs(found);
        return found;
    }

    /** Most strings of a message are nobody's business: walked over, not built. */
    private void skipString() throws Refused {
        int start = at;
        skipPlain(start + 1);
        if (at < chars.length && chars[at] == '"') {
            at++;
        } else {
            // an escape, or a mistake
            at = start;
            string();
        }
    }

    /** To the end of the string, the next escape, a character that must not stand there, or the end of the text. */
    private void skipPlain(int from) {
        int n = from;
        while (n < chars.length) {
            byte c = chars[n];
            // beyond ASCII it is negative
            if (c == '"' || c == '\\' || c >= 0 && c < ' ') {
                break;
            }
            n++;
        }
        at = n;
    }

    private char escaped() throws Refused {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw refused("no such escape");
        };
    }

    private char unicode() throws Refused {
        int value = 0;
        for (int n = 0; n < 4; n++) {
            int digit = peek() < 128 ? Character.digit(peek(), 16) : -1;
            if (digit < 0) {
                throw refused("four hex digits expected");
            }
            value = value << 4 | digit;
            at++;
        }
        return (char) value;
    }

    private static void requireWholePairs(String found) throws Refused {
        for (int n = 0; n < found.length(); n++) {
            char c = found.charAt(n);
            boolean pair = Character.isHighSurrogate(c)
                    && n + 1 < found.length()
                    && Character.isLowSurrogate(found.charAt(n + 1));
            if (Character.isSurrogate(c) && !pair) {
                throw new Refused("half of a surrogate pair", true);
            }
            n += pair ? 1 : 0;
        }
    }

    private void number() throws Refused {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (at < chars.length && chars[at] == '.') {
            at++;
            digits();
        }
        // digits alone are too few for that
        boolean exponent = at < chars.length && (chars[at] == 'e' || chars[at] == 'E');
        if (exponent) {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
        if (at - start > MAX_NUMBER) {
            throw new Refused("a number longer than " + MAX_NUMBER + " characters", true);
        }
        if (exponent && Double.isInfinite(Double.parseDouble(text.substring(start, at)))) {
            throw new Refused("a number beyond the range of a double", true);
        }
    }

    private void digits() throws Refused {
        int start = at;
        while (at < chars.length && chars[at] >= '0' && chars[at] <= '9') {
            at++;
        }
        if (at == start) {
            throw refused("a value expected");
        }
    }

    private void literal(String word) throws Refused {
        if (!text.startsWith(word, at)) {
            throw refused("a value expected");
        }
        at += word.length();
    }

    private void blanks() {
        while (at < chars.length && isBlank(chars[at])) {
            at++;
        }
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    private char peek() throws Refused {
        if (at >= chars.length) {
            throw refused("the text ends early");
        }
        return (char) (chars[at] & 0xFF);
    }

    private void expect(char c) throws Refused {
        if (peek() != c) {
            throw refused("'" + c + "' expected");
        }
        at++;
    }

    private Refused refused(String problem) {
        return new Refused(problem + " at character " + at, false);
    }
}
