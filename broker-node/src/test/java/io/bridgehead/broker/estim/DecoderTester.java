package io.bridgehead.broker.estim;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.wire.Decoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Feeds one client's stream to a decoder, cut in any way, and writes down what comes out: {@code command ;end},
 * {@code error …}, {@code fatal …}, {@code data …}. It switches to bridged on {@code ;accept} and back on {@code ;end},
 * as the node does. It fails when an item comes unasked, and when a buffer is left with a wrong reference count.
 */
final class DecoderTester implements Decoder.Sink<EstimCommand> {

    static final String HOME = "home.example";
    static final int MAX_LINE = 1024;

    private final EstimDecoder decoder;
    private final int patience;
    private final List<String> items = new ArrayList<>();
    private final List<ByteBuf> taken = new ArrayList<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    private int sinceResumed;
    private boolean asked;

    /** {@code patience}: items it takes before it wants no more until it is resumed. */
    private DecoderTester(int maxLineBytes, int patience) {
        this.decoder = new EstimDecoder(new EstimLine(HOME), maxLineBytes);
        this.patience = patience;
    }

    static DecoderTester open(int maxLineBytes) {
        return new DecoderTester(maxLineBytes, Integer.MAX_VALUE);
    }

    static List<String> uncut(ClientStream stream) {
        return run(stream, MAX_LINE, cut -> false, Integer.MAX_VALUE);
    }

    /** {@code cutBefore}: whether the input is cut before the byte with this number. */
    static List<String> run(ClientStream stream, int maxLineBytes, IntPredicate cutBefore, int patience) {
        DecoderTester tester = new DecoderTester(maxLineBytes, patience);
        int sent = 0;
        for (ClientStream.Part part : stream.parts()) {
            switch (part) {
                case ClientStream.Part.Bytes(byte[] bytes) -> {
                    int from = 0;
                    for (int to = 1; to <= bytes.length; to++) {
                        if (to == bytes.length || cutBefore.test(sent + to)) {
                            tester.feed(Arrays.copyOfRange(bytes, from, to));
                            from = to;
                        }
                    }
                    sent += bytes.length;
                }
                case ClientStream.Part.MessageEnd m -> {
                    tester.resume();
                    tester.decoder.endOfMessage(tester);
                }
                case ClientStream.Part.Switch(boolean bridged) -> tester.decoder.bridged(bridged);
            }
        }
        return tester.end();
    }

    /** One chunk as it came from the socket; resumed as often as needed until it is taken. */
    DecoderTester feed(byte[] chunk) {
        // both kinds of buffer that a socket may hand us, not at index 0
        ByteBuf in = chunk.length % 2 == 0
                ? ByteBufAllocator.DEFAULT.directBuffer(chunk.length + 3)
                : ByteBufAllocator.DEFAULT.heapBuffer(chunk.length + 3);
        in.writeZero(3).skipBytes(3).writeBytes(chunk);
        feed(in);
        in.release();
        taken.forEach(ByteBuf::release);
        taken.clear();
        assertThat(in.refCnt()).as("references to the input").isZero();
        return this;
    }

    private void feed(ByteBuf in) {
        int idle = 0;
        while (in.isReadable()) {
            resume();
            int before = in.readerIndex();
            decoder.decode(in, this);
            idle = in.readerIndex() == before && sinceResumed == 0 ? idle + 1 : 0;
            assertThat(idle).as("the decoder takes nothing").isLessThan(2);
        }
    }

    DecoderTester bridged(boolean bridged) {
        decoder.bridged(bridged);
        return this;
    }

    List<String> end() {
        resume();
        decoder.endOfStream(this);
        taken.forEach(ByteBuf::release);
        taken.clear();
        return itemsSoFar();
    }

    /** What came out by now, bytes that came in several pieces as one. */
    List<String> itemsSoFar() {
        if (data.size() > 0) {
            items.add("data " + ClientStream.escape(data.toByteArray()));
            data.reset();
        }
        return items;
    }

    private void resume() {
        sinceResumed = 0;
        asked = true;
    }

    private void item() {
        assertThat(asked).as("wantsMore() was asked, and true, before this item").isTrue();
        asked = false;
        sinceResumed++;
    }

    @Override
    public boolean wantsMore() {
        asked = sinceResumed < patience;
        return asked;
    }

    @Override
    public void command(EstimCommand command) {
        item();
        itemsSoFar().add("command " + line(command));
        if (command instanceof EstimCommand.Accept) {
            decoder.bridged(true);
        } else if (command instanceof EstimCommand.End) {
            decoder.bridged(false);
        }
    }

    @Override
    public void malformed(String problem, boolean fatal) {
        item();
        itemsSoFar().add((fatal ? "fatal " : "error ") + problem);
    }

    @Override
    public void pass(ByteBuf bytes) {
        item();
        assertThat(bytes.isReadable()).as("a piece with bytes in it").isTrue();
        byte[] copy = new byte[bytes.readableBytes()];
        bytes.getBytes(bytes.readerIndex(), copy);
        data.writeBytes(copy);
        taken.add(bytes);
    }

    /** The line that the command was. */
    static String line(EstimCommand command) {
        return switch (command) {
            case EstimCommand.Register(var id, Optional<String> pin, Optional<String> profile) ->
                ";register=" + id.written()
                        + pin.map(";"::concat).orElse(profile.isPresent() ? ";" : "")
                        + profile.map(";v2;"::concat).orElse("");
            case EstimCommand.Connect(var id) -> ";connect=" + id.written();
            case EstimCommand.Accept(var id) -> ";accept=" + id.written();
            case EstimCommand.Reject(var id) -> ";reject=" + id.written();
            case EstimCommand.End e -> ";end";
            case EstimCommand.Quit q -> ";quit";
            case EstimCommand.Users u -> ";users";
            case EstimCommand.Visible v -> ";visible";
            case EstimCommand.Invisible i -> ";invisible";
            case EstimCommand.Help h -> ";help";
        };
    }
}
