package io.bridgehead.broker.hostagent;

import io.bridgehead.broker.config.RelayAddress;
import io.bridgehead.relay.messages.Command;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.net.NetSocket;
import java.util.Optional;
import java.util.function.Supplier;

/** The command connection to one relay. On one event loop, its owner's. */
final class CommandLink {

    /** A command has a handful of numbers; ten times that. */
    private static final int MAX_COMMAND = 1024;

    /** Who hears of it, on the same event loop. */
    interface Owner {

        /** It is open, and the relay has been told who this is. */
        void commandUp(CommandLink link);

        void command(CommandLink link, Command command);

        /** It could not be opened or is closed; why, in a line. The last, but after {@link CommandLink#close}. */
        void commandLost(CommandLink link, String why);
    }

    private final Context context;
    private final Dialler dialler;
    private final Supplier<ByteBuf> hello;
    private final Owner owner;
    private final MessageDecoder<Command> decoder = new MessageDecoder<>(Command.parser(), MAX_COMMAND);

    private Leg leg;
    private boolean over;

    CommandLink(Context context, Dialler dialler, Supplier<ByteBuf> hello, Owner owner) {
        this.context = context;
        this.dialler = dialler;
        this.hello = hello;
        this.owner = owner;
    }

    void dial(RelayAddress address) {
        context.runOnContext(now -> dialler.relay(address.host(), address.commands())
                .onComplete(this::greet, failure -> lost(Dialler.why(failure))));
    }

    /** Not needed any more. */
    void close() {
        over = true;
        if (leg != null) {
            leg.close();
        }
    }

    private void greet(NetSocket socket) {
        if (over) {
            socket.close();
            return;
        }
        leg = Leg.over(socket, Leg.PATIENCE, new Side());
        leg.write(hello.get());
        owner.commandUp(this);
    }

    private void read(ByteBuf bytes) {
        while (!over) {
            Optional<MessageDecoder.Decoded<Command>> decoded = decoder.take(bytes);
            if (decoded.isEmpty()) {
                return;
            }
            switch (decoded.get()) {
                case MessageDecoder.Decoded.Malformed<Command>(String reason) -> lost(reason);
                case MessageDecoder.Decoded.Message<Command>(Command command) -> owner.command(this, command);
            }
        }
    }

    private void lost(String why) {
        if (!over) {
            over = true;
            if (leg != null) {
                leg.closeNow();
            }
            owner.commandLost(this, why);
        }
    }

    private final class Side implements Leg.Owner {

        @Override
        public void received(ByteBuf bytes) {
            try {
                read(bytes);
            } finally {
                bytes.release();
            }
        }

        @Override
        public void inputEnded() {
            lost("the relay closed the command connection");
        }

        @Override
        public void drained() {
            // a host says hello there, and nothing else
        }

        @Override
        public void closed() {
            lost("the command connection was closed");
        }
    }
}
