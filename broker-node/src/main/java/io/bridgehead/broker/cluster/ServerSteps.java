package io.bridgehead.broker.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.ExtendedMapEntry;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.presence.ServerRegistry;
import io.bridgehead.broker.presence.ServerRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** What is done to a signalling server's row where it lives. Each may run twice: the second time changes nothing. */
final class ServerSteps {

    static final CompactForm<ServerRow> ROW = new CompactForm<>(
            "bridgehead.server",
            ServerRow.class,
            (out, row) -> {
                out.writeString("token", row.token());
                out.writeString("node", row.keeper().node().name());
                out.writeInt64("incarnation", row.keeper().session().incarnation());
                out.writeInt64("session", row.keeper().session().number());
                out.writeString("serverInfo", row.serverInfo().orElse(null));
                List<ServerRow.Peer> peers = row.peers();
                out.writeArrayOfString("ids", peers.stream().map(ServerRow.Peer::id).toArray(String[]::new));
                out.writeArrayOfString("secrets", peers.stream().map(ServerRow.Peer::secret).toArray(String[]::new));
                out.writeArrayOfString("names", peers.stream().map(ServerRow.Peer::who).toArray(String[]::new));
                boolean[] resumable = new boolean[peers.size()];
                IntStream.range(0, resumable.length).forEach(n -> resumable[n] = peers.get(n).resumable());
                out.writeArrayOfBoolean("resumable", resumable);
            },
            in -> {
                String[] ids = in.readArrayOfString("ids");
                String[] secrets = in.readArrayOfString("secrets");
                String[] names = in.readArrayOfString("names");
                boolean[] resumable = in.readArrayOfBoolean("resumable");
                return new ServerRow(
                        in.readString("token"),
                        new SessionAddress(
                                new NodeId(in.readString("node")),
                                new SessionId(in.readInt64("incarnation"), in.readInt64("session"))),
                        Optional.ofNullable(in.readString("serverInfo")),
                        IntStream.range(0, ids.length)
                                .mapToObj(n -> new ServerRow.Peer(ids[n], secrets[n], resumable[n], names[n]))
                                .toList());
            });

    static final List<CompactForm<?>> FORMS =
            List.of(ROW, Open.FORM, TakeOver.FORM, Keep.FORM, Close.FORM, FirstUse.FORM);

    private ServerSteps() {}

    /** Answers whether there was no row. */
    record Open(ServerRow row) implements EntryProcessor<String, ServerRow, Boolean> {

        static final CompactForm<Open> FORM = new CompactForm<>(
                "bridgehead.server.open",
                Open.class,
                (out, step) -> out.writeCompact("row", step.row),
                in -> new Open(in.readCompact("row")));

        @Override
        public Boolean process(Map.Entry<String, ServerRow> entry) {
            ServerRow before = entry.getValue();
            if (before == null) {
                lease(entry, row);
            }
            return before == null || before.keeper().equals(row.keeper());
        }
    }

    /** Answers the row that stands, or null. */
    record TakeOver(SessionAddress gone, SessionAddress now) implements EntryProcessor<String, ServerRow, ServerRow> {

        static final CompactForm<TakeOver> FORM = new CompactForm<>(
                "bridgehead.server.take-over",
                TakeOver.class,
                (out, step) -> {
                    out.writeString("goneNode", step.gone.node().name());
                    out.writeInt64("goneIncarnation", step.gone.session().incarnation());
                    out.writeInt64("goneSession", step.gone.session().number());
                    out.writeString("node", step.now.node().name());
                    out.writeInt64("incarnation", step.now.session().incarnation());
                    out.writeInt64("session", step.now.session().number());
                },
                in -> new TakeOver(
                        new SessionAddress(
                                new NodeId(in.readString("goneNode")),
                                new SessionId(in.readInt64("goneIncarnation"), in.readInt64("goneSession"))),
                        new SessionAddress(
                                new NodeId(in.readString("node")),
                                new SessionId(in.readInt64("incarnation"), in.readInt64("session")))));

        @Override
        public ServerRow process(Map.Entry<String, ServerRow> entry) {
            ServerRow before = entry.getValue();
            if (before == null || !before.keeper().equals(gone)) {
                return before;
            }
            lease(entry, before.keptBy(now));
            return before.keptBy(now);
        }
    }

    /** Answers whether the row is this keeper's. */
    record Keep(ServerRow row) implements EntryProcessor<String, ServerRow, Boolean> {

        static final CompactForm<Keep> FORM = new CompactForm<>(
                "bridgehead.server.keep",
                Keep.class,
                (out, step) -> out.writeCompact("row", step.row),
                in -> new Keep(in.readCompact("row")));

        @Override
        public Boolean process(Map.Entry<String, ServerRow> entry) {
            ServerRow before = entry.getValue();
            boolean own = before == null || before.keeper().equals(row.keeper());
            if (own) {
                lease(entry, row);
            }
            return own;
        }
    }

    /** Answers whether the row was this keeper's. */
    record Close(SessionAddress keeper) implements EntryProcessor<String, ServerRow, Boolean> {

        static final CompactForm<Close> FORM = new CompactForm<>(
                "bridgehead.server.close",
                Close.class,
                (out, step) -> {
                    out.writeString("node", step.keeper.node().name());
                    out.writeInt64("incarnation", step.keeper.session().incarnation());
                    out.writeInt64("session", step.keeper.session().number());
                },
                in -> new Close(new SessionAddress(
                        new NodeId(in.readString("node")),
                        new SessionId(in.readInt64("incarnation"), in.readInt64("session")))));

        @Override
        public Boolean process(Map.Entry<String, ServerRow> entry) {
            ServerRow before = entry.getValue();
            boolean own = before != null && before.keeper().equals(keeper);
            if (own) {
                entry.setValue(null);
            }
            return own;
        }
    }

    /** Answers whether there was none. {@code by} tells whose it is, should the step run twice. */
    record FirstUse(String by, long millis) implements EntryProcessor<String, String, Boolean> {

        static final CompactForm<FirstUse> FORM = new CompactForm<>(
                "bridgehead.server.first-use",
                FirstUse.class,
                (out, step) -> {
                    out.writeString("by", step.by);
                    out.writeInt64("millis", step.millis);
                },
                in -> new FirstUse(in.readString("by"), in.readInt64("millis")));

        @Override
        public Boolean process(Map.Entry<String, String> entry) {
            String before = entry.getValue();
            if (before == null) {
                ((ExtendedMapEntry<String, String>) entry).setValue(by, millis, TimeUnit.MILLISECONDS);
            }
            return before == null || before.equals(by);
        }
    }

    private static void lease(Map.Entry<String, ServerRow> entry, ServerRow row) {
        ((ExtendedMapEntry<String, ServerRow>) entry)
                .setValue(row, ServerRegistry.LEASE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
