package io.bridgehead.broker.bus;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Signal;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@link NodeMessage} as bytes: {@code version, type, fields}; texts as {@code length (2 bytes), UTF-8}; enums by name,
 * so that two versions run side by side; a bridge's bytes are the rest of the frame. A frame that is not understood
 * reads as empty, and changes nothing. Pure; any thread.
 */
public final class NodeMessageCodec {

    /** Frames of a bridge carry no more. */
    public static final int MAX_BRIDGE_BYTES = 64 * 1024;

    /** Bytes of a bridge's frame before its own begin: version, type, session, call, sequence number. */
    public static final int BRIDGE_FIELDS = 2 + 2 * Long.BYTES + 2 * Long.BYTES + Integer.BYTES + Integer.BYTES;

    /** One message of a bridge names a node. */
    private static final int MAX_CHECK_FIELDS = 2 * BRIDGE_FIELDS + 1024;

    private static final byte VERSION = 1;
    private static final int MAX_TEXT_BYTES = 1024;

    /** A signalling message is at most 60 KiB. */
    private static final int MAX_WORD_BYTES = 64 * 1024;

    private static final byte FOR_SESSION = 1;
    private static final byte EVICT = 2;
    private static final byte BRIDGE_BYTES = 3;
    private static final byte BRIDGE_CREDIT = 4;
    private static final byte BRIDGE_CHECK = 5;
    private static final byte BRIDGE_OVER = 6;
    private static final byte ACCOUNT_CHANGED = 7;
    private static final byte PING = 8;
    private static final byte LINK_READY = 9;
    private static final byte LINK_PING = 10;
    private static final byte LINK_PONG = 11;
    private static final byte OF_VIEW = 60;
    private static final byte SIGNALLING = 100;
    private static final byte RELAY = 101;

    private static final byte RUNG = 1;
    private static final byte WITHDRAWN = 2;
    private static final byte ANSWERED = 3;
    private static final byte ACCEPTED = 4;
    private static final byte CONFIRMED = 5;
    private static final byte GONE = 6;
    private static final byte ENDED = 7;
    private static final byte ASKED = 8;
    private static final byte CONSENTED = 9;

    private NodeMessageCodec() {}

    /** Appends the message; a bridge's bytes are copied, their reference stays the caller's. */
    public static void write(NodeMessage message, ByteBuf out) {
        out.writeByte(VERSION);
        switch (message) {
            case NodeMessage.ForSession(SessionAddress to, Signal signal) -> {
                out.writeByte(FOR_SESSION);
                write(to, out);
                write(signal, out);
            }
            case NodeMessage.Evict(SessionId session, CloseReason reason) -> {
                out.writeByte(EVICT);
                write(session, out);
                write(reason.name(), out);
            }
            case NodeMessage.BridgeBytes(SessionId to, CallId call, int sequence, ByteBuf bytes) -> {
                out.writeByte(BRIDGE_BYTES);
                write(to, out);
                write(call, out);
                out.writeInt(sequence);
                out.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
            }
            case NodeMessage.BridgeCredit(SessionId to, CallId call, long taken) -> {
                out.writeByte(BRIDGE_CREDIT);
                write(to, out);
                write(call, out);
                out.writeLong(taken);
            }
            case NodeMessage.BridgeCheck(SessionId to, CallId call, int frames, SessionAddress from) -> {
                out.writeByte(BRIDGE_CHECK);
                write(to, out);
                write(call, out);
                out.writeInt(frames);
                write(from, out);
            }
            case NodeMessage.BridgeOver(SessionId to, CallId call, int frames) -> {
                out.writeByte(BRIDGE_OVER);
                write(to, out);
                write(call, out);
                out.writeInt(frames);
            }
            case NodeMessage.AccountChanged(AccountId account, long epoch) -> {
                out.writeByte(ACCOUNT_CHANGED);
                write(account, out);
                out.writeLong(epoch);
            }
            case NodeMessage.Signalling(List<NodeMessage.SignallingWord> words) -> {
                out.writeByte(SIGNALLING);
                out.writeByte(words.size());
                for (NodeMessage.SignallingWord each : words) {
                    write(each.to(), out);
                    out.writeInt(each.word().length);
                    out.writeBytes(each.word());
                }
            }
            case NodeMessage.Relay(byte[] word) -> {
                out.writeByte(RELAY);
                out.writeInt(word.length);
                out.writeBytes(word);
            }
            case NodeMessage.Ping(NodeId from) -> {
                out.writeByte(PING);
                write(from.name(), out);
            }
            case NodeMessage.LinkReady(NodeId from) -> {
                out.writeByte(LINK_READY);
                write(from.name(), out);
            }
            case NodeMessage.LinkPing p -> out.writeByte(LINK_PING);
            case NodeMessage.LinkPong p -> out.writeByte(LINK_PONG);
            case NodeMessage.OfNode ofNode -> OfNodeCodec.write(ofNode, out);
            case NodeMessage.OfView(ViewMessage view) -> {
                out.writeByte(OF_VIEW);
                ViewMessageCodec.write(view, out);
            }
        }
    }

    /** Bytes that the message takes at most, besides those of a bridge. */
    public static int maxFields(NodeMessage.OfBridge message) {
        return switch (message) {
            case NodeMessage.BridgeBytes b -> BRIDGE_FIELDS;
            // a long is where the number of the frame is
            case NodeMessage.BridgeCredit c -> BRIDGE_FIELDS + Integer.BYTES;
            case NodeMessage.BridgeCheck c -> MAX_CHECK_FIELDS;
            case NodeMessage.BridgeOver o -> BRIDGE_FIELDS;
        };
    }

    /** What the words of this message take, with their addressees. */
    public static int lengthOf(NodeMessage.Signalling message) {
        int length = 0;
        for (NodeMessage.SignallingWord each : message.words()) {
            length += 2 * Long.BYTES + Integer.BYTES + each.word().length;
        }
        return length;
    }

    /**
     * Reads one message, which is all of {@code in}; a bridge's bytes are a slice of it, retained. Empty when it is not
     * understood: from a newer version, or no message at all.
     */
    public static Optional<NodeMessage> read(ByteBuf in) {
        try {
            return in.readByte() == VERSION ? message(in) : Optional.empty();
        } catch (IndexOutOfBoundsException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    /** Whether a message begins at this index that is seen below the bus: of a bridge, or of the connection. */
    public static boolean isBelowTheBus(ByteBuf in, int at) {
        if (at + 2 > in.writerIndex() || in.getByte(at) != VERSION) {
            return false;
        }
        byte type = in.getByte(at + 1);
        return type >= BRIDGE_BYTES && type <= BRIDGE_OVER || type >= LINK_READY && type <= LINK_PONG;
    }

    /** Whether a frame of a bridge begins at this index, with all of its {@link #BRIDGE_FIELDS}. */
    public static boolean isBridgeBytes(ByteBuf in, int at) {
        return at + BRIDGE_FIELDS <= in.writerIndex() && in.getByte(at) == VERSION && in.getByte(at + 1) == BRIDGE_BYTES;
    }

    /** The fields of the frame that {@link #isBridgeBytes begins} at this index, with these bytes. */
    public static NodeMessage.BridgeBytes bridgeBytes(ByteBuf in, int at, ByteBuf bytes) {
        int call = at + 2 + 2 * Long.BYTES;
        int numbers = call + 2 * Long.BYTES;
        return new NodeMessage.BridgeBytes(
                session(in, at + 2),
                new CallId(session(in, call), in.getInt(numbers)),
                in.getInt(numbers + Integer.BYTES),
                bytes);
    }

    private static SessionId session(ByteBuf in, int at) {
        return new SessionId(in.getLong(at), in.getLong(at + Long.BYTES));
    }

    private static Optional<NodeMessage> message(ByteBuf in) {
        byte type = in.readByte();
        NodeMessage message =
                switch (type) {
                    case FOR_SESSION -> {
                        SessionAddress to = address(in);
                        Signal signal = signal(in);
                        yield signal == null ? null : new NodeMessage.ForSession(to, signal);
                    }
                    case EVICT -> new NodeMessage.Evict(session(in), CloseReason.valueOf(text(in)));
                    case BRIDGE_BYTES -> {
                        SessionId to = session(in);
                        CallId call = call(in);
                        int sequence = in.readInt();
                        yield in.readableBytes() > MAX_BRIDGE_BYTES
                                ? null
                                : new NodeMessage.BridgeBytes(
                                        to, call, sequence, in.readRetainedSlice(in.readableBytes()));
                    }
                    case BRIDGE_CREDIT -> new NodeMessage.BridgeCredit(session(in), call(in), in.readLong());
                    case BRIDGE_CHECK ->
                        new NodeMessage.BridgeCheck(session(in), call(in), in.readInt(), address(in));
                    case BRIDGE_OVER -> new NodeMessage.BridgeOver(session(in), call(in), in.readInt());
                    case ACCOUNT_CHANGED -> new NodeMessage.AccountChanged(account(in), in.readLong());
                    case SIGNALLING -> signalling(in);
                    case RELAY -> new NodeMessage.Relay(word(in));
                    case PING -> new NodeMessage.Ping(new NodeId(text(in)));
                    case LINK_READY -> new NodeMessage.LinkReady(new NodeId(text(in)));
                    case LINK_PING -> new NodeMessage.LinkPing();
                    case LINK_PONG -> new NodeMessage.LinkPong();
                    case OfNodeCodec.ORDERED -> OfNodeCodec.ordered(in);
                    case OfNodeCodec.REPORTED -> OfNodeCodec.reported(in);
                    case OF_VIEW -> {
                        ViewMessage view = ViewMessageCodec.read(in);
                        yield view == null ? null : new NodeMessage.OfView(view);
                    }
                    default -> null;
                };
        return Optional.ofNullable(message);
    }

    private static NodeMessage.Signalling signalling(ByteBuf in) {
        int count = in.readUnsignedByte();
        List<NodeMessage.SignallingWord> words = new ArrayList<>(Math.min(count, NodeBus.Answer.MAX_PARTS));
        for (int n = 0; n < count; n++) {
            words.add(new NodeMessage.SignallingWord(session(in), word(in)));
        }
        return new NodeMessage.Signalling(words);
    }

    private static void write(Signal signal, ByteBuf out) {
        switch (signal) {
            case Signal.Rung(CallId call, Party caller) -> {
                write(RUNG, call, out);
                write(caller, out);
            }
            case Signal.Withdrawn(CallId call) -> write(WITHDRAWN, call, out);
            case Signal.Answered(CallId call, CallOutcome outcome) -> {
                write(ANSWERED, call, out);
                write(outcome.name(), out);
            }
            case Signal.Accepted(CallId call, Party callee) -> {
                write(ACCEPTED, call, out);
                write(callee, out);
            }
            case Signal.Confirmed(CallId call) -> write(CONFIRMED, call, out);
            case Signal.Gone(CallId call) -> write(GONE, call, out);
            case Signal.Ended(CallId call) -> write(ENDED, call, out);
            case Signal.Asked(CallId call, Party asker, String about) -> {
                write(ASKED, call, out);
                write(asker, out);
                write(about, out);
            }
            case Signal.Consented(CallId call) -> write(CONSENTED, call, out);
        }
    }

    private static Signal signal(ByteBuf in) {
        byte type = in.readByte();
        CallId call = call(in);
        return switch (type) {
            case RUNG -> new Signal.Rung(call, party(in));
            case WITHDRAWN -> new Signal.Withdrawn(call);
            case ANSWERED -> new Signal.Answered(call, CallOutcome.valueOf(text(in)));
            case ACCEPTED -> new Signal.Accepted(call, party(in));
            case CONFIRMED -> new Signal.Confirmed(call);
            case GONE -> new Signal.Gone(call);
            case ENDED -> new Signal.Ended(call);
            case ASKED -> new Signal.Asked(call, party(in), text(in));
            case CONSENTED -> new Signal.Consented(call);
            default -> null;
        };
    }

    private static void write(byte type, CallId call, ByteBuf out) {
        out.writeByte(type);
        write(call, out);
    }

    static void write(Party party, ByteBuf out) {
        write(party.address(), out);
        write(party.account(), out);
        write(party.displayName(), out);
    }

    static Party party(ByteBuf in) {
        return new Party(address(in), account(in), text(in));
    }

    static void write(AccountId account, ByteBuf out) {
        write(account.local(), out);
        write(account.domain(), out);
    }

    static AccountId account(ByteBuf in) {
        return new AccountId(text(in), text(in));
    }

    static void write(SessionAddress address, ByteBuf out) {
        write(address.node().name(), out);
        write(address.session(), out);
    }

    static SessionAddress address(ByteBuf in) {
        return new SessionAddress(new NodeId(text(in)), session(in));
    }

    static void write(CallId call, ByteBuf out) {
        write(call.caller(), out);
        out.writeInt(call.number());
    }

    static CallId call(ByteBuf in) {
        return new CallId(session(in), in.readInt());
    }

    static void write(SessionId session, ByteBuf out) {
        out.writeLong(session.incarnation());
        out.writeLong(session.number());
    }

    static SessionId session(ByteBuf in) {
        return new SessionId(in.readLong(), in.readLong());
    }

    private static byte[] word(ByteBuf in) {
        int length = in.readInt();
        if (length < 0 || length > MAX_WORD_BYTES) {
            throw new IllegalArgumentException(
                    "word of " + length + " bytes (expected: at most " + MAX_WORD_BYTES + ")");
        }
        if (length > in.readableBytes()) {
            throw new IndexOutOfBoundsException(length);
        }
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    static void write(String text, ByteBuf out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeShort(bytes.length);
        out.writeBytes(bytes);
    }

    static String text(ByteBuf in) {
        int length = in.readUnsignedShort();
        if (length > MAX_TEXT_BYTES) {
            throw new IllegalArgumentException("text of " + length + " bytes (expected: at most " + MAX_TEXT_BYTES + ")");
        }
        return in.readCharSequence(length, StandardCharsets.UTF_8).toString();
    }
}
