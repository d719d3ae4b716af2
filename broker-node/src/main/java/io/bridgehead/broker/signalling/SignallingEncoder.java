package io.bridgehead.broker.signalling;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.OptionalLong;
import java.util.StringJoiner;

/** A reply as the text of a WebSocket message. Pure; any thread. Source: {@code protocols.md} §2. */
final class SignallingEncoder {

    /** The relay's own id. */
    static final String RELAY = "0";

    private SignallingEncoder() {}

    static String text(SignallingReply reply) {
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

    private static String envelope(String from, String to, String type, String message, OptionalLong seq) {
        StringBuilder text = new StringBuilder(message.length() + 160).append("{\"from\":");
        quote(from, text);
        text.append(",\"to\":");
        quote(to, text);
        text.append(",\"type\":");
        quote(type, text);
        text.append(",\"message\":").append(message);
        if (seq.isPresent()) {
            text.append(",\"seq\":").append(seq.getAsLong());
        }
        return text.append('}').toString();
    }

    private static StringJoiner object() {
        return new StringJoiner(",", "{", "}");
    }

    private static String pair(String name, String value) {
        return quoted(name) + ':' + quoted(value);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2);
        quote(text, quoted);
        return quoted.toString();
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        if (isPlain(text)) {
            out.append(text);
        } else {
            JsonStringEncoder.getInstance().quoteAsString(text, out);
        }
        out.append('"');
    }

    /** Ids and types nearly always are. */
    private static boolean isPlain(String text) {
        for (int n = 0; n < text.length(); n++) {
            char c = text.charAt(n);
            if (c < ' ' || c == '"' || c == '\\' || c > '~') {
                return false;
            }
        }
        return true;
    }
}
