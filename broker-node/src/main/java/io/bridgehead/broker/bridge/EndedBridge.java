package io.bridgehead.broker.bridge;

import io.netty.buffer.ByteBuf;

/** What is left of a bridge that ended before this end joined: bytes go nowhere. */
final class EndedBridge implements Bridge {

    @Override
    public void send(ByteBuf bytes) {
        bytes.release();
    }

    @Override
    public void finish() {}

    @Override
    public void drained() {}

    @Override
    public void end() {}
}
