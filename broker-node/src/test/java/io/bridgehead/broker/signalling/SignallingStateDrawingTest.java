package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.config.SignallingConfig;
import io.bridgehead.broker.signalling.SignallingEffect.Timer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the drawing in {@link SignallingState} to the session: every line of it happens, and nothing else does. */
class SignallingStateDrawingTest {

    private static final Pattern LINE = Pattern.compile("\\* +(\\w+) +--([\\w, ]+)--> (\\w+)\n");

    private final SignallingSession session = new SignallingSession(new SignallingConfig.Limits(
            1000, 10, 3, 2, 1000, 10, 10, Duration.ofSeconds(20), Duration.ofSeconds(10)));

    @Test
    void theDrawingIsTheSession() throws Exception {
        String source =
                Files.readString(Path.of("src/main/java/io/bridgehead/broker/signalling/SignallingState.java"));
        TreeSet<String> drawn = new TreeSet<>();
        for (MatchResult line : LINE.matcher(source).results().toList()) {
            for (String event : line.group(2).split(", ")) {
                drawn.add(line.group(1) + " " + event + " " + line.group(3));
            }
        }

        TreeSet<String> seen = new TreeSet<>();
        for (SignallingState state : states()) {
            for (SignallingEvent event : events()) {
                SignallingState next = session.on(state, event).state();
                if (!next.getClass().equals(state.getClass())) {
                    seen.add(name(state) + " " + name(event) + " " + name(next));
                }
            }
        }
        assertThat(seen).isEqualTo(drawn).hasSize(18);
    }

    private static String name(Object value) {
        return value.getClass().getSimpleName();
    }

    private static List<SignallingState> states() {
        List<SignallingState> states = new ArrayList<>();
        states.add(new SignallingState.Entering(true));
        states.add(new SignallingState.Entering(false));
        states.add(new SignallingState.Over());
        for (boolean server : new boolean[] {true, false}) {
            SignallingState.Self self = new SignallingState.Self("a", server, "b", server);
            for (int violations : new int[] {0, 1}) {
                states.add(new SignallingState.Present(self, Long.MIN_VALUE, violations, true, 0));
                states.add(new SignallingState.Present(self, Long.MIN_VALUE, violations, false, 0));
            }
            states.add(new SignallingState.Parted(self, 0));
            states.add(new SignallingState.Parted(self, 2));
        }
        return states;
    }

    private static List<SignallingEvent> events() {
        List<SignallingEvent> events = new ArrayList<>(List.of(
                new SignallingEvent.Opened(),
                new SignallingEvent.Entered(
                        new SignallingState.Self("a", true, "a", true), Optional.empty(), Optional.empty(),
                        Optional.empty(), List.of(), 0),
                new SignallingEvent.TurnedAway(SignallingClose.UNKNOWN_TOKEN),
                new SignallingEvent.Said(
                        new SignallingCommand.Message(Optional.empty(), "b", "t", "1"), 0),
                new SignallingEvent.Said(new SignallingCommand.Malformed(ErrorCode.NOT_JSON, "x", false), 0),
                new SignallingEvent.Heard(),
                new SignallingEvent.Told(new PeerWord.Joined(1, "c", "")),
                new SignallingEvent.Told(new PeerWord.Joined(7, "c", "")),
                new SignallingEvent.Objected(ErrorCode.WRONG_TO, "c"),
                new SignallingEvent.MeetingOver(),
                new SignallingEvent.Ended(SignallingClose.GOING_AWAY),
                new SignallingEvent.Disconnected(SignallingClose.LOST)));
        for (Timer timer : Timer.values()) {
            events.add(new SignallingEvent.TimedOut(timer));
        }
        return events;
    }
}
