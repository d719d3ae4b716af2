package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.Bridgehead;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of Netty's allocators a real node's buffers come from. */
class BuffersOfANodeTest {

    private static final String POOLED = "io.netty.buffer.PoolChunk\n";
    private static final String ADAPTIVE = "io.netty.buffer.AdaptivePoolingAllocator$";

    @TempDir
    private Path directory;

    @Test
    void theyComeFromThePooledOne() throws Exception {
        assertThat(classesWith(Build.present(Bridgehead.class))).contains(POOLED).doesNotContain(ADAPTIVE);
    }

    @Test
    void whatTheOperatorHasSetStays() throws Exception {
        assertThat(classesWith(Build.present(Bridgehead.class).with("-Dio.netty.allocator.type=adaptive")))
                .contains(ADAPTIVE)
                .doesNotContain(POOLED);
    }

    private String classesWith(Build build) throws Exception {
        try (BrokerCluster cluster = BrokerCluster.onLoopback(1, directory, build)) {
            cluster.accounts(List.of("ann"));
            LoadClient.register(new History(), "ann", cluster.node(0), line -> {}).close();
            return cluster.node(0).classHistogram();
        }
    }
}
