package io.bridgehead.broker.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PipePatienceTest {

    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Duration HALF = Duration.ofSeconds(5);

    private final PipePatience patience = new PipePatience();

    @Test
    void aTimerRunsAgainForItsOwnTimeWhenSomethingMoved() {
        patience.started(RelayTimer.IDLE, IDLE);
        patience.moved();
        patience.started(RelayTimer.HALF_CLOSE, HALF);

        assertThat(patience.again(RelayTimer.IDLE, false)).isEqualTo(IDLE);
        assertThat(patience.again(RelayTimer.HALF_CLOSE, false)).isNull();
        patience.moved();
        assertThat(patience.again(RelayTimer.HALF_CLOSE, false)).isEqualTo(HALF);
    }

    @Test
    void whatMovedBeforeItBeganAgainDoesNotCount() {
        patience.started(RelayTimer.IDLE, IDLE);
        patience.moved();
        patience.started(RelayTimer.IDLE, IDLE);

        assertThat(patience.again(RelayTimer.IDLE, false)).isNull();
    }

    @Test
    void bytesThatWaitForASlowReaderAreNoSilence() {
        patience.started(RelayTimer.HALF_CLOSE, HALF);

        assertThat(patience.again(RelayTimer.HALF_CLOSE, true)).isEqualTo(HALF);
    }

    @Test
    void aTimerOfAnotherKindIsOverWhenItRunsOut() {
        patience.started(RelayTimer.HELLO, HALF);
        patience.moved();

        assertThat(patience.again(RelayTimer.HELLO, true)).isNull();
    }
}
