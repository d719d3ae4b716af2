package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.Bridgehead;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a node has two cores, Hazelcast would start a thread for each of its answers. */
class AnswersOfTheRegistryTest {

    private static final int USERS = 100;

    @TempDir
    private Path directory;

    @Test
    void anAnswerStartsNoThread() throws Exception {
        Build twoCores = Build.present(Bridgehead.class).with("-XX:ActiveProcessorCount=2");
        try (BrokerCluster cluster = BrokerCluster.onLoopback(2, directory, twoCores)) {
            List<String> users = IntStream.range(0, USERS).mapToObj(n -> "user" + n).toList();
            cluster.accounts(users);
            BrokerProcess node = cluster.node(0);
            List<LoadClient> clients = new ArrayList<>();
            clients.add(LoadClient.register(new History(), users.getFirst(), node, line -> {}));
            double before = node.metric("jvm_threads_started_threads_total");
            for (String user : users.subList(1, USERS)) {
                clients.add(LoadClient.register(new History(), user, node, line -> {}));
            }
            // pools that grow, but not one thread for each of the users' several questions
            assertThat(node.metric("jvm_threads_started_threads_total") - before).isLessThan(USERS / 2.0);
            clients.forEach(LoadClient::close);
        }
    }
}
