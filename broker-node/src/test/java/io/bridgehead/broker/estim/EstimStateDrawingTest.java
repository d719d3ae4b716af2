package io.bridgehead.broker.estim;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.config.EstimConfig;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.WrittenId;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Event;
import io.bridgehead.broker.session.Registration;
import io.bridgehead.broker.session.Signal;
import io.bridgehead.broker.session.Timer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The states drawn at {@link EstimState} are the code's: every arrow is taken, and nothing moves without one. */
class EstimStateDrawingTest {

    private static final Path SOURCE = Path.of("src/main/java/io/bridgehead/broker/estim/EstimState.java");
    private static final Pattern RIGHT = Pattern.compile("(?=\\b(\\w+) --([^<>]+?)--> (\\w+))");
    private static final Pattern LEFT = Pattern.compile("(?=\\b(\\w+) <--([^<>]+?)-- (\\w+))");
    private static final List<String> OPEN_STATES =
            List.of("Unregistered", "Registering", "Idle", "Accepting", "Bridged");

    /** Calls a session of this walk may make; more would only repeat. */
    private static final int CALLS = 2;

    private static final Party US = party(1, "ann");
    private static final Party BOB = party(2, "bob");

    @Test
    void theDrawingIsTheCode() throws IOException {
        assertThat(drawn()).isNotEmpty().isEqualTo(taken());
    }

    private static Set<String> drawn() throws IOException {
        String source = Files.readString(SOURCE);
        String drawing = source.substring(source.indexOf("<pre>"), source.indexOf("</pre>"));
        Set<String> arrows = new TreeSet<>();
        for (String line : drawing.lines().toList()) {
            Matcher right = RIGHT.matcher(line);
            while (right.find()) {
                add(arrows, right.group(1), right.group(2), right.group(3));
            }
            Matcher left = LEFT.matcher(line);
            while (left.find()) {
                add(arrows, left.group(3), left.group(2), left.group(1));
            }
        }
        return arrows;
    }

    private static void add(Set<String> arrows, String from, String labels, String to) {
        for (String label : labels.split(", ")) {
            for (String state : from.equals("state") ? OPEN_STATES : List.of(from)) {
                arrows.add(state + " --" + label + "--> " + to);
            }
        }
    }

    /** Walks through every state that any order of these events leads to. */
    private static Set<String> taken() {
        EstimSession session = new EstimSession(new EstimConfig(
                List.of(), List.of(), "", "", 1024, Duration.ZERO, Duration.ZERO, 2, List.of(), null));
        Set<String> arrows = new TreeSet<>();
        Set<EstimState> seen = new HashSet<>();
        ArrayDeque<EstimState> open = new ArrayDeque<>(List.of(session.opened(US.address(), "192.0.2.1")));
        while (!open.isEmpty()) {
            EstimState from = open.poll();
            boolean furtherCalls = from instanceof EstimState.Idle idle && idle.calls() > CALLS;
            if (furtherCalls || !seen.add(from)) {
                continue;
            }
            for (Event<EstimCommand> event : events()) {
                EstimState to = session.on(from, event).state();
                if (from.getClass() != to.getClass()) {
                    arrows.add(name(from) + " --" + label(event) + "--> " + name(to));
                }
                open.add(to);
            }
        }
        return arrows;
    }

    private static String name(EstimState state) {
        return state.getClass().getSimpleName();
    }

    private static String label(Event<EstimCommand> event) {
        return switch (event) {
            case Event.Command<EstimCommand>(EstimCommand command) -> DecoderTester.line(command).replaceAll("=.*", "");
            case Event.Malformed<EstimCommand>(String problem, boolean fatal) -> problem;
            case Event.TimedOut<EstimCommand>(Timer timer) ->
                timer == Timer.CALL ? "no answer" : "registration time-out";
            case Event.RegistrationDecided<EstimCommand>(Registration outcome) -> switch (outcome) {
                case Registration.Registered r -> "admitted";
                case Registration.Refused r -> "refused";
                case Registration.TryAgain t -> "try again";
            };
            case Event.Signalled<EstimCommand>(Signal signal) -> switch (signal) {
                case Signal.Rung r -> "called";
                case Signal.Asked a -> "asked";
                case Signal.Consented c -> "consented";
                case Signal.Withdrawn w -> "withdrawn";
                case Signal.Answered a -> "answered";
                case Signal.Accepted a -> "our call was accepted";
                case Signal.Confirmed c -> "confirmed";
                case Signal.Gone g -> "gone";
                case Signal.Ended e -> "partner gone";
            };
            case Event.NodeGone<EstimCommand>(var node) -> "gone";
            case Event.Evicted<EstimCommand>(var reason) -> "evicted";
            case Event.Disconnected<EstimCommand>(var reason) -> "disconnected";
            case Event.Opened<EstimCommand>(int users) -> "opened";
            case Event.Ringing<EstimCommand>(var call, var callee) -> "ringing";
            case Event.Listed<EstimCommand>(var visible, int total) -> "listed";
            case Event.VisibilitySet<EstimCommand>(boolean visible, boolean stored) -> "visibility";
            case Event.Described<EstimCommand>(String written, var entitlement) -> "described";
            case Event.Renamed<EstimCommand>(String displayName) -> "renamed";
        };
    }

    private static List<Event<EstimCommand>> events() {
        WrittenId ann = WrittenId.parse("ann", DecoderTester.HOME).orElseThrow();
        WrittenId bob = WrittenId.parse("bob", DecoderTester.HOME).orElseThrow();
        List<Event<EstimCommand>> events = new ArrayList<>();
        List.of(
                        new EstimCommand.Register(ann, Optional.empty(), Optional.empty()),
                        new EstimCommand.Connect(bob), new EstimCommand.Accept(bob), new EstimCommand.Reject(bob),
                        new EstimCommand.End(), new EstimCommand.Quit(), new EstimCommand.Users(),
                        new EstimCommand.Visible(), new EstimCommand.Invisible(), new EstimCommand.Help())
                .forEach(command -> events.add(new Event.Command<>(command)));
        events.add(new Event.Opened<>(1));
        events.add(new Event.NodeGone<>(new NodeId("n1")));
        events.add(new Event.Malformed<>("faulty", false));
        events.add(new Event.Malformed<>("line too long", true));
        for (Timer timer : Timer.values()) {
            events.add(new Event.TimedOut<>(timer));
        }
        events.add(new Event.RegistrationDecided<>(new Registration.Registered(
                new Entitlement(US.account(), "standard", 1, 1, Optional.empty(), Optional.empty(), true, Optional.empty()))));
        events.add(new Event.RegistrationDecided<>(new Registration.Refused(Registration.Refusal.BANNED)));
        events.add(new Event.RegistrationDecided<>(new Registration.TryAgain(Duration.ZERO)));
        events.add(new Event.Listed<>(List.of(), 0));
        events.add(new Event.VisibilitySet<>(true, true));
        events.add(new Event.Renamed<>("annie"));
        events.add(new Event.Evicted<>(CloseReason.KICKED));
        events.add(new Event.Disconnected<>(CloseReason.PEER_GONE));
        CallId ours = new CallId(US.address().session(), 1);
        CallId theirs = new CallId(BOB.address().session(), 1);
        events.add(new Event.Ringing<>(ours, BOB));
        for (CallId call : List.of(ours, theirs)) {
            List.of(
                            new Signal.Rung(call, BOB), new Signal.Asked(call, BOB, "why"), new Signal.Consented(call), new Signal.Withdrawn(call),
                            new Signal.Answered(call, CallOutcome.BUSY), new Signal.Accepted(call, BOB),
                            new Signal.Confirmed(call), new Signal.Gone(call), new Signal.Ended(call))
                    .forEach(signal -> events.add(new Event.Signalled<>(signal)));
        }
        return events;
    }

    private static Party party(long session, String name) {
        return new Party(
                new SessionAddress(new NodeId("n1"), new SessionId(1, session)),
                new AccountId(name, DecoderTester.HOME),
                name);
    }
}
