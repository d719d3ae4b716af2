package io.bridgehead.broker.signalling;

import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * {@link PeerWord} as bytes between nodes: {@code version, type, fields}; texts as {@code length (4 bytes), UTF-8};
 * enums by name. What is not understood reads as empty. Pure; any thread.
 */
final class PeerWordCodec {

    private static final byte VERSION = 1;

    private static final byte ATTACH = 1;
    private static final byte SAID = 2;
    private static final byte LEFT = 3;
    private static final byte AGAIN = 4;
    private static final byte FROM_MEETING = 10;
    private static final byte ATTACHED = 11;
    private static final byte NOT_ATTACHED = 12;
    private static final byte DELIVER = 13;
    private static final byte JOINED = 14;
    private static final byte GONE = 15;
    private static final byte OBJECTED = 16;
    private static final byte REPLACED = 17;
    private static final byte OVER = 18;
    private static final byte MOVED = 19;

    private PeerWordCodec() {}

    static void append(PeerWord word, ByteBuf out) {
        out.writeByte(VERSION);
        write(word, out);
    }

    private static void write(PeerWord word, ByteBuf out) {
        switch (word) {
            case PeerWord.Attach attach -> {
                out.writeByte(ATTACH);
                write(attach.from(), out);
                write(attach.coming().name(), out);
                write(attach.peer(), out);
                write(attach.secret(), out);
                out.writeBoolean(attach.resumable());
                write(attach.who(), out);
                out.writeLong(attach.seen());
            }
            case PeerWord.Said(SessionAddress from, String peer, String to, String type, String message) -> {
                out.writeByte(SAID);
                write(from, out);
                write(peer, out);
                write(to, out);
                write(type, out);
                write(message, out);
            }
            case PeerWord.Left(SessionAddress from, String peer, boolean forGood) -> {
                out.writeByte(LEFT);
                write(from, out);
                write(peer, out);
                out.writeBoolean(forGood);
            }
            case PeerWord.Again(SessionAddress from, String peer, long seen) -> {
                out.writeByte(AGAIN);
                write(from, out);
                write(peer, out);
                out.writeLong(seen);
            }
            case PeerWord.Attached(long seq, long received, long lost, Optional<String> serverInfo) -> {
                out.writeByte(ATTACHED);
                out.writeLong(seq);
                out.writeLong(received);
                out.writeLong(lost);
                out.writeBoolean(serverInfo.isPresent());
                serverInfo.ifPresent(info -> write(info, out));
            }
            case PeerWord.NotAttached(PeerWord.Refusal refusal) -> {
                out.writeByte(NOT_ATTACHED);
                write(refusal.name(), out);
            }
            case PeerWord.Deliver(long seq, String from, String type, String message) -> {
                out.writeByte(DELIVER);
                out.writeLong(seq);
                write(from, out);
                write(type, out);
                write(message, out);
            }
            case PeerWord.Joined(long seq, String peer, String who) -> {
                out.writeByte(JOINED);
                out.writeLong(seq);
                write(peer, out);
                write(who, out);
            }
            case PeerWord.Gone(long seq, String peer) -> {
                out.writeByte(GONE);
                out.writeLong(seq);
                write(peer, out);
            }
            case PeerWord.Objected(ErrorCode code, String to) -> {
                out.writeByte(OBJECTED);
                write(code.name(), out);
                write(to, out);
            }
            case PeerWord.Replaced r -> out.writeByte(REPLACED);
            case PeerWord.Over o -> out.writeByte(OVER);
            case PeerWord.Moved m -> out.writeByte(MOVED);
            case PeerWord.FromMeeting(SessionAddress keeper, PeerWord.ToPeer said) -> {
                out.writeByte(FROM_MEETING);
                write(keeper, out);
                write(said, out);
            }
        }
    }

    static Optional<PeerWord> read(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        try {
            return in.readByte() == VERSION ? Optional.ofNullable(word(in)) : Optional.empty();
        } catch (IndexOutOfBoundsException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static PeerWord word(ByteBuf in) {
        return switch (in.readByte()) {
            case ATTACH -> new PeerWord.Attach(
                    address(in), PeerWord.Coming.valueOf(text(in)), text(in), text(in), in.readBoolean(), text(in),
                    in.readLong());
            case SAID -> new PeerWord.Said(address(in), text(in), text(in), text(in), text(in));
            case LEFT -> new PeerWord.Left(address(in), text(in), in.readBoolean());
            case AGAIN -> new PeerWord.Again(address(in), text(in), in.readLong());
            case ATTACHED -> new PeerWord.Attached(
                    in.readLong(), in.readLong(), in.readLong(),
                    in.readBoolean() ? Optional.of(text(in)) : Optional.empty());
            case NOT_ATTACHED -> new PeerWord.NotAttached(PeerWord.Refusal.valueOf(text(in)));
            case DELIVER -> new PeerWord.Deliver(in.readLong(), text(in), text(in), text(in));
            case JOINED -> new PeerWord.Joined(in.readLong(), text(in), text(in));
            case GONE -> new PeerWord.Gone(in.readLong(), text(in));
            case OBJECTED -> new PeerWord.Objected(ErrorCode.valueOf(text(in)), text(in));
            case REPLACED -> new PeerWord.Replaced();
            case OVER -> new PeerWord.Over();
            case MOVED -> new PeerWord.Moved();
            case FROM_MEETING -> fromMeeting(address(in), in);
            default -> null;
        };
    }

    /** One in another is none. */
    private static PeerWord fromMeeting(SessionAddress keeper, ByteBuf in) {
        return word(in) instanceof PeerWord.ToPeer said ? new PeerWord.FromMeeting(keeper, said) : null;
    }

    private static void write(SessionAddress address, ByteBuf out) {
        write(address.node().name(), out);
        out.writeLong(address.session().incarnation());
        out.writeLong(address.session().number());
    }

    private static SessionAddress address(ByteBuf in) {
        return new SessionAddress(new NodeId(text(in)), new SessionId(in.readLong(), in.readLong()));
    }

    private static void write(String text, ByteBuf out) {
        // character by character, as the buffer would do it, costs several times the copy
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length).writeBytes(utf8);
    }

    private static String text(ByteBuf in) {
        int length = in.readInt();
        if (length < 0 || length > in.readableBytes()) {
            throw new IllegalArgumentException(
                    "text of " + length + " bytes (expected: at most " + in.readableBytes() + ")");
        }
        return in.readCharSequence(length, StandardCharsets.UTF_8).toString();
    }
}
