package io.bridgehead.broker.faults;

import java.util.List;

/**
 * Where a node runs.
 *
 * @param name of the node
 * @param address at which clients and other nodes reach it
 * @param prefix of its command line, such as {@code ip netns exec n1}
 */
record Place(
        String name,
        String address,
        List<String> prefix,
        int tcp,
        int signalling,
        int admin,
        int metrics,
        int member,
        int bus) {

    Place {
        prefix = List.copyOf(prefix);
    }

    /** On the loopback address, with ports that are free now. */
    static Place onLoopback(String name) {
        return new Place(
                name,
                "127.0.0.1",
                List.of(),
                Machine.freePort(),
                Machine.freePort(),
                Machine.freePort(),
                Machine.freePort(),
                Machine.freePort(),
                Machine.freePort());
    }

    /** In a network namespace of its own. */
    static Place inNamespace(String name, String address, String namespace) {
        return new Place(
                name, address, List.of("ip", "netns", "exec", namespace), 37846, 8080, 8090, 9464, 5701, 15701);
    }

    String signallingEndpoint() {
        return address + ":" + signalling;
    }

    String memberEndpoint() {
        return address + ":" + member;
    }
}
