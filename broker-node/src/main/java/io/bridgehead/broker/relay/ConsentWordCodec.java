package io.bridgehead.broker.relay;

import io.bridgehead.broker.model.NodeId;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link ConsentWord} in {@link WordBytes}. Its types are others than {@link RelayWordCodec}'s, which come the same way. */
final class ConsentWordCodec {

    /** With these a word stays below 64 KiB: a row takes at most some 600 bytes. More are not told. */
    static final int MAX_ROWS = 100;

    private static final byte SAID = 50;
    private static final byte DECISION = 51;
    private static final byte INQUIRY = 52;
    private static final byte TOLD = 53;

    private ConsentWordCodec() {}

    static byte[] write(ConsentWord word) {
        return WordBytes.write(out -> write(word, out));
    }

    private static void write(ConsentWord word, DataOutputStream out) throws IOException {
        switch (word) {
            case ConsentWord.Said(String service, String address, boolean yes, long millis) -> {
                out.writeByte(SAID);
                out.writeUTF(service);
                out.writeUTF(address);
                out.writeBoolean(yes);
                out.writeLong(millis);
            }
            case ConsentWord.Decision(String id, boolean yes) -> {
                out.writeByte(DECISION);
                out.writeUTF(id);
                out.writeBoolean(yes);
            }
            case ConsentWord.Inquiry(NodeId from, long number) -> {
                out.writeByte(INQUIRY);
                out.writeUTF(from.name());
                out.writeLong(number);
            }
            case ConsentWord.Told(NodeId from, long number, List<PendingConsent> rows) -> {
                out.writeByte(TOLD);
                out.writeUTF(from.name());
                out.writeLong(number);
                out.writeShort(rows.size());
                for (PendingConsent row : rows) {
                    out.writeUTF(row.id());
                    out.writeUTF(row.service());
                    out.writeUTF(row.client());
                    out.writeUTF(row.owner());
                    out.writeUTF(row.node());
                    out.writeLong(row.since().toEpochMilli());
                    out.writeBoolean(row.asked());
                }
            }
        }
    }

    static Optional<ConsentWord> read(byte[] bytes) {
        return WordBytes.read(bytes, ConsentWordCodec::word);
    }

    private static Optional<ConsentWord> word(DataInputStream in) throws IOException {
        return switch (in.readByte()) {
            case SAID -> Optional.of(
                    new ConsentWord.Said(in.readUTF(), in.readUTF(), in.readBoolean(), in.readLong()));
            case DECISION -> Optional.of(new ConsentWord.Decision(in.readUTF(), in.readBoolean()));
            case INQUIRY -> Optional.of(new ConsentWord.Inquiry(new NodeId(in.readUTF()), in.readLong()));
            case TOLD -> {
                NodeId from = new NodeId(in.readUTF());
                long number = in.readLong();
                int count = in.readUnsignedShort();
                List<PendingConsent> rows = new ArrayList<>();
                for (int n = 0; n < count; n++) {
                    rows.add(new PendingConsent(
                            in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(),
                            Instant.ofEpochMilli(in.readLong()), in.readBoolean()));
                }
                yield Optional.of(new ConsentWord.Told(from, number, rows));
            }
            default -> Optional.empty();
        };
    }
}
