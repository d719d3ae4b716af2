package io.bridgehead.broker;

import io.bridgehead.broker.config.BrokerConfig;
import java.util.List;

/** Runs a node, or several in one process, until they have stopped. What the command line knows of a node. */
@FunctionalInterface
interface NodeRunner {

    /** What for. */
    enum Mode {
        /** Until SIGTERM. */
        SERVE,
        /** The same with two accounts, and a word on what to type; nothing is kept. */
        DEMO
    }

    /**
     * Starts, waits for the end, drains. Called on the main thread, which it keeps.
     *
     * @return the exit code of the process
     * @throws StartRefused when the node cannot start, with one line that says why
     */
    int run(List<BrokerConfig> nodes, Mode mode);
}
