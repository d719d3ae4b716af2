package io.bridgehead.broker.bus;

import static io.bridgehead.broker.bus.NodeMessageCodec.address;
import static io.bridgehead.broker.bus.NodeMessageCodec.call;
import static io.bridgehead.broker.bus.NodeMessageCodec.party;
import static io.bridgehead.broker.bus.NodeMessageCodec.text;

import io.bridgehead.broker.model.BridgeInfo;
import io.bridgehead.broker.model.BridgeMark;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * {@link ViewMessage} as the rest of a {@link NodeMessageCodec} frame: {@code type, question (8 bytes), node, fields};
 * what may be absent behind a byte 0 or 1; rows behind their number (2 bytes); instants as seconds (8 bytes) and
 * nanoseconds (4). Pure; any thread.
 */
final class ViewMessageCodec {

    /** Rows of one answer take no more: with all else a frame stays within 64 KiB. One row takes less than 2 KiB. */
    static final int MAX_ROW_BYTES = 60 * 1024;

    private static final byte ASK_SESSIONS = 1;
    private static final byte ASK_BRIDGES = 2;
    private static final byte SESSION_PAGE = 3;
    private static final byte BRIDGE_PAGE = 4;

    private ViewMessageCodec() {}

    static void write(ViewMessage message, ByteBuf out) {
        switch (message) {
            case ViewMessage.AskSessions ask -> {
                begin(ASK_SESSIONS, ask, out);
                write(ask.account(), NodeMessageCodec::write, out);
                write(ask.after(), NodeMessageCodec::write, out);
                out.writeInt(ask.limit());
            }
            case ViewMessage.AskBridges ask -> {
                begin(ASK_BRIDGES, ask, out);
                write(ask.after(), ViewMessageCodec::write, out);
                out.writeInt(ask.limit());
            }
            case ViewMessage.SessionPage page -> {
                begin(SESSION_PAGE, page, out);
                write(page.rows(), ViewMessageCodec::write, out);
                out.writeBoolean(page.more());
            }
            case ViewMessage.BridgePage page -> {
                begin(BRIDGE_PAGE, page, out);
                write(page.rows(), ViewMessageCodec::write, out);
                out.writeBoolean(page.more());
            }
        }
    }

    /** Null when it is not understood; what is malformed throws as in {@link NodeMessageCodec#read}. */
    static ViewMessage read(ByteBuf in) {
        byte type = in.readByte();
        long question = in.readLong();
        NodeId from = new NodeId(text(in));
        return switch (type) {
            case ASK_SESSIONS -> new ViewMessage.AskSessions(
                    question,
                    from,
                    optional(in, NodeMessageCodec::account),
                    optional(in, NodeMessageCodec::session),
                    in.readInt());
            case ASK_BRIDGES ->
                new ViewMessage.AskBridges(question, from, optional(in, ViewMessageCodec::mark), in.readInt());
            case SESSION_PAGE -> new ViewMessage.SessionPage(
                    question, from, rows(in, ViewMessageCodec::sessionInfo), in.readBoolean());
            case BRIDGE_PAGE -> new ViewMessage.BridgePage(
                    question, from, rows(in, ViewMessageCodec::bridgeInfo), in.readBoolean());
            default -> null;
        };
    }

    /** The first rows that together take at most {@link #MAX_ROW_BYTES}. */
    static <T> List<T> fitting(List<T> rows, BiConsumer<T, ByteBuf> form) {
        ByteBuf scratch = Unpooled.buffer();
        List<T> kept = new ArrayList<>();
        for (T row : rows) {
            form.accept(row, scratch);
            if (scratch.readableBytes() > MAX_ROW_BYTES) {
                break;
            }
            kept.add(row);
        }
        return kept;
    }

    static void write(SessionInfo row, ByteBuf out) {
        NodeMessageCodec.write(row.address(), out);
        NodeMessageCodec.write(row.protocol(), out);
        NodeMessageCodec.write(row.remoteAddress(), out);
        write(row.connectedAt(), out);
        write(row.account(), NodeMessageCodec::write, out);
        NodeMessageCodec.write(row.state(), out);
        write(row.partner(), NodeMessageCodec::write, out);
    }

    private static SessionInfo sessionInfo(ByteBuf in) {
        return new SessionInfo(
                address(in),
                text(in),
                text(in),
                instant(in),
                optional(in, NodeMessageCodec::account),
                text(in),
                optional(in, NodeMessageCodec::text));
    }

    static void write(BridgeInfo row, ByteBuf out) {
        NodeMessageCodec.write(row.call(), out);
        NodeMessageCodec.write(row.caller(), out);
        NodeMessageCodec.write(row.callee(), out);
        write(row.since(), out);
    }

    private static BridgeInfo bridgeInfo(ByteBuf in) {
        return new BridgeInfo(call(in), party(in), party(in), instant(in));
    }

    private static void write(BridgeMark mark, ByteBuf out) {
        write(mark.since(), out);
        NodeMessageCodec.write(mark.call(), out);
    }

    private static BridgeMark mark(ByteBuf in) {
        return new BridgeMark(instant(in), call(in));
    }

    private static void begin(byte type, ViewMessage message, ByteBuf out) {
        out.writeByte(type);
        out.writeLong(message.question());
        NodeMessageCodec.write(message.from().name(), out);
    }

    private static <T> void write(Optional<T> value, BiConsumer<T, ByteBuf> form, ByteBuf out) {
        out.writeBoolean(value.isPresent());
        value.ifPresent(present -> form.accept(present, out));
    }

    private static <T> Optional<T> optional(ByteBuf in, Function<ByteBuf, T> form) {
        return in.readBoolean() ? Optional.of(form.apply(in)) : Optional.empty();
    }

    private static <T> void write(List<T> rows, BiConsumer<T, ByteBuf> form, ByteBuf out) {
        out.writeShort(rows.size());
        rows.forEach(row -> form.accept(row, out));
    }

    private static <T> List<T> rows(ByteBuf in, Function<ByteBuf, T> form) {
        int count = in.readUnsignedShort();
        List<T> rows = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            rows.add(form.apply(in));
        }
        return rows;
    }

    private static void write(Instant instant, ByteBuf out) {
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    private static Instant instant(ByteBuf in) {
        long seconds = in.readLong();
        int nanos = in.readInt();
        if (seconds < Instant.MIN.getEpochSecond()
                || seconds > Instant.MAX.getEpochSecond()
                || nanos < 0
                || nanos > 999_999_999) {
            throw new IllegalArgumentException("instant: " + seconds + " s, " + nanos + " ns");
        }
        return Instant.ofEpochSecond(seconds, nanos);
    }
}
