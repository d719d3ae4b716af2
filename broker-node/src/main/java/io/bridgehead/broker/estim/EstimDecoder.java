package io.bridgehead.broker.estim;

import io.bridgehead.broker.wire.Decoder;
import io.bridgehead.broker.wire.PairSearch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * The line protocol's decoder, for one connection; its context only.
 *
 * <p>Not bridged, it looks at lines that start with {@code ;} and drops the rest; a line beyond the limit is fatal
 * before more than the limit is buffered, unless a bridge has just ended: what was on its way then is dropped, up to the
 * next command. Bridged, every byte passes that is no part of a valid command line: a chunk is searched once for
 * {@code ;} at a line start, and one without is handed on as a slice, uncopied. Only a line that may still become a
 * command is held back. Source: {@code protocols.md} §1 "Rules".
 */
final class EstimDecoder implements Decoder<EstimCommand> {

    private static final byte[] NOTHING = {};

    private static final PairSearch COMMAND_START = new PairSearch('\n', ';');

    private final EstimLine grammar;
    private final int maxLineBytes;

    /** What is kept of the current line: all of it when it starts with {@code ;}, else nothing. */
    private byte[] held = NOTHING;

    private int heldLength;

    /** How many of the kept bytes came before the bridge: never data for the partner. */
    private int heldBeforeBridge;

    /** Bytes of the current line so far, kept or not; 0 is the start of a line. While bridged only 0 or not 0. */
    private int lineLength;

    private boolean bridged;

    /** Since a bridge ended the client has sent no command: it may not know yet. */
    private boolean late;

    private boolean dead;

    /** {@code maxLineBytes}: longest line, without its line end; 64 or more, so that every command name fits. */
    EstimDecoder(EstimLine grammar, int maxLineBytes) {
        this.grammar = grammar;
        this.maxLineBytes = maxLineBytes;
    }

    @Override
    public void decode(ByteBuf in, Sink<EstimCommand> sink) {
        while (in.isReadable() && !dead && sink.wantsMore()) {
            if (!bridged) {
                readLine(in, sink);
            } else if (heldLength > 0) {
                readHeldLine(in, sink);
            } else {
                passUpToCommand(in, sink);
            }
        }
        if (dead) {
            in.skipBytes(in.readableBytes());
        }
    }

    @Override
    public void endOfMessage(Sink<EstimCommand> sink) {
        if (heldLength > 0) {
            endLine(sink, false);
        }
        lineLength = 0;
    }

    @Override
    public void endOfStream(Sink<EstimCommand> sink) {
        if (bridged) {
            passHeld(sink, false);
        }
        forgetLine();
    }

    @Override
    public void bridged(boolean nowBridged) {
        late = !nowBridged && (bridged || late);
        bridged = nowBridged;
        if (!bridged) {
            lineLength = Math.max(lineLength, heldLength);
            return;
        }
        lineLength = Math.min(lineLength, 1);
        // what a client sent before this bridge is the broker's, or an earlier partner's: never data for this one
        heldBeforeBridge = heldLength;
        if (heldLength > 0 && !mayBeCommand()) {
            forgetHeld();
        }
    }

    private void readLine(ByteBuf in, Sink<EstimCommand> sink) {
        int from = in.readerIndex();
        int lineEnd = in.indexOf(from, in.writerIndex(), (byte) '\n');
        int length = (lineEnd < 0 ? in.writerIndex() : lineEnd) - from;
        int total = lineLength + length;
        boolean onlyCrTooLong = total == maxLineBytes + 1 && endsWithCr(in, from, length);
        boolean tooLong = total < 0 || (total > maxLineBytes && !onlyCrTooLong);
        if (tooLong && !late) {
            dead = true;
            forgetLine();
            sink.malformed("line too long", true);
            return;
        }
        if (!tooLong && (lineLength == 0 ? length > 0 && in.getByte(from) == ';' : heldLength > 0)) {
            hold(in, length);
        } else {
            if (tooLong) {
                // data that was on its way to the partner when the bridge ended
                forgetHeld();
            }
            in.skipBytes(length);
        }
        lineLength = tooLong ? 1 : total;
        if (lineEnd >= 0) {
            in.skipBytes(1);
            endLine(sink, true);
        }
    }

    private static boolean endsWithCr(ByteBuf in, int from, int length) {
        // with nothing of the line in this chunk, its last byte was let through as a carriage return before
        return length == 0 || in.getByte(from + length - 1) == '\r';
    }

    private void readHeldLine(ByteBuf in, Sink<EstimCommand> sink) {
        int from = in.readerIndex();
        int room = Math.min(in.readableBytes(), maxLineBytes + 2 - heldLength);
        int lineEnd = in.indexOf(from, from + room, (byte) '\n');
        hold(in, lineEnd < 0 ? room : lineEnd - from);
        if (lineEnd >= 0) {
            in.skipBytes(1);
            endLine(sink, true);
        } else if (!mayBeCommand()) {
            lineLength = 1;
            passHeld(sink, false);
        }
    }

    private void passUpToCommand(ByteBuf in, Sink<EstimCommand> sink) {
        int from = in.readerIndex();
        int end = in.writerIndex();
        int candidate = lineLength == 0 && in.getByte(from) == ';' ? from : nextCandidate(in, from, from, end);
        while (candidate >= 0) {
            int lineEnd = in.indexOf(candidate, Math.min(end, candidate + maxLineBytes + 2), (byte) '\n');
            peek(in, candidate, lineEnd < 0 ? end : lineEnd);
            if (heldLength > 0 && (lineEnd < 0 ? mayBeCommand() : isCommand())) {
                heldLength = 0;
                lineLength = 0;
                if (candidate > from) {
                    // the sink may want no more after this: the command is looked at again when it does
                    sink.pass(in.readRetainedSlice(candidate - from));
                } else {
                    takeCandidate(in, lineEnd, sink);
                }
                return;
            }
            heldLength = 0;
            candidate = nextCandidate(in, from, lineEnd < 0 ? candidate + 1 : lineEnd, end);
        }
        lineLength = in.getByte(end - 1) == '\n' ? 0 : 1;
        sink.pass(in.readRetainedSlice(end - from));
    }

    /** Takes the candidate at the reader index: a whole command line, or the beginning of one. */
    private void takeCandidate(ByteBuf in, int lineEnd, Sink<EstimCommand> sink) {
        hold(in, (lineEnd < 0 ? in.writerIndex() : lineEnd) - in.readerIndex());
        if (lineEnd >= 0) {
            in.skipBytes(1);
            endLine(sink, true);
        }
    }

    /** The next {@code ;} right behind a line end at or after {@code from}, both not before {@code start}; -1: none. */
    private static int nextCandidate(ByteBuf in, int start, int from, int end) {
        int lineEnd = COMMAND_START.indexIn(in, Math.max(start, from - 1), end);
        return lineEnd < 0 ? -1 : lineEnd + 1;
    }

    private void endLine(Sink<EstimCommand> sink, boolean withLineEnd) {
        switch (judge()) {
            case EstimLine.Parsed.Valid(EstimCommand command) -> {
                forgetLine();
                sink.command(command);
                // a client that ended the bridge itself knows that it is over
                late = false;
            }
            case EstimLine.Parsed.Faulty(String problem) when !bridged -> {
                forgetLine();
                sink.malformed(problem, false);
            }
            case EstimLine.Parsed.Faulty f -> passLine(sink, withLineEnd);
            case EstimLine.Parsed.NoCommand n -> passLine(sink, withLineEnd);
        }
    }

    private void passLine(Sink<EstimCommand> sink, boolean withLineEnd) {
        lineLength = 0;
        if (bridged) {
            passHeld(sink, withLineEnd);
        } else {
            forgetHeld();
        }
    }

    private boolean mayBeCommand() {
        return lengthWithoutCr() <= maxLineBytes && EstimLine.mayBecomeCommand(held, heldLength);
    }

    private boolean isCommand() {
        return judge() instanceof EstimLine.Parsed.Valid;
    }

    private EstimLine.Parsed judge() {
        int length = lengthWithoutCr();
        return length <= maxLineBytes ? grammar.parse(held, length) : new EstimLine.Parsed.NoCommand();
    }

    private int lengthWithoutCr() {
        return heldLength > 0 && held[heldLength - 1] == '\r' ? heldLength - 1 : heldLength;
    }

    private void hold(ByteBuf in, int length) {
        ensureRoom(heldLength + length);
        in.readBytes(held, heldLength, length);
        heldLength += length;
    }

    /** Copies the candidate to look at it, if it is short enough to be a command at all. */
    private void peek(ByteBuf in, int from, int to) {
        int length = to - from;
        if (length <= maxLineBytes + 1) {
            ensureRoom(length);
            in.getBytes(from, held, 0, length);
            heldLength = length;
        }
    }

    private void ensureRoom(int length) {
        if (length > held.length) {
            held = Arrays.copyOf(held, Math.max(length, Math.min(64 + 2 * held.length, maxLineBytes + 2)));
        }
    }

    private void passHeld(Sink<EstimCommand> sink, boolean withLineEnd) {
        byte[] bytes = Arrays.copyOfRange(held, heldBeforeBridge, withLineEnd ? heldLength + 1 : heldLength);
        if (withLineEnd) {
            bytes[bytes.length - 1] = '\n';
        }
        forgetHeld();
        if (bytes.length > 0) {
            sink.pass(Unpooled.wrappedBuffer(bytes));
        }
    }

    private void forgetLine() {
        lineLength = 0;
        forgetHeld();
    }

    private void forgetHeld() {
        heldLength = 0;
        heldBeforeBridge = 0;
        // an idle connection keeps no buffer
        held = NOTHING;
    }
}
