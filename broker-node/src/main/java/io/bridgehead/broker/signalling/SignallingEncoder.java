package io.bridgehead.broker.signalling;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.StringJoiner;

/** A reply as the text of a WebSocket message, in UTF-8. Pure; any thread. Source: {@code protocols.md} §2. */
final class SignallingEncoder {

    /** The relay's own id. */
    static final String RELAY = "0";

    private static final byte[] FROM = utf8("{\"from\":\"");
    private static final byte[] TO = utf8("\",\"to\":\"");
    private static final byte[] TYPE = utf8("\",\"type\":\"");
    private static final byte[] MESSAGE = utf8("\",\"message\":");
    private static final byte[] END = utf8("}");

    private SignallingEncoder() {}

    static byte[] encode(SignallingReply reply) {
        return switch (reply) {
            case SignallingReply.Hello hello ->
                envelope(RELAY, hello.to(), "HELLO", hello(hello), OptionalLong.empty());
            case SignallingReply.Forward(String to, String from, String type, String message, OptionalLong seq) ->
                envelope(from, to, type, message, seq);
            case SignallingReply.PeerJoined(String to, String peer, String who, OptionalLong seq) ->
                envelope(RELAY, to, "PEER_JOINED",
                        who.isEmpty() ? object().add(pair("id", peer)).toString()
                                : object().add(pair("id", peer)).add(pair("who", who)).toString(), seq);
            case SignallingReply.PeerGone(String to, String peer, OptionalLong seq) ->
                envelope(RELAY, to, "PEER_GONE", object().add(pair("id", peer)).toString(), seq);
            case SignallingReply.Error(String to, ErrorCode code, String reason) ->
                envelope(RELAY, to, "ERROR",
                        object().add(pair("code", code.wire())).add(pair("reason", reason)).toString(),
                        OptionalLong.empty());
        };
    }

    private static String hello(SignallingReply.Hello hello) {
        StringJoiner fields = object().add(pair("id", hello.to()));
        hello.server().ifPresent(server -> fields.add(pair("server", server)));
        hello.serverInfo().ifPresent(info -> fields.add(pair("serverInfo", info)));
        hello.comeBack().ifPresent(back -> fields.add(pair("secret", back.secret()))
                .add("\"graceSeconds\":" + back.graceSeconds()));
        hello.resumed().ifPresent(resumed -> fields.add("\"resumed\":true")
                .add("\"received\":" + resumed.received())
                .add("\"lost\":" + (resumed.lost() < 0 ? "\"unknown\"" : resumed.lost())));
        if (!hello.iceServers().isEmpty()) {
            StringJoiner servers = new StringJoiner(",", "[", "]");
            hello.iceServers().forEach(server -> servers.add(iceServer(server)));
            fields.add("\"iceServers\":" + servers);
        }
        return fields.toString();
    }

    private static String iceServer(SignallingReply.IceServer server) {
        StringJoiner fields = object().add("\"urls\":[" + quoted(server.url()) + "]");
        server.username().ifPresent(name -> fields.add(pair("username", name)));
        server.credential().ifPresent(credential -> fields.add(pair("credential", credential)));
        return fields.toString();
    }

    /** Put together from bytes: as a text each message would be copied twice more. */
    private static byte[] envelope(String from, String to, String type, String message, OptionalLong seq) {
        return joined(FROM, escaped(from), TO, escaped(to), TYPE, escaped(type), MESSAGE, utf8(message),
                seq.isPresent() ? utf8(",\"seq\":" + seq.getAsLong() + '}') : END);
    }

    private static byte[] joined(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static StringJoiner object() {
        return new StringJoiner(",", "{", "}");
    }

    private static String pair(String name, String value) {
        return quoted(name) + ':' + quoted(value);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, quoted);
        return quoted.append('"').toString();
    }

    /** What stands between the quotes. */
    private static byte[] escaped(String text) {
        byte[] plain = utf8(text);
        if (isPlain(plain)) {
            return plain;
        }
        StringBuilder escaped = new StringBuilder();
        JsonStringEncoder.getInstance().quoteAsString(text, escaped);
        return utf8(escaped.toString());
    }

    /** Ids and types nearly always are. */
    private static boolean isPlain(byte[] utf8) {
        for (byte c : utf8) {
            // beyond ASCII it is negative
            if (c < ' ' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }
}
