package io.bridgehead.broker.admin;

import io.bridgehead.broker.bridge.ClusterView;
import io.bridgehead.broker.bridge.Explain;

/**
 * The node as the API sees it.
 *
 * @param homeDomain the domain of a bare id
 * @param accounts account service
 * @param view what runs in the cluster
 * @param explain rules of a connect
 * @param nodes the nodes of the cluster
 * @param relay the relay room
 * @param consents questions to the owners of relay services
 */
public record AdminCore(
        String homeDomain,
        AccountOperations accounts,
        ClusterView view,
        Explain explain,
        NodeOperations nodes,
        RelayOperations relay,
        ConsentOperations consents) {}
