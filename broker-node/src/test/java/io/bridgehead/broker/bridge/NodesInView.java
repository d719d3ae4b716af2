package io.bridgehead.broker.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.NodeMessageCodec;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BridgeInfo;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.RecordedSession;
import io.bridgehead.broker.session.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Nodes n1, n2, … that ask each other over a bus which does what the test says, and holds frames to their limit. */
final class NodesInView {

    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    static final Duration LIMIT = Duration.ofMillis(300);

    /** How a node takes what it is asked. */
    enum Manner {
        ANSWERS,
        /** Takes the question, and the answer is lost. */
        LOSES_THE_ANSWER,
        /** Cannot be reached. */
        UNREACHABLE,
        /** Knows no question. */
        OF_AN_OLDER_VERSION
    }

    final Map<Integer, InView> nodes = new TreeMap<>();

    NodesInView(int count) {
        for (int number = 1; number <= count; number++) {
            nodes.put(number, new InView(number));
        }
    }

    InView node(int number) {
        return nodes.get(number);
    }

    /** A node; its life's number is its own. */
    final class InView implements NodeBus {

        final NodeId id;
        final LocalSessions sessions = new LocalSessions();
        final List<BridgeInfo> bridges = new ArrayList<>();
        final ClusterView view;
        Manner manner = Manner.ANSWERS;

        private final int number;

        private InView(int number) {
            this.number = number;
            this.id = new NodeId("n" + number);
            this.view = new ClusterView(id, this, sessions, () -> bridges, LIMIT);
        }

        RecordedSession session(long count, String account) {
            return session(count, account, Optional.empty());
        }

        RecordedSession session(long count, String account, Optional<String> partner) {
            AccountId owner = new AccountId(account, "example.org");
            SessionAddress address = new SessionAddress(id, new SessionId(number, count));
            RecordedSession session = new RecordedSession(
                    new SessionInfo(address, "line-tcp", "127.0.0.7:4001", NOW, Optional.of(owner), "idle", partner),
                    new ArrayList<>());
            sessions.connected(session);
            sessions.registered(
                    session,
                    new Entitlement(owner, "standard", 1, 1, Optional.empty(), Optional.empty(), true,
                            Optional.empty()),
                    new Presence(owner, account, address, NOW, true, 1, 1),
                    account);
            return session;
        }

        void bridge(int call, Instant since) {
            SessionAddress address = new SessionAddress(id, new SessionId(number, call));
            Party ann = new Party(address, new AccountId("ann", "example.org"), "ann");
            bridges.add(new BridgeInfo(new CallId(address.session(), call), ann, ann, since));
        }

        @Override
        public void send(LoopAddress to, NodeMessage message) {
            if (manner == Manner.ANSWERS) {
                give(to, message);
            }
        }

        private NodeBus.Answer give(LoopAddress to, NodeMessage message) {
            ByteBuf frame = Unpooled.buffer();
            NodeMessageCodec.write(message, frame);
            assertThat(frame.readableBytes()).isLessThanOrEqualTo(64 * 1024);
            InView receiver = of(to.node());
            return switch (NodeMessageCodec.read(frame).orElseThrow()) {
                case NodeMessage.OfView(var said) -> {
                    receiver.view.received(said);
                    yield Answer.TAKEN;
                }
                case NodeMessage.Evict(SessionId session, CloseReason reason) -> {
                    receiver.sessions.find(session).ifPresent(found -> found.evict(reason));
                    yield receiver.sessions.find(session).isPresent() ? Answer.TAKEN : Answer.NOT_HERE;
                }
                default -> throw new IllegalStateException("not of a view: " + message);
            };
        }

        @Override
        public Future<Answer> ask(LoopAddress to, NodeMessage message, Duration within) {
            return switch (of(to.node()).manner) {
                case ANSWERS -> Future.succeededFuture(give(to, message));
                case LOSES_THE_ANSWER -> Future.succeededFuture(give(to, message));
                case UNREACHABLE -> Future.failedFuture("no answer in 3 s");
                case OF_AN_OLDER_VERSION -> message instanceof NodeMessage.OfView
                        ? Future.succeededFuture(Answer.NOT_HERE)
                        : Future.succeededFuture(give(to, message));
            };
        }

        @Override
        public Set<NodeId> others() {
            return nodes.values().stream()
                    .map(node -> node.id)
                    .filter(other -> !other.equals(id))
                    .collect(Collectors.toSet());
        }
    }

    private InView of(NodeId id) {
        return nodes.values().stream().filter(node -> node.id.equals(id)).findFirst().orElseThrow();
    }
}
