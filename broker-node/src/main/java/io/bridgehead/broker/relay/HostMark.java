package io.bridgehead.broker.relay;

import java.util.Optional;

/** A host's name as an operator writes it: {@code service/id}. Immutable, any thread. */
public final class HostMark {

    private final HostKey key;

    private HostMark(HostKey key) {
        this.key = key;
    }

    /** Empty when no host can have that name. */
    public static Optional<HostMark> of(String service, String id) {
        boolean possible = RelayWords.isService(service)
                && (RelayWords.isHostId(id) || id.startsWith("@") && id.length() <= RelayWords.MAX_ADDRESS);
        return possible ? Optional.of(new HostMark(new HostKey(service, id))) : Optional.empty();
    }

    /** Reads {@code service/id}. */
    public static Optional<HostMark> parse(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? Optional.empty() : of(text.substring(0, slash), text.substring(slash + 1));
    }

    HostKey key() {
        return key;
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
