package io.bridgehead.broker.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * WebRTC introductions, key {@code signalling}.
 *
 * @param listen WebSocket endpoints; empty: off
 * @param origins browser origins that may connect, exact; empty: any
 * @param serverAuth what a server must show
 * @param passphrase of servers, for {@link ServerAuth#PASSPHRASE}
 * @param serverInfo told to every peer in HELLO, unless its server brought its own; empty: none
 * @param tokenWords words of a token made of words
 * @param joinSecret key of the join tokens that clients must show; none: the server's token is enough
 * @param schemas directory of JSON schemas by message type; empty: none
 * @param demo whether the demo page is served beside
 * @param limits what a peer may do
 * @param resume how a peer that lost its connection comes back
 * @param ice what peers are told of STUN and TURN servers
 * @param listener limits of the listener
 */
public record SignallingConfig(
        List<Endpoint> listen,
        List<String> origins,
        ServerAuth serverAuth,
        Secret passphrase,
        String serverInfo,
        int tokenWords,
        Secret joinSecret,
        Path schemas,
        boolean demo,
        Limits limits,
        Resume resume,
        Ice ice,
        ListenerLimits listener) {

    /** Longer messages would not fit the frames between nodes. */
    public static final int MAX_MESSAGE_BYTES = 60 * 1024;

    public SignallingConfig {
        listen = List.copyOf(listen);
        origins = List.copyOf(origins);
    }

    /** What a server must show to be opened. */
    public enum ServerAuth {
        NONE,
        PASSPHRASE,
        ACCOUNT
    }

    /**
     * What a peer may do.
     *
     * @param maxMessageBytes longest message, in UTF-8
     * @param messagesPerSecond messages of one peer in the long run
     * @param messageBurst messages of one peer that may come at once
     * @param maxViolations refused messages after which a peer is closed
     * @param maxQueuedBytes a peer for whom more waits is too slow, and closed
     * @param maxClients clients of one server
     * @param guessesPerAddress wrong tokens, secrets, passphrases or join tokens from one address in 15 minutes, on all nodes
     * @param pingInterval time between pings
     * @param pongTimeout a peer that is silent for so long after a ping is gone
     */
    public record Limits(
            int maxMessageBytes,
            int messagesPerSecond,
            int messageBurst,
            int maxViolations,
            int maxQueuedBytes,
            int maxClients,
            int guessesPerAddress,
            Duration pingInterval,
            Duration pongTimeout) {}

    /**
     * How a peer comes back.
     *
     * @param grace time it has; zero: nobody comes back
     * @param bufferBytes what is kept of the messages to one peer
     */
    public record Resume(Duration grace, int bufferBytes) {}

    /**
     * STUN and TURN.
     *
     * @param servers their URIs; empty: HELLO tells none
     * @param turnSecret shared with the TURN servers ({@code static-auth-secret} of coturn); none: no credentials
     * @param turnTtl how long credentials are good for
     */
    public record Ice(List<String> servers, Secret turnSecret, Duration turnTtl) {

        public Ice {
            servers = List.copyOf(servers);
        }
    }
}
