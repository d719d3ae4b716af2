package io.bridgehead.broker.relay;

/** What the names of this room may be. Pure; any thread. */
final class RelayWords {

    static final int MAX_TOKEN = 256;

    /** An IPv6 address with a zone has some 60 characters. */
    static final int MAX_ADDRESS = 128;

    static final String SERVICE = "1..63 lower-case letters, digits and '-', a letter or digit first";
    static final String HOST_ID = "1..64 letters, digits, '-', '.', '_' and ':'";

    private RelayWords() {}

    static boolean isService(String text) {
        return text.matches("[a-z0-9][a-z0-9-]{0,62}");
    }

    static boolean isHostId(String text) {
        return text.matches("[A-Za-z0-9._:-]{1,64}");
    }

    static boolean isToken(String text) {
        return text.matches("[\\x21-\\x7e]{1," + MAX_TOKEN + "}");
    }
}
