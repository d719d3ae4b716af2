package io.bridgehead.broker.relay;

import io.bridgehead.broker.wire.Decoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What a decoder makes of a host's bytes, however they are cut; from the {@code bridgedAfter}-th command on it is bridged. */
final class DecodedHost implements Decoder.Sink<RelayCommand> {

    private final RelayDecoder decoder;
    private final int bridgedAfter;
    private final List<String> seen = new ArrayList<>();
    private final StringBuilder passed = new StringBuilder();
    private int commands;

    private DecodedHost(int maxMessageBytes, int bridgedAfter) {
        this.decoder = new RelayDecoder(maxMessageBytes);
        this.bridgedAfter = bridgedAfter;
    }

    /** {@code cuts}: where the input is cut. */
    static List<String> of(byte[] input, int maxMessageBytes, int bridgedAfter, int... cuts) {
        DecodedHost host = new DecodedHost(maxMessageBytes, bridgedAfter);
        int from = 0;
        for (int cut : cuts) {
            host.take(input, from, cut);
            from = cut;
        }
        host.take(input, from, input.length);
        host.decoder.endOfStream(host);
        if (!host.passed.isEmpty()) {
            host.seen.add("passed " + host.passed);
        }
        return host.seen;
    }

    private void take(byte[] input, int from, int to) {
        ByteBuf bytes = Unpooled.copiedBuffer(input, from, to - from);
        decoder.decode(bytes, this);
        bytes.release();
    }

    @Override
    public void command(RelayCommand command) {
        RelayCommand.Hello hello = (RelayCommand.Hello) command;
        seen.add("hello " + hello.service().orElse("-") + " " + hello.token().orElse("-") + " "
                + hello.hostId().orElse("-"));
        commands++;
        decoder.bridged(commands >= bridgedAfter);
    }

    @Override
    public void malformed(String problem, boolean fatal) {
        seen.add("malformed " + problem);
    }

    @Override
    public void pass(ByteBuf bytes) {
        passed.append(HexFormat.of().formatHex(ByteBufUtil.getBytes(bytes)));
        bytes.release();
    }

    @Override
    public boolean wantsMore() {
        return true;
    }
}
