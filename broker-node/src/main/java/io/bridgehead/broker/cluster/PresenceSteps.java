package io.bridgehead.broker.cluster;

import com.hazelcast.map.EntryProcessor;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.Contest;
import io.bridgehead.broker.presence.Presence;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is done to a presence row where it lives, on its partition's thread. Each may run twice, when the row's owner
 * goes in between: the second time changes nothing.
 */
final class PresenceSteps {

    static final List<CompactForm<?>> FORMS =
            List.of(Claim.FORM, Reassert.FORM, Withdraw.FORM, RemoveIfUnchanged.FORM, SetVisible.FORM, DropRowsOf.FORM);

    private PresenceSteps() {}

    /** Answers the row that lost, or null. */
    record Claim(Presence row) implements EntryProcessor<String, Presence, Presence> {

        static final CompactForm<Claim> FORM = new CompactForm<>(
                "bridgehead.presence.claim",
                Claim.class,
                (out, step) -> out.writeCompact("row", step.row),
                in -> new Claim(in.readCompact("row")));

        @Override
        public Presence process(Map.Entry<String, Presence> entry) {
            Presence before = entry.getValue();
            Contest contest = Contest.claim(row, Optional.ofNullable(before));
            if (contest.standing() != before) {
                entry.setValue(contest.standing());
            }
            return contest.loser().orElse(null);
        }
    }

    /** Answers the newer row that stands instead, or null. */
    record Reassert(Presence row) implements EntryProcessor<String, Presence, Presence> {

        static final CompactForm<Reassert> FORM = new CompactForm<>(
                "bridgehead.presence.reassert",
                Reassert.class,
                (out, step) -> out.writeCompact("row", step.row),
                in -> new Reassert(in.readCompact("row")));

        @Override
        public Presence process(Map.Entry<String, Presence> entry) {
            Presence before = entry.getValue();
            Presence standing = Contest.reassert(row, Optional.ofNullable(before)).standing();
            if (standing != before) {
                entry.setValue(standing);
            }
            return standing.address().equals(row.address()) ? null : standing;
        }
    }

    /** Answers whether the row was this session's. */
    record Withdraw(SessionId session) implements EntryProcessor<String, Presence, Boolean> {

        static final CompactForm<Withdraw> FORM = new CompactForm<>(
                "bridgehead.presence.withdraw",
                Withdraw.class,
                (out, step) -> {
                    out.writeInt64("incarnation", step.session.incarnation());
                    out.writeInt64("session", step.session.number());
                },
                in -> new Withdraw(new SessionId(in.readInt64("incarnation"), in.readInt64("session"))));

        @Override
        public Boolean process(Map.Entry<String, Presence> entry) {
            Presence before = entry.getValue();
            return removeIf(entry, before != null && before.address().session().equals(session));
        }
    }

    /** Answers whether the row was this registration. */
    record RemoveIfUnchanged(Presence row) implements EntryProcessor<String, Presence, Boolean> {

        static final CompactForm<RemoveIfUnchanged> FORM = new CompactForm<>(
                "bridgehead.presence.remove-if-unchanged",
                RemoveIfUnchanged.class,
                (out, step) -> out.writeCompact("row", step.row),
                in -> new RemoveIfUnchanged(in.readCompact("row")));

        @Override
        public Boolean process(Map.Entry<String, Presence> entry) {
            Presence before = entry.getValue();
            return removeIf(entry, before != null && before.isSameRegistration(row));
        }
    }

    /** Answers whether the row was this session's. */
    record SetVisible(SessionId session, boolean visible) implements EntryProcessor<String, Presence, Boolean> {

        static final CompactForm<SetVisible> FORM = new CompactForm<>(
                "bridgehead.presence.set-visible",
                SetVisible.class,
                (out, step) -> {
                    out.writeInt64("incarnation", step.session.incarnation());
                    out.writeInt64("session", step.session.number());
                    out.writeBoolean("visible", step.visible);
                },
                in -> new SetVisible(
                        new SessionId(in.readInt64("incarnation"), in.readInt64("session")),
                        in.readBoolean("visible")));

        @Override
        public Boolean process(Map.Entry<String, Presence> entry) {
            Presence before = entry.getValue();
            boolean own = before != null && before.address().session().equals(session);
            if (own && before.visible() != visible) {
                entry.setValue(before.withVisible(visible));
            }
            return own;
        }
    }

    /** Answers whether the row was of this life of this node; it may be another's since it was chosen. */
    record DropRowsOf(String node, long incarnation) implements EntryProcessor<String, Presence, Boolean> {

        static final CompactForm<DropRowsOf> FORM = new CompactForm<>(
                "bridgehead.presence.drop-rows-of",
                DropRowsOf.class,
                (out, step) -> {
                    out.writeString("node", step.node);
                    out.writeInt64("incarnation", step.incarnation);
                },
                in -> new DropRowsOf(in.readString("node"), in.readInt64("incarnation")));

        @Override
        public Boolean process(Map.Entry<String, Presence> entry) {
            Presence before = entry.getValue();
            return removeIf(entry, before != null
                    && before.address().node().name().equals(node)
                    && before.address().session().incarnation() == incarnation);
        }
    }

    private static boolean removeIf(Map.Entry<String, Presence> entry, boolean condition) {
        if (condition) {
            entry.setValue(null);
        }
        return condition;
    }
}
