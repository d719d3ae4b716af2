package io.bridgehead.broker.model;

import java.util.Optional;

/** An id or nickname as somebody wrote it, and the id it stands for: answers echo the former. Immutable. */
public record WrittenId(AccountId id, String written) {

    public static Optional<WrittenId> parse(String text, String homeDomain) {
        return AccountId.parse(text, homeDomain).map(id -> new WrittenId(id, text));
    }

    /** Whether this is {@code party}'s id or display name. */
    public boolean names(Party party) {
        return party.account().equals(id) || party.displayName().equalsIgnoreCase(written);
    }
}
