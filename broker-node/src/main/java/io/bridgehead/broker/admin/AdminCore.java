package io.bridgehead.broker.admin;

import io.bridgehead.broker.bridge.BridgeInfo;
import io.bridgehead.broker.bridge.Explain;
import io.bridgehead.broker.presence.LocalSessions;
import java.util.List;
import java.util.function.Supplier;

/**
 * The node as the API sees it.
 *
 * @param homeDomain the domain of a bare id
 * @param accounts account service
 * @param sessions the sessions of this node
 * @param bridges the bridges of this node; any thread, never blocks
 * @param explain rules of a connect
 * @param nodes the nodes of the cluster
 */
public record AdminCore(
        String homeDomain,
        AccountOperations accounts,
        LocalSessions sessions,
        Supplier<List<BridgeInfo>> bridges,
        Explain explain,
        NodeOperations nodes) {}
