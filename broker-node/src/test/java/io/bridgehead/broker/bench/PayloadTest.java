package io.bridgehead.broker.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PayloadTest {

    private static final Pattern MAYBE_COMMAND = Pattern.compile("(?:^|\n);[a-z]");

    @ParameterizedTest
    @EnumSource(Payload.Kind.class)
    void nothingInItCanBeACommand(Payload.Kind kind) {
        assertThat(MAYBE_COMMAND.matcher(twice(kind)).find()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(value = Payload.Kind.class, names = {"RANDOM", "TEXT"})
    void theScannerHasWorkToDo(Payload.Kind kind) {
        assertThat(twice(kind).split("\n;", -1).length).isGreaterThan(10);
    }

    @Test
    void aSliceIsTheSameAPeriodLater() {
        Payload payload = new Payload(Payload.Kind.RANDOM, 4096);

        assertThat(payload.slice(Payload.PERIOD - 100L, 4096))
                .isEqualTo(payload.slice(2L * Payload.PERIOD - 100, 4096));
        assertThat(payload.slice(0, 4096)).isNotEqualTo(payload.slice(4096, 4096));
    }

    @Test
    void aStreamNeverEndsInWhatABrokerHoldsBack() {
        Payload payload = new Payload(Payload.Kind.RANDOM, 4096);
        int moved = 0;
        for (long at = 1; at < Payload.PERIOD; at++) {
            long end = payload.endFrom(at);
            assertThat(payload.slice(end - 1, 1).get(0)).isNotEqualTo((byte) ';');
            moved += end > at ? 1 : 0;
        }
        assertThat(moved).isPositive();
        assertThat(payload.slice(Payload.MESSAGE - 1, 1).get(0)).isEqualTo((byte) '\n');
    }

    private static String twice(Payload.Kind kind) {
        ByteBuffer bytes = new Payload(kind, 2 * Payload.PERIOD).slice(0, 2 * Payload.PERIOD);
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }
}
