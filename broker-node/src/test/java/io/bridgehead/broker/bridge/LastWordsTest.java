package io.bridgehead.broker.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.InMemoryPresenceRegistry;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.Signal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The words by which a bridge between two nodes comes to be, while the other node pauses. */
class LastWordsTest {

    /** What a node may stand still without costing a bridge: row F5, and some time to go on. */
    private static final Duration PAUSE = Duration.ofMillis(3_500);

    private static final SessionAddress HERE = new SessionAddress(new NodeId("here"), new SessionId(1, 1));
    private static final SessionAddress THERE = new SessionAddress(new NodeId("there"), new SessionId(2, 1));
    private static final Party CALLEE = new Party(HERE, new AccountId("bob", "example.org"), "bob");
    private static final CallId CALL = new CallId(HERE.session(), 1);

    private final Bus bus = new Bus();
    // a word needs neither accounts nor bridges
    private final Switchboard switchboard = new Switchboard(
            HERE.node(),
            bus,
            null,
            new InMemoryPresenceRegistry(),
            new LocalSessions(),
            null,
            null,
            null,
            false,
            InstantSource.system());

    @Test
    void theWordsThatABridgeStandsOnOutlastAPauseOfTheOtherNode() {
        switchboard.tell(THERE, new Signal.Accepted(CALL, CALLEE));
        switchboard.tell(THERE, new Signal.Confirmed(CALL));
        assertThat(bus.patience).hasSize(2).allMatch(time -> time.compareTo(PAUSE) > 0);
    }

    @Test
    void theOthersWaitForNobody() {
        switchboard.tell(THERE, new Signal.Ended(CALL));
        switchboard.tell(THERE, new Signal.Answered(CALL, CallOutcome.DENIED));
        assertThat(bus.patience).isEmpty();
        assertThat(bus.sent).isEqualTo(2);
    }

    /** Nothing is answered. */
    private static final class Bus implements NodeBus {

        private final List<Duration> patience = new ArrayList<>();
        private int sent;

        @Override
        public void send(LoopAddress to, NodeMessage message) {
            sent++;
        }

        @Override
        public Future<Answer> ask(LoopAddress to, NodeMessage message, Duration within) {
            patience.add(within);
            return Promise.<Answer>promise().future();
        }

        @Override
        public Set<NodeId> others() {
            return Set.of(THERE.node());
        }
    }
}
