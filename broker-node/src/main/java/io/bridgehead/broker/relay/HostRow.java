package io.bridgehead.broker.relay;

/**
 * How a host stands on one node. Immutable, any thread.
 *
 * @param waiting data connections that wait for a client
 * @param waitedMillis how long the longest of them has waited
 * @param load data connections that have a client
 * @param channels command connections
 */
record HostRow(HostKey key, int waiting, long waitedMillis, int load, int channels) {

    HostRow {
        if (waiting < 0 || waitedMillis < 0 || load < 0 || channels < 0) {
            throw new IllegalArgumentException("host row of " + key + ": a negative count");
        }
    }

    boolean isEmpty() {
        return waiting == 0 && load == 0 && channels == 0;
    }
}
