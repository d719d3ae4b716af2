package io.bridgehead.broker.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConsentMemoryTest {

    private final ConsentMemory memory = new ConsentMemory();

    @Test
    void aWordHoldsForItsServiceItsAddressAndItsTime() {
        memory.put("web", "192.0.2.7", true, 100);
        memory.put("ssh", "192.0.2.7", false, 100);

        assertThat(memory.of("web", "192.0.2.7", 99)).contains(true);
        assertThat(memory.of("ssh", "192.0.2.7", 99)).contains(false);
        assertThat(memory.of("web", "192.0.2.8", 99)).isEmpty();
        assertThat(memory.of("web", "192.0.2.7", 100)).isEmpty();
        assertThat(memory.size()).isEqualTo(1);
    }

    @Test
    void theNewestWordCounts() {
        memory.put("web", "192.0.2.7", true, 100);
        memory.put("web", "192.0.2.7", false, 50);

        assertThat(memory.of("web", "192.0.2.7", 49)).contains(false);
        assertThat(memory.of("web", "192.0.2.7", 50)).isEmpty();
    }

    @Test
    void theOldestIsForgottenWhenItIsFull() {
        for (int n = 0; n <= ConsentMemory.MAX; n++) {
            memory.put("web", "client" + n, true, 100);
        }

        assertThat(memory.size()).isEqualTo(ConsentMemory.MAX);
        assertThat(memory.of("web", "client0", 0)).isEmpty();
        assertThat(memory.of("web", "client1", 0)).contains(true);
    }
}
