package io.bridgehead.broker.relay;

/**
 * Where a connection came in.
 *
 * @param service whom a client wants; empty: not a client
 * @param localAddress this node's address, as the peer reached it
 */
record RelayDoor(String service, String localAddress) {}
