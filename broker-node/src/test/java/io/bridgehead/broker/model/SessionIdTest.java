package io.bridgehead.broker.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SessionIdTest {

    /** As a hash table of a power of two looks at it: at the low bits, with the high ones folded in. */
    @Test
    void theSessionsOfOneLoopFallIntoRowsOfTheirOwn() {
        int sessions = 4096;
        Incarnation life = new Incarnation(0x123456789L);
        long rows = IntStream.range(0, sessions)
                .map(count -> SessionId.on(life, count, 1).hashCode())
                .map(hash -> (hash ^ hash >>> 16) & sessions - 1)
                .distinct()
                .count();
        // of as many random numbers 63 % would
        assertThat(rows).isGreaterThan(sessions / 2);
    }
}
