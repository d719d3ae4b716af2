package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.SignallingClient;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A signalling server and its clients on both sides of a partition that is shorter than the grace time: nobody is told
 * of a leave, and after the merge they are one meeting again, with every message or a word about it.
 */
@Tag("drill")
class SignallingPartitionDrillTest {

    private static final String EXTENDED = "bridgehead.v1";
    private static final Duration LONG = Duration.ofSeconds(90);

    /** Each server has its row somewhere else: with so many, on each node and not on each. */
    private static final int SERVERS = 12;

    private static final String[] SETS = {
        "signalling.listen=SIGNALLING", "signalling.resume-grace=4m", "signalling.connections-per-second=0"
    };

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    /** A server and three clients, one on each node. */
    private record Meeting(SignallingClient server, List<SignallingClient> clients) {

        static Meeting on(BrokerProcess keeper, List<BrokerProcess> nodes) throws InterruptedException {
            SignallingClient server = connect(keeper, "/server");
            List<SignallingClient> clients = new ArrayList<>();
            for (BrokerProcess node : nodes) {
                clients.add(connect(node, "/client/" + server.id()));
                server.expect("PEER_JOINED");
            }
            return new Meeting(server, clients);
        }

        private static SignallingClient connect(BrokerProcess node, String path) throws InterruptedException {
            Place place = node.place();
            return SignallingClient.connect(place.address(), place.signalling(), path, EXTENDED).greeted();
        }

        void talk(String message) {
            for (SignallingClient client : clients) {
                server.send(client.id(), "down", message);
                client.send(server.id(), "up", message);
            }
        }

        /** Everything each has heard up to {@code last}: no leave, no close, and nothing missing without an ERROR. */
        void whole(String last, int messages) throws InterruptedException {
            List<JsonObject> heard = new ArrayList<>();
            int up = 0;
            int lasts = 0;
            int told = 0;
            while (lasts < clients.size()) {
                JsonObject message = next(server, heard);
                if (message.getString("type").equals("ERROR")) {
                    told++;
                } else {
                    assertThat(message.getString("type")).as("%s", message).isEqualTo("up");
                    up++;
                    lasts += message.getValue("message").toString().equals(last) ? 1 : 0;
                }
            }
            int down = 0;
            for (SignallingClient client : clients) {
                boolean more = true;
                heard.clear();
                while (more) {
                    JsonObject message = next(client, heard);
                    if (message.getString("type").equals("ERROR")) {
                        up++;
                    } else {
                        assertThat(message.getString("type")).as("%s", message).isEqualTo("down");
                        down++;
                        more = !message.getValue("message").toString().equals(last);
                    }
                }
            }
            assertThat(up).as("arrived at the server, or its sender was told").isGreaterThanOrEqualTo(3 * messages);
            assertThat(down + told).as("arrived at a client, or the server was told").isGreaterThanOrEqualTo(3 * messages);
        }
    }

    /** The next message; when there is none, says what came before. */
    private static JsonObject next(SignallingClient peer, List<JsonObject> heard) throws InterruptedException {
        try {
            heard.add(peer.next());
            return heard.getLast();
        } catch (AssertionError nothing) {
            throw new AssertionError(peer.id() + " heard only " + heard, nothing);
        }
    }

    private static List<Meeting> meetings(BrokerCluster cluster) throws InterruptedException {
        List<Meeting> meetings = new ArrayList<>();
        for (int n = 0; n < SERVERS; n++) {
            meetings.add(Meeting.on(cluster.node(n % 3), cluster.nodes()));
        }
        return meetings;
    }

    private static void awaitMembers(BrokerProcess node, int expected) {
        await(node.name() + " knows " + expected + " nodes")
                .atMost(LONG)
                .until(() -> node.metric("bridgehead_cluster_members") == expected);
    }

    /** Talks until a message goes all the way round; then looks at all that was said. */
    private static void judge(List<Meeting> meetings) throws InterruptedException {
        meetings.forEach(meeting -> meeting.talk("4"));
        for (Meeting meeting : meetings) {
            meeting.whole("4", 4);
        }
    }

    @Test
    void aPartitionTakesNobodyFromAMeeting() throws Exception {
        try (FarNodes nodes = new FarNodes(3, directory, SETS)) {
            BrokerCluster cluster = nodes.cluster();
            List<Meeting> meetings = meetings(cluster);
            meetings.forEach(meeting -> meeting.talk("1"));
            nodes.network().cut(3, 1);
            nodes.network().cut(3, 2);
            meetings.forEach(meeting -> meeting.talk("2"));
            awaitMembers(cluster.node(0), 2);
            awaitMembers(cluster.node(2), 1);
            meetings.forEach(meeting -> meeting.talk("3"));
            nodes.network().heal();
            Duration merged = cluster.awaitWhole();
            Figures.atMost("signalling", "merged after the heal", merged, Duration.ofSeconds(15));
            await("the meetings are one again").atMost(LONG).until(() -> kept(cluster) == SERVERS);
            judge(meetings);
        }
    }

    private static double kept(BrokerCluster cluster) {
        return cluster.nodes().stream().mapToDouble(node -> node.metric("bridgehead_signalling_servers")).sum();
    }

    /** What a machine without root's rights can do: the node hears nothing for longer than the others wait for it. */
    @Test
    void aNodeThatHungComesBackToTheMeetingsThatWentOnWithoutIt() throws Exception {
        try (BrokerCluster cluster = BrokerCluster.onLoopback(3, directory, SETS)) {
            List<Meeting> meetings = meetings(cluster);
            meetings.forEach(meeting -> meeting.talk("1"));
            BrokerProcess hanging = cluster.node(2);
            hanging.signal("STOP");
            try {
                meetings.forEach(meeting -> meeting.talk("2"));
                awaitMembers(cluster.node(0), 2);
                meetings.forEach(meeting -> meeting.talk("3"));
            } finally {
                hanging.signal("CONT");
            }
            cluster.awaitWhole();
            await("the meetings are one again").atMost(LONG).until(() -> kept(cluster) == SERVERS);
            judge(meetings);
        }
    }
}
