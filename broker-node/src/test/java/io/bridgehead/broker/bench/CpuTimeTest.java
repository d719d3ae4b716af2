package io.bridgehead.broker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CpuTimeTest {

    private static final List<Long> SELF = List.of(ProcessHandle.current().pid());

    @Test
    void whatAProcessComputesIsNotTheKernels() throws IOException {
        CpuTime before = CpuTime.of(SELF);
        CpuTime used;
        long sum = 0;
        do {
            sum += LongStream.range(0, 20_000_000).map(n -> n ^ n >> 3).sum();
            used = CpuTime.of(SELF).since(before);
        } while (used.seconds() < 0.3);

        assertThat(sum).isNotZero();
        assertThat(used.kernelSeconds()).isLessThan(used.seconds() / 2);
    }

    @Test
    void aProcessThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> CpuTime.of(List.of(SELF.getFirst(), Long.MAX_VALUE)))
                .isInstanceOf(BenchFailed.class)
                .hasMessage(Long.MAX_VALUE + ": no such process");
    }
}
