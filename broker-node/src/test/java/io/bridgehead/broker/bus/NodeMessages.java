package io.bridgehead.broker.bus;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Signal;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One of each message. */
final class NodeMessages {

    static final SessionId SESSION = new SessionId(0x1122334455667788L, 0x0102);
    static final CallId CALL = new CallId(new SessionId(-1, 5), 7);
    static final SessionAddress ADDRESS = new SessionAddress(new NodeId("b"), SESSION);
    private static final Party PARTY = new Party(ADDRESS, new AccountId("ann", "example.org"), "Änn");

    private NodeMessages() {}

    static Stream<NodeMessage> all() {
        Stream<Signal> signals = Stream.of(
                new Signal.Rung(CALL, PARTY),
                new Signal.Asked(CALL, PARTY, "web: 192.0.2.7 asks for a connection"),
                new Signal.Consented(CALL),
                new Signal.Withdrawn(CALL),
                new Signal.Answered(CALL, CallOutcome.BUSY),
                new Signal.Accepted(CALL, PARTY),
                new Signal.Confirmed(CALL),
                new Signal.Gone(CALL),
                new Signal.Ended(CALL));
        return Stream.of(
                        signals.map(signal -> new NodeMessage.ForSession(ADDRESS, signal)),
                        plain().stream(),
                        ViewMessageCodecTest.all().map(NodeMessage.OfView::new))
                .flatMap(messages -> messages);
    }

    private static List<NodeMessage> plain() {
        return List.of(
                new NodeMessage.Evict(SESSION, CloseReason.BANNED),
                bytes("bytes".getBytes(StandardCharsets.UTF_8)),
                new NodeMessage.BridgeCredit(SESSION, CALL, Long.MAX_VALUE),
                new NodeMessage.BridgeCheck(SESSION, CALL, 9, ADDRESS),
                new NodeMessage.BridgeOver(SESSION, CALL, -1),
                new NodeMessage.AccountChanged(new AccountId("ann", "example.org"), 3),
                new NodeMessage.Signalling(List.of(
                        new NodeMessage.SignallingWord(SESSION, new byte[] {0, -1, 127}),
                        new NodeMessage.SignallingWord(SESSION, new byte[] {}))),
                new NodeMessage.Ping(new NodeId("a")),
                new NodeMessage.LinkReady(new NodeId("a")),
                new NodeMessage.LinkPing(),
                new NodeMessage.LinkPong(),
                new NodeOrdered(new NodeId("a"), -2, NodeOrder.DRAIN),
                reported(Optional.empty()),
                reported(Optional.of("it stops")));
    }

    static NodeReported reported(Optional<String> refusal) {
        NodeStatus status = new NodeStatus(
                new NodeId("b"), new Incarnation(-3), "1.0", NodeState.DRAINING, Instant.ofEpochMilli(5), 6, 7);
        return new NodeReported(8, new NodeReport(refusal, status));
    }

    static NodeMessage.BridgeBytes bytes(byte[] bytes) {
        return new NodeMessage.BridgeBytes(SESSION, CALL, 4, Unpooled.wrappedBuffer(bytes));
    }
}
