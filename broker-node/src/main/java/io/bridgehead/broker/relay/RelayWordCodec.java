package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link RelayWord} in {@link WordBytes}. Pure; any thread. */
final class RelayWordCodec {

    /** With these a word stays below 64 KiB: a row takes at most some 250 bytes. */
    static final int MAX_ROWS = 200;

    private static final byte STAND = 1;
    private static final byte CLAIM = 2;
    private static final byte ANNOUNCE = 3;
    private static final byte REPLACED = 4;
    private static final byte KICK = 5;

    private RelayWordCodec() {}

    static byte[] write(RelayWord word) {
        return WordBytes.write(out -> write(word, out));
    }

    private static void write(RelayWord word, DataOutputStream out) throws IOException {
        switch (word) {
            case RelayWord.Stand(NodeId from, List<HostRow> rows) -> {
                out.writeByte(STAND);
                out.writeUTF(from.name());
                out.writeShort(rows.size());
                for (HostRow row : rows) {
                    write(row.key(), out);
                    out.writeInt(row.waiting());
                    out.writeLong(row.waitedMillis());
                    out.writeInt(row.load());
                    out.writeInt(row.channels());
                }
            }
            case RelayWord.Claim(HostKey key, CallId call, Party client) -> {
                out.writeByte(CLAIM);
                write(key, out);
                write(call.caller(), out);
                out.writeInt(call.number());
                out.writeUTF(client.address().node().name());
                write(client.address().session(), out);
                out.writeUTF(client.account().local());
                out.writeUTF(client.account().domain());
                out.writeUTF(client.displayName());
            }
            case RelayWord.Announce(HostKey key, boolean opened, int session) -> {
                out.writeByte(ANNOUNCE);
                write(key, out);
                out.writeBoolean(opened);
                out.writeInt(session);
            }
            case RelayWord.Replaced(HostKey key) -> {
                out.writeByte(REPLACED);
                write(key, out);
            }
            case RelayWord.Kick(HostKey key) -> {
                out.writeByte(KICK);
                write(key, out);
            }
        }
    }

    static Optional<RelayWord> read(byte[] bytes) {
        return WordBytes.read(bytes, RelayWordCodec::word);
    }

    private static Optional<RelayWord> word(DataInputStream in) throws IOException {
        return switch (in.readByte()) {
            case STAND -> {
                NodeId from = new NodeId(in.readUTF());
                int count = in.readUnsignedShort();
                List<HostRow> rows = new ArrayList<>();
                for (int n = 0; n < count; n++) {
                    rows.add(new HostRow(key(in), in.readInt(), in.readLong(), in.readInt(), in.readInt()));
                }
                yield Optional.of(new RelayWord.Stand(from, rows));
            }
            case CLAIM -> {
                HostKey key = key(in);
                CallId call = new CallId(session(in), in.readInt());
                SessionAddress address = new SessionAddress(new NodeId(in.readUTF()), session(in));
                AccountId account = new AccountId(in.readUTF(), in.readUTF());
                yield Optional.of(new RelayWord.Claim(key, call, new Party(address, account, in.readUTF())));
            }
            case ANNOUNCE -> Optional.of(new RelayWord.Announce(key(in), in.readBoolean(), in.readInt()));
            case KICK -> Optional.of(new RelayWord.Kick(key(in)));
            case REPLACED -> Optional.of(new RelayWord.Replaced(key(in)));
            default -> Optional.empty();
        };
    }

    private static void write(HostKey key, DataOutputStream out) throws IOException {
        out.writeUTF(key.service());
        out.writeUTF(key.id());
    }

    private static HostKey key(DataInputStream in) throws IOException {
        return new HostKey(in.readUTF(), in.readUTF());
    }

    private static void write(SessionId session, DataOutputStream out) throws IOException {
        out.writeLong(session.incarnation());
        out.writeLong(session.number());
    }

    private static SessionId session(DataInputStream in) throws IOException {
        return new SessionId(in.readLong(), in.readLong());
    }
}
