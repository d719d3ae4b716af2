package io.bridgehead.broker.bus;

import io.netty.channel.Channel;

/**
 * Sees the connections of the node bus below Vert.x, where their bytes can pass uncopied. Called by the transport that
 * the bus's Vert.x is built on; any thread, each connection on its event loop.
 */
public interface BusTap {

    /** The transport will show connections from here on. */
    void fitted();

    /** Whether the server at this address is the bus's own. */
    boolean serves(String host, int port);

    /** A connection from another node, with its pipeline as Vert.x made it. */
    void accepted(Channel connection);

    /** A connection of this Vert.x to anybody, before it connects. */
    void dialling(Channel connection);
}
