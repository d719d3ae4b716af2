package io.bridgehead.broker.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.account.Verdict;
import io.bridgehead.broker.bridge.Directory;
import io.bridgehead.broker.bridge.Switchboard;
import io.bridgehead.broker.bus.EventLoopIndex;
import io.bridgehead.broker.metrics.Meters;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Credentials;
import io.bridgehead.broker.model.Incarnation;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.PresenceRegistry;
import io.bridgehead.broker.presence.Reassertion;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Effect;
import io.bridgehead.broker.session.Event;
import io.bridgehead.broker.session.Session;
import io.bridgehead.broker.session.Signal;
import io.bridgehead.broker.session.Transition;
import io.bridgehead.broker.wire.Decoder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One client that asks faster than it is answered. The test answers, and turns the event loop. */
class SessionDriverTest {

    private static final NodeId SELF = new NodeId("n1");
    private static final AccountId ANN = AccountId.require("ann", "example.org");
    private static final AccountId BOB = AccountId.require("bob", "example.org");

    /** Lists, and look-ups, at a time, as in {@link SessionCalls}. */
    private static final int AT_A_TIME = 4;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Registry registry = new Registry();
    private final Accounts accounts = new Accounts();
    private final LocalSessions sessions = new LocalSessions();
    private final Connection connection = new Connection();

    SessionDriverTest() {
        // nobody is rung and nobody registers: neither bus nor bridges
        Switchboard switchboard = new Switchboard(
                SELF, null, accounts, registry, sessions, null, null, null, false, InstantSource.system());
        SessionHost host = new SessionHost(
                SELF,
                new Incarnation(1),
                new EventLoopIndex(List.of(channel.eventLoop())),
                switchboard,
                sessions,
                new Meters(new SimpleMeterRegistry()),
                InstantSource.system());
        SessionDriver.run(
                host, new Room<>(new Asker(), Letters::new, List::of), connection, "letters", "192.0.2.1");
    }

    /** A letter is a question: for the users, for bob, to be visible, to be invisible; or ends the call. */
    private static final class Asker implements Session<SessionAddress, Character, String> {

        private int calls;
        private boolean calling;

        @Override
        public SessionAddress opened(SessionAddress self, String remoteAddress) {
            return self;
        }

        @Override
        public boolean awaits(SessionAddress state) {
            return false;
        }

        @Override
        public boolean calls(SessionAddress state, CallId call) {
            return calling && call.number() == calls;
        }

        @Override
        public boolean movable(SessionAddress state) {
            return true;
        }

        @Override
        public Transition<SessionAddress, String> on(SessionAddress self, Event<Character> event) {
            return switch (event) {
                case Event.Command<Character>(Character letter) -> {
                    calling = letter == 'c' || calling && letter != 'e';
                    yield letter == 'e' ? Transition.to(self) : Transition.to(self, question(self, letter));
                }
                case Event.Listed<Character> l -> Transition.to(self, new Effect.Reply<>("users"));
                case Event.VisibilitySet<Character> v -> Transition.to(self, new Effect.Reply<>("visible " + v.visible()));
                case Event.Evicted<Character>(CloseReason reason) -> Transition.to(self, new Effect.Close<>(reason));
                case Event.Signalled<Character>(Signal signal) -> Transition.to(self, new Effect.Reply<>("no"));
                default -> Transition.to(self);
            };
        }

        private Effect<String> question(SessionAddress self, char letter) {
            return switch (letter) {
                case 'u' -> new Effect.ListUsers<>();
                case 'c' -> new Effect.Ring<>(new CallId(self.session(), ++calls), new Party(self, ANN, "ann"), BOB);
                case 'v' -> new Effect.SetVisible<>(ANN, true);
                case 'i' -> new Effect.SetVisible<>(ANN, false);
                default -> throw new IllegalArgumentException("letter " + letter);
            };
        }
    }

    private static final class Letters implements Decoder<Character> {

        @Override
        public void decode(ByteBuf in, Sink<Character> sink) {
            while (in.isReadable() && sink.wantsMore()) {
                sink.command((char) in.readByte());
            }
        }

        @Override
        public void endOfMessage(Sink<Character> sink) {
            // there are none
        }

        @Override
        public void endOfStream(Sink<Character> sink) {
            // holds nothing back
        }

        @Override
        public void bridged(boolean bridged) {
            throw new IllegalStateException("nobody is bridged here");
        }
    }

    private final class Connection implements Transport {

        private final List<String> lines = new ArrayList<>();
        private Receiver receiver;
        private boolean reads = true;
        private boolean closed;

        @Override
        public EventLoop eventLoop() {
            return channel.eventLoop();
        }

        @Override
        public void moveTo(EventLoop target, Runnable moved) {
            moved.run();
        }

        @Override
        public void start(Receiver to) {
            receiver = to;
        }

        @Override
        public void writeLines(List<String> more) {
            lines.addAll(more);
        }

        @Override
        public void writeBytes(ByteBuf bytes) {
            throw new IllegalStateException("nobody is bridged here");
        }

        @Override
        public boolean congested() {
            return false;
        }

        @Override
        public void pause() {
            reads = false;
        }

        @Override
        public void resume() {
            reads = true;
        }

        @Override
        public void bridged(boolean bridged) {
            throw new IllegalStateException("nobody is bridged here");
        }

        @Override
        public void finish() {
            throw new IllegalStateException("nobody is bridged here");
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public void cut() {
            closed = true;
        }
    }

    /** Answers when the test says so. */
    private static final class Registry implements PresenceRegistry {

        private final List<Promise<List<Presence>>> lists = new ArrayList<>();
        private final List<Promise<Optional<Presence>>> lookUps = new ArrayList<>();

        @Override
        public Future<List<Presence>> list() {
            lists.add(Promise.promise());
            return lists.getLast().future();
        }

        @Override
        public Future<Optional<Presence>> find(AccountId account) {
            lookUps.add(Promise.promise());
            return lookUps.getLast().future();
        }

        @Override
        public Future<Void> setVisible(AccountId account, SessionId session, boolean visible) {
            return Future.succeededFuture();
        }

        @Override
        public int count() {
            return 0;
        }

        @Override
        public Future<Optional<Presence>> claim(Presence row) {
            throw new IllegalStateException("nobody registers here");
        }

        @Override
        public Future<Reassertion> reassert(Collection<Presence> rows) {
            throw new IllegalStateException("nobody registers here");
        }

        @Override
        public Future<Boolean> withdraw(AccountId account, SessionId session) {
            throw new IllegalStateException("nobody registers here");
        }

        @Override
        public Future<Boolean> removeIfUnchanged(Presence row) {
            throw new IllegalStateException("nobody registers here");
        }

        @Override
        public Future<Integer> dropRowsOf(NodeId node, Incarnation incarnation) {
            throw new IllegalStateException("nobody registers here");
        }
    }

    /** Nobody has a nickname; what is stored is done when the test says so. */
    private static final class Accounts implements Directory {

        private final List<Boolean> visible = new ArrayList<>();
        private Promise<Void> stored;

        @Override
        public Future<?> setVisible(AccountId account, boolean now) {
            visible.add(now);
            stored = Promise.promise();
            return stored.future();
        }

        @Override
        public Future<Optional<AccountId>> resolve(AccountId idOrAlias) {
            return Future.succeededFuture(Optional.empty());
        }

        @Override
        public Future<Verdict> admit(Credentials credentials) {
            throw new IllegalStateException("nobody registers here");
        }

        @Override
        public Future<Verdict> standing(AccountId account) {
            throw new IllegalStateException("nobody registers here");
        }
    }

    private void send(String letters) {
        connection.receiver.received(Unpooled.copiedBuffer(letters, StandardCharsets.US_ASCII));
        channel.runPendingTasks();
    }

    private <T> void answer(Promise<T> question, T answer) {
        question.complete(answer);
        channel.runPendingTasks();
    }

    private void aSecondPasses() {
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    @Test
    void fourListsAreUnderWayAtATimeAndTheRestWaits() {
        send("u".repeat(10));
        assertThat(registry.lists).hasSize(AT_A_TIME);
        assertThat(connection.reads).isFalse();
        for (int answered = 0; answered < 10; answered++) {
            assertThat(registry.lists).hasSize(Math.min(10, answered + AT_A_TIME));
            answer(registry.lists.get(answered), List.of());
        }
        assertThat(connection.lines).hasSize(10);
        assertThat(connection.reads).isTrue();
        send("u");
        assertThat(registry.lists).hasSize(11);
    }

    /** Each call of this room gives up the one before. */
    @Test
    void fourCalleesAreLookedUpAtATimeAndThenTheLatest() {
        send("c".repeat(10));
        assertThat(connection.reads).as("an end of the call is not to wait behind it").isTrue();
        for (int answered = 0; answered < AT_A_TIME; answered++) {
            assertThat(registry.lookUps).hasSize(answered == 0 ? AT_A_TIME : AT_A_TIME + 1);
            answer(registry.lookUps.get(answered), Optional.of(bob()));
        }
        assertThat(connection.lines).isEmpty();
        answer(registry.lookUps.getLast(), Optional.empty());
        assertThat(registry.lookUps).hasSize(AT_A_TIME + 1);
        assertThat(connection.lines).containsExactly("no");
    }

    @Test
    void aCallThatIsGivenUpBeforeItsTurnIsNotLookedUpAndNotWaitedFor() {
        send("c".repeat(10) + "e");
        connection.receiver.inputEnded();
        for (int answered = 0; answered < AT_A_TIME; answered++) {
            answer(registry.lookUps.get(answered), Optional.of(bob()));
        }
        assertThat(registry.lookUps).hasSize(AT_A_TIME);
        assertThat(connection.lines).isEmpty();
        assertThat(connection.closed).isTrue();
    }

    private static Presence bob() {
        SessionAddress elsewhere = new SessionAddress(new NodeId("n2"), new SessionId(2, 1));
        return new Presence(BOB, "bob", elsewhere, InstantSource.system().instant(), true, 1, 1);
    }

    @Test
    void visibilityIsStoredOnceASecondAndTheLastWordCounts() {
        send("vivivi");
        assertThat(accounts.visible).containsExactly(true);
        answer(accounts.stored, null);
        assertThat(accounts.visible).containsExactly(true);
        aSecondPasses();
        assertThat(accounts.visible).containsExactly(true, false);
        answer(accounts.stored, null);
        aSecondPasses();
        assertThat(accounts.visible).containsExactly(true, false);
        assertThat(connection.lines).containsExactly("visible true", "visible false");
        send("v");
        assertThat(accounts.visible).containsExactly(true, false, true);
    }

    @Test
    void whoSaysNoMoreIsWaitedForUntilItsLastQuestionIsAnswered() {
        send("vi" + "u".repeat(6));
        connection.receiver.inputEnded();
        answer(accounts.stored, null);
        for (int answered = 0; answered < 6; answered++) {
            answer(registry.lists.get(answered), List.of());
        }
        assertThat(connection.closed).isFalse();
        aSecondPasses();
        assertThat(connection.closed).isFalse();
        answer(accounts.stored, null);
        assertThat(connection.lines).contains("visible false");
        assertThat(connection.closed).isTrue();
    }

    @Test
    void whoIsEndedWhileItWaitsIsNotKeptFromReading() {
        send("u".repeat(10));
        sessions.all().forEach(session -> session.evict(CloseReason.KICKED));
        channel.runPendingTasks();
        // as a transport does that lets the client's own bytes run out
        connection.reads = true;
        assertThat(registry.lists).hasSize(AT_A_TIME);
        registry.lists.forEach(list -> answer(list, List.of()));
        assertThat(connection.reads).isTrue();
    }
}
