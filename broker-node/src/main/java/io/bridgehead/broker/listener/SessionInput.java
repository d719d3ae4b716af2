package io.bridgehead.broker.listener;

import io.bridgehead.broker.wire.Decoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;

/**
 * What a client sends, on its way through the decoder. It waits, in order, while any {@link Hold} is on: reading is
 * paused, and at most what was read by then is kept. The session's thread only.
 *
 * @param <C> the room's commands
 */
public final class SessionInput<C> {

    /** Why input waits. */
    public enum Hold {
        /** As many lists are being made for it as may be at a time. */
        ANSWERS,
        /** What it means depends on an answer that is due. */
        AWAITING,
        /** The partner is slower than this client, or not there yet. */
        BRIDGE,
        /** More came than its share allows for now. */
        RATE,
        /** This client asks faster than it reads the answers. */
        REPLIES;

        private final int bit = 1 << ordinal();
    }

    /** Whom the commands and bytes are for. */
    public interface Reader<C> extends Decoder.Sink<C> {

        /** The last hold is gone and nothing waits any more: more can be read. */
        void inputTaken();
    }

    /** Stands in the queue for the end of a message. */
    private static final ByteBuf MESSAGE_END = Unpooled.EMPTY_BUFFER;

    private final Transport transport;
    private final SessionThread thread;
    private final Decoder<C> decoder;
    private final Reader<C> reader;

    private int holds;
    private boolean decoding;
    private boolean discarded;
    private ArrayDeque<ByteBuf> waiting;

    public SessionInput(Transport transport, SessionThread thread, Decoder<C> decoder, Reader<C> reader) {
        this.transport = transport;
        this.thread = thread;
        this.decoder = decoder;
        this.reader = reader;
    }

    /** Takes over the reference. */
    public void received(ByteBuf bytes) {
        if (discarded) {
            bytes.release();
        } else if (holds != 0 || isWaiting()) {
            enqueue(bytes);
        } else {
            decode(bytes);
        }
    }

    public void messageEnded() {
        if (discarded) {
            return;
        }
        if (holds != 0 || isWaiting()) {
            enqueue(MESSAGE_END);
        } else {
            decoder.endOfMessage(reader);
        }
    }

    private void enqueue(ByteBuf bytes) {
        if (waiting == null) {
            waiting = new ArrayDeque<>(4);
        }
        waiting.add(bytes);
    }

    private void decode(ByteBuf bytes) {
        decoding = true;
        decoder.decode(bytes, reader);
        decoding = false;
        if (!bytes.isReadable() || discarded) {
            bytes.release();
        } else {
            enqueue(bytes);
        }
    }

    private void decodeWaiting() {
        while (holds == 0 && isWaiting() && !discarded) {
            // ours while it is decoded: a command in it may close the session, which releases what waits
            ByteBuf bytes = waiting.poll();
            decoding = true;
            if (bytes == MESSAGE_END) {
                decoder.endOfMessage(reader);
            } else {
                decoder.decode(bytes, reader);
            }
            decoding = false;
            if (bytes.isReadable() && !discarded) {
                waiting.addFirst(bytes);
            } else {
                bytes.release();
            }
        }
        if (holds == 0 && !isWaiting()) {
            waiting = null;
            reader.inputTaken();
        }
    }

    /** Whether the decoder may go on. */
    public boolean flows() {
        return holds == 0 && !discarded;
    }

    public boolean isWaiting() {
        return waiting != null && !waiting.isEmpty();
    }

    /** Whether some of it may still become a command: it waits, may not flow, or is being decoded now. */
    public boolean isPending() {
        return decoding || holds != 0 || isWaiting();
    }

    public boolean isHeld(Hold reason) {
        return (holds & reason.bit) != 0;
    }

    public void hold(Hold reason) {
        if (holds == 0) {
            transport.pause();
        }
        holds |= reason.bit;
    }

    public void release(Hold reason) {
        boolean was = isHeld(reason);
        holds &= ~reason.bit;
        if (was && holds == 0) {
            if (decoding) {
                // the loop that is decoding goes on by itself; what it leaves is taken up afterwards
                thread.execute(this::decodeWaiting);
            } else {
                decodeWaiting();
            }
        }
    }

    /** Takes no more, and drops what waits. */
    public void discard() {
        discarded = true;
        if (waiting != null) {
            waiting.forEach(ByteBuf::release);
            waiting = null;
        }
    }
}
