package io.bridgehead.broker.presence;

import static io.bridgehead.broker.presence.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ContestTest {

    @Property
    void inWhateverOrderAndHoweverOftenClaimsCome_theNewestStands(@ForAll("claims") List<Presence> claims) {
        Presence newest = claims.stream()
                .max(Comparator.comparing(Presence::epoch)
                        .thenComparing(Presence::since)
                        .thenComparing(claim -> claim.address().session()))
                .orElseThrow();
        Optional<Presence> standing = Optional.empty();
        for (Presence claim : claims) {
            standing = Optional.of(Contest.claim(claim, standing).standing());
        }
        assertThat(standing).contains(newest);
    }

    @Property
    void aReassertionNeverDisplacesANewerRow(@ForAll("claims") List<Presence> rows) {
        Presence known = rows.getFirst();
        for (Presence row : rows) {
            Contest contest = Contest.reassert(row, Optional.of(known));
            assertThat(known.outranks(contest.standing())).isFalse();
        }
    }

    @Test
    void aClaimLosesToARowOneMinuteAheadAndWinsOverOneFurtherAhead() {
        Presence claim = row("ann", 1, 1, 0);
        Presence minute = row("ann", 2, 1, Contest.LATEST_CLAIM.toMillis());
        assertThat(Contest.claim(claim, Optional.of(minute)).loser()).contains(claim);
        Presence further = row("ann", 2, 1, Contest.LATEST_CLAIM.toMillis() + 1);
        Contest contest = Contest.claim(claim, Optional.of(further));
        assertThat(contest.loser()).contains(further);
        assertThat(contest.standing().address()).isEqualTo(claim.address());
        assertThat(contest.standing().outranks(further)).isTrue();
    }

    /** Each session claims once; the times lie within a minute. */
    @Provide
    Arbitrary<List<Presence>> claims() {
        Arbitrary<Presence> claim = Combinators.combine(
                        Arbitraries.integers().between(1, 3), Arbitraries.integers().between(1, 4))
                .as((node, session) -> row("ann", node, session, (node * session) % 5, 1 + session % 2));
        return claim.list().ofMinSize(1).ofMaxSize(12);
    }
}
