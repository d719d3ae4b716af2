package io.bridgehead.broker.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.util.List;

/** A service that introduces peers, from outside: how two of them meet, and what one says to the other. Any thread. */
sealed interface SignallingService {

    /** What a browser finds of itself, in size and form. */
    JsonObject CANDIDATE = new JsonObject()
            .put("candidate", "candidate:842163049 1 udp 1677729535 198.51.100.7 46154 typ srflx raddr 10.0.0.17"
                    + " rport 46154 generation 0 ufrag EEtu network-id 3 network-cost 10")
            .put("sdpMid", "0")
            .put("sdpMLineIndex", 0);

    /** Two peers who can write to each other. */
    record Couple(WebSocket one, String oneId, WebSocket other, String otherId) {}

    /** In the report. */
    String name();

    /** On the context it is called on. */
    Future<Couple> meet(WebSocketClient client, int number);

    /** The text with which a candidate is sent to this peer. */
    String candidate(String to);

    /** Whether this is a candidate that a peer has sent. */
    boolean isCandidate(String text);

    /** This project's. */
    record Broker(List<InetSocketAddress> nodes) implements SignallingService {

        public Broker {
            nodes = List.copyOf(nodes);
        }

        @Override
        public String name() {
            return "broker";
        }

        /** The server is on one node, its client on the next. */
        @Override
        public Future<Couple> meet(WebSocketClient client, int number) {
            return greeted(client, number, "/server").compose(server ->
                    greeted(client, number + 1, "/client/" + server.id()).map(joined ->
                            new Couple(server.socket(), server.id(), joined.socket(), joined.id())));
        }

        private record Greeted(WebSocket socket, String id) {}

        private Future<Greeted> greeted(WebSocketClient client, int number, String path) {
            WebSocketConnectOptions options = to(nodes.get(number % nodes.size()), path).addSubProtocol("bridgehead.v1");
            return client.connect(options).compose(socket -> first(socket).map(hello ->
                    new Greeted(socket, hello.getJsonObject("message").getString("id"))));
        }

        @Override
        public String candidate(String to) {
            return new JsonObject().put("to", to).put("type", "candidate").put("message", CANDIDATE).encode();
        }

        @Override
        public boolean isCandidate(String text) {
            return text.contains("\"type\":\"candidate\"");
        }
    }

    /** PeerServer of the PeerJS project (npm {@code peer}), one process. */
    record PeerJs(InetSocketAddress address) implements SignallingService {

        @Override
        public String name() {
            return "peerjs";
        }

        @Override
        public Future<Couple> meet(WebSocketClient client, int number) {
            String one = "peer-" + number + "-a";
            String other = "peer-" + number + "-b";
            return open(client, one).compose(first ->
                    open(client, other).map(second -> new Couple(first, one, second, other)));
        }

        private Future<WebSocket> open(WebSocketClient client, String id) {
            return client.connect(to(address, "/peerjs?key=peerjs&id=" + id + "&token=t-" + id))
                    .compose(socket -> first(socket).map(opened -> socket));
        }

        @Override
        public String candidate(String to) {
            return new JsonObject().put("type", "CANDIDATE").put("dst", to).put("payload", CANDIDATE).encode();
        }

        @Override
        public boolean isCandidate(String text) {
            return text.contains("\"type\":\"CANDIDATE\"");
        }
    }

    private static WebSocketConnectOptions to(InetSocketAddress address, String uri) {
        return new WebSocketConnectOptions().setHost(address.getHostString()).setPort(address.getPort()).setURI(uri);
    }

    /** What the service says first; failed when it closes instead. */
    private static Future<JsonObject> first(WebSocket socket) {
        Promise<JsonObject> said = Promise.promise();
        socket.textMessageHandler(text -> said.tryComplete(new JsonObject(text)));
        socket.closeHandler(closed -> said.tryFail(new BenchFailed(
                "a peer was closed with " + socket.closeStatusCode() + " " + socket.closeReason())));
        return said.future();
    }
}
