package io.bridgehead.broker.relay;

import com.google.protobuf.InvalidProtocolBufferException;
import io.bridgehead.broker.wire.Decoder;
import io.bridgehead.relay.messages.Hello;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Optional;

/**
 * A host's bytes: messages behind their length (4 bytes, big endian) until the connection is bridged, the client's bytes
 * from then on. A length beyond the limit is refused before anything is kept of it. One connection; its context only.
 */
final class RelayDecoder implements Decoder<RelayCommand> {

    /** A Hello with everything in it takes some 500 bytes; the rest is for fields of hosts to come. */
    static final int MAX_MESSAGE_BYTES = 4096;

    private static final int PREFIX = Integer.BYTES;

    private final int maxMessageBytes;
    /** The begun message with its prefix; null: none. */
    private ByteBuf begun;
    private boolean bridged;

    /** {@code maxMessageBytes}: longest message, its prefix not counted. */
    RelayDecoder(int maxMessageBytes) {
        this.maxMessageBytes = maxMessageBytes;
    }

    /** For a client, whose bytes are its host's from the first on. */
    static RelayDecoder ofClient() {
        RelayDecoder decoder = new RelayDecoder(0);
        decoder.bridged = true;
        return decoder;
    }

    @Override
    public void decode(ByteBuf in, Sink<RelayCommand> sink) {
        while (in.isReadable() && sink.wantsMore()) {
            if (bridged) {
                sink.pass(in.readRetainedSlice(in.readableBytes()));
            } else if (!message(in, sink)) {
                // what follows cannot be told apart any more
                in.skipBytes(in.readableBytes());
            }
        }
    }

    /** Takes as much as belongs to one message; false: the stream is broken. */
    private boolean message(ByteBuf in, Sink<RelayCommand> sink) {
        if (begun == null) {
            begun = Unpooled.buffer(PREFIX, PREFIX + maxMessageBytes);
        }
        if (begun.readableBytes() < PREFIX) {
            fill(in, PREFIX);
            if (begun.readableBytes() < PREFIX) {
                return true;
            }
        }
        long length = begun.getUnsignedInt(0);
        if (length < 1 || length > maxMessageBytes) {
            begun = null;
            sink.malformed("length " + length + " (expected: 1.." + maxMessageBytes + ")", true);
            return false;
        }
        fill(in, PREFIX + (int) length);
        if (begun.readableBytes() < PREFIX + length) {
            return true;
        }
        byte[] message = ByteBufUtil.getBytes(begun, PREFIX, (int) length);
        begun = null;
        return hello(message, sink);
    }

    private void fill(ByteBuf in, int upTo) {
        begun.writeBytes(in, Math.min(in.readableBytes(), upTo - begun.readableBytes()));
    }

    private static boolean hello(byte[] message, Sink<RelayCommand> sink) {
        Hello hello;
        try {
            hello = Hello.parseFrom(message);
        } catch (InvalidProtocolBufferException broken) {
            sink.malformed("no Hello: " + broken.getMessage(), true);
            return false;
        }
        Optional<String> service = hello.hasService() ? Optional.of(hello.getService()) : Optional.empty();
        Optional<String> token = hello.hasToken() ? Optional.of(hello.getToken()) : Optional.empty();
        Optional<String> hostId = hello.hasHostId() ? Optional.of(hello.getHostId()) : Optional.empty();
        Optional<String> problem = service.filter(text -> !RelayWords.isService(text))
                .map(text -> "Hello.service (expected: " + RelayWords.SERVICE + ")")
                .or(() -> token.filter(text -> !RelayWords.isToken(text)).map(text ->
                        "Hello.token (expected: 1.." + RelayWords.MAX_TOKEN + " printable ASCII characters, no blank)"))
                .or(() -> hostId.filter(text -> !RelayWords.isHostId(text))
                        .map(text -> "Hello.host_id (expected: " + RelayWords.HOST_ID + ")"));
        if (problem.isPresent()) {
            sink.malformed(problem.get(), true);
            return false;
        }
        sink.command(new RelayCommand.Hello(service, token, hostId));
        return true;
    }

    @Override
    public void endOfMessage(Sink<RelayCommand> sink) {
        // TCP has none
    }

    @Override
    public void endOfStream(Sink<RelayCommand> sink) {
        // a begun message comes to nothing
        begun = null;
    }

    @Override
    public void bridged(boolean now) {
        bridged = now;
    }
}
