package io.bridgehead.broker.presence;

import static io.bridgehead.broker.presence.Rows.NOON;
import static io.bridgehead.broker.presence.Rows.account;
import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.session.CloseReason;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class LocalSessionsTest {

    private static final int USERS = 4;

    private final LocalSessions sessions = new LocalSessions();

    @Test
    void aLaterEndThatIsTakenBackIsNotMissed() {
        RecordedSession ann = guest(0);
        sessions.admitted(ann, entitlement(0, 10));
        assertThat(sessions.evictExpired(at(9))).isZero();
        sessions.entitled(ann, entitlement(0, 100));
        assertThat(sessions.evictExpired(at(50))).isZero();
        sessions.entitled(ann, entitlement(0, 40));
        assertThat(sessions.evictExpired(at(51))).isEqualTo(1);
        assertThat(ann.evictions()).containsExactly(CloseReason.EXPIRED);
    }

    @Test
    void whoIsSlowToEndIsAskedAgain() {
        sessions.admitted(guest(0), entitlement(0, 10));
        assertThat(sessions.evictExpired(at(10))).isEqualTo(1);
        assertThat(sessions.evictExpired(at(11))).isEqualTo(1);
    }

    /** One thing that happens; {@code end} or time in seconds, {@code end} below zero: never. */
    private record Step(String what, int user, int end) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of("admitted", "entitled", "gone", "look", "look"),
                        Arbitraries.integers().between(0, USERS - 1),
                        Arbitraries.integers().between(-1, 20))
                .as(Step::new)
                .list()
                .ofMaxSize(40);
    }

    @Property(tries = 2_000)
    void whoeverIsOverIsFoundWhateverWentBefore(@ForAll("steps") List<Step> steps) {
        LocalSessions some = new LocalSessions();
        Map<Integer, RecordedSession> guests = new HashMap<>();
        Map<Integer, Integer> ends = new HashMap<>();
        for (Step step : steps) {
            switch (step.what()) {
                case "admitted" -> {
                    guests.put(step.user(), guest(step.user()));
                    ends.put(step.user(), step.end());
                    some.admitted(guests.get(step.user()), entitlement(step.user(), step.end()));
                }
                case "entitled" -> {
                    if (guests.containsKey(step.user())) {
                        ends.put(step.user(), step.end());
                        some.entitled(guests.get(step.user()), entitlement(step.user(), step.end()));
                    }
                }
                case "gone" -> {
                    if (guests.containsKey(step.user())) {
                        some.unregistered(account("user" + step.user()), guests.remove(step.user()));
                        ends.remove(step.user());
                    }
                }
                default -> {
                    some.evictExpired(at(step.end()));
                    Set<Integer> over = new TreeSet<>(ends.keySet());
                    over.removeIf(user -> ends.get(user) < 0 || ends.get(user) > step.end());
                    assertThat(ended(guests)).isEqualTo(over);
                    guests.values().forEach(guest -> guest.evictions().clear());
                }
            }
        }
    }

    private static Set<Integer> ended(Map<Integer, RecordedSession> guests) {
        Set<Integer> ended = new TreeSet<>();
        guests.forEach((user, guest) -> {
            if (guest.evictions().equals(List.of(CloseReason.EXPIRED))) {
                ended.add(user);
            }
        });
        return ended;
    }

    private static Entitlement entitlement(int user, int end) {
        return new Entitlement(
                account("user" + user),
                "standard",
                1,
                1,
                end < 0 ? Optional.empty() : Optional.of(at(end)),
                Optional.empty(),
                true,
                Optional.empty());
    }

    private static Instant at(int second) {
        return NOON.plusSeconds(second);
    }

    private static RecordedSession guest(int user) {
        return new RecordedSession(new SessionInfo(
                new SessionAddress(new NodeId("n1"), new SessionId(1, user)), "line-tcp", "192.0.2.1", NOON,
                Optional.empty(), "idle", Optional.empty()));
    }
}
