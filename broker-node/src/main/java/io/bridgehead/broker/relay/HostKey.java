package io.bridgehead.broker.relay;

/**
 * A host of one service: all its connections, data and command, on whatever nodes, belong together by it. Immutable, any
 * thread.
 *
 * @param service the service's name, as {@link RelayWords} allows it
 * @param id the host's own {@code host_id}; of a host that has none (the seed's) its address behind an {@code @}, which no
 *     {@code host_id} contains
 */
record HostKey(String service, String id) {

    HostKey {
        if (!RelayWords.isService(service) || id.isEmpty() || id.length() > RelayWords.MAX_ADDRESS) {
            throw new IllegalArgumentException("host: " + service + "/" + id + " (expected: a service and an id)");
        }
    }

    static HostKey anonymous(String service, String address) {
        return new HostKey(service, "@" + address);
    }

    /** Whether the host has named itself. One that has not may be several behind one address. */
    boolean isNamed() {
        return id.charAt(0) != '@';
    }

    @Override
    public String toString() {
        return service + "/" + id;
    }
}
