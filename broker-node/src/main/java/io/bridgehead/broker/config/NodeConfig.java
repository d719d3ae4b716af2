package io.bridgehead.broker.config;

import io.bridgehead.broker.model.NodeId;
import java.nio.file.Path;
import java.time.Duration;

/**
 * This process, key {@code node}.
 *
 * @param name unique in the cluster; not set: the host's name
 * @param domain the home domain: a bare name means {@code name@domain}
 * @param dataDir directory of what the node keeps on disk
 * @param drainTime from the order to drain until what is left is cut
 * @param acceptGrace how long of that the listeners stay open, while load balancers notice; at most {@code drainTime}
 */
public record NodeConfig(NodeId name, String domain, Path dataDir, Duration drainTime, Duration acceptGrace) {

    public NodeConfig {
        acceptGrace = acceptGrace.compareTo(drainTime) > 0 ? drainTime : acceptGrace;
    }
}
