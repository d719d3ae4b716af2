package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The protocol is in-band: a partner can write whatever the broker would, and a client may believe it. The broker does
 * not: for it these are data, and nobody's state changes. Source: {@code reliability.md} §3 line 10.
 */
class ForgedReplyEndToEndTest {

    /** What the broker says, and what nobody but the client itself may tell the broker. */
    private static final List<String> FORGED = List.of(
            ";disconnected\r\n", ";connected\r\n", ";registered:victim\r\n", ";registered:forger\r\n", ";denied\r\n",
            ";unavailable:victim\r\n", ";busy:victim\r\n", ";failed:3=banned\r\n", ";failed:2\r\n",
            ";error:broker is shutting down\r\n", ";connect=stranger\r\n", ";user:victim\r\n", ";total:1\r\n",
            ";info:banner=estim broker;version=1\r\n", ";help:help\r\n", ";\r\n", "\r;end\r\r\n", "x;end\r\n",
            ";endless\r\n");

    @TempDir
    private static Path directory;

    private static TestNode node;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(directory, "accounts.mode=open");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aPartnersForgedRepliesChangeNothingButWhatTheClientReads() throws Exception {
        try (LineClient forger = node.registered("forger");
                LineClient victim = node.registered("victim");
                LineClient stranger = node.registered("stranger")) {
            LineClient.bridge(forger, "forger", victim, "victim");
            for (String reply : FORGED) {
                // a command of the forger's own is answered to the forger; the rest arrives as it was sent
                if (!reply.startsWith(";connect=")) {
                    forger.write(reply + "|\r\n");
                    victim.expectData(reply + "|\r\n");
                }
                victim.write(("to " + reply).getBytes(StandardCharsets.UTF_8));
                forger.expectData("to " + reply);
                assertBridged();
            }
            stranger.expectNothingElse();
            stranger.send(";connect=victim");
            stranger.expect(";busy:victim");
            victim.send(";end");
            forger.expect(";disconnected");
            // whatever it read, the victim is who it was, and free
            stranger.send(";connect=victim");
            victim.expect(";connect=stranger");
        }
    }

    private static void assertBridged() throws Exception {
        assertThat(node.metric("bridgehead_bridges")).isEqualTo(1);
        String sessions = node.admin("GET", "/v1/sessions", null).body();
        assertThat(sessions).contains("forger", "victim", "stranger").containsOnlyOnce("\"idle\"");
        assertThat(sessions.split("\"bridged\"", -1)).hasSize(3);
    }
}
