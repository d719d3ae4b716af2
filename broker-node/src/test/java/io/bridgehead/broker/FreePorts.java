package io.bridgehead.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for what must know its port before it listens. They are below the range from which the kernel gives ports to
 * connections: between here and the listening none of those can take one. Any thread.
 */
public final class FreePorts {

    private static final int FIRST = 16_384;
    private static final int BEHIND_LAST = 32_768;

    private static final Set<Integer> GIVEN = new HashSet<>();

    private FreePorts() {}

    /** As many that nobody listens on now, and that nobody in this process was given before. */
    public static synchronized List<Integer> of(int count) {
        List<Integer> ports = new ArrayList<>();
        while (ports.size() < count) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST);
            if (isFree(port) && GIVEN.add(port)) {
                ports.add(port);
            }
        }
        return List.copyOf(ports);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
