package io.bridgehead.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What may be on its way to another node, by what its answers take. */
class TransitTest {

    private static final int FRAME = 64 * 1024;
    private static final long QUICK = 100_000;
    private static final long SLOW = QUICK + 2 * Transit.PATIENCE;

    private final Transit transit = new Transit();
    private long now;

    /** Sends what there is room for, each ping where it is due; bytes. */
    private long fill() {
        long before = now;
        long sent = 0;
        while (transit.hasRoom()) {
            transit.sent(FRAME);
            sent += FRAME;
            if (transit.pingIsDue()) {
                transit.ping(false, before);
            }
        }
        return sent;
    }

    private void answerAll(long took) {
        now += took;
        while (transit.isAsked()) {
            assertThat(transit.pong(now)).as("it is the bus's").isFalse();
        }
    }

    @Test
    void whatHasNotArrivedIsBounded() {
        assertThat(fill()).isEqualTo(Transit.LEAST);
        assertThat(transit.hasRoom()).isFalse();
        transit.pong(now);
        assertThat(transit.hasRoom()).as("after the first answer").isTrue();
    }

    @Test
    void whatArrivesSoonIsFollowedByMore() {
        fill();
        answerAll(QUICK);
        assertThat(fill()).isGreaterThan(Transit.LEAST);
    }

    @Test
    void whatIsNotUsedDoesNotGrow() {
        for (int n = 0; n < 100; n++) {
            transit.sent(Transit.LEAST / 2);
            transit.ping(false, now);
            answerAll(QUICK);
        }
        assertThat(transit.window()).isEqualTo(Transit.LEAST);
    }

    @Test
    void whatArrivesLateIsFollowedByLessButNeverByLessThanOneBridgeNeeds() {
        for (int n = 0; n < 40; n++) {
            fill();
            answerAll(QUICK);
        }
        long grown = transit.window();
        assertThat(grown).isGreaterThan(4L * Transit.LEAST);
        fill();
        transit.pong(now + SLOW);
        assertThat(transit.window()).isLessThan(grown);
        for (int n = 0; n < 100; n++) {
            fill();
            answerAll(SLOW);
        }
        assertThat(transit.window()).isEqualTo(Transit.LEAST);
        assertThat(fill()).isEqualTo(Transit.LEAST);
    }

    /** Nodes may be far from each other: what a ping takes without load is not held against it. */
    @Test
    void farNodesGetNoLess() {
        for (int n = 0; n < 40; n++) {
            fill();
            answerAll(SLOW);
        }
        assertThat(transit.window()).isGreaterThan(4L * Transit.LEAST);
    }

    @Test
    void theBussOwnPingsAreAnsweredInTheirTurn() {
        transit.ping(true, 0);
        transit.sent(FRAME);
        transit.ping(false, 0);
        transit.ping(true, 0);
        assertThat(transit.pong(1)).isTrue();
        assertThat(transit.pong(1)).isFalse();
        assertThat(transit.pong(1)).isTrue();
        assertThat(transit.isAsked()).isFalse();
    }
}
