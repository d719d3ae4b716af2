package io.bridgehead.broker.hostagent;

import io.bridgehead.broker.config.RelayAddress;
import io.bridgehead.relay.messages.HostProcessHelloResponse;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One data connection: says {@code Hello}, waits for a client, and then is one side of a pipe to the target. A client is
 * there when its first byte is, or when the relay's command says so ({@link #serve}), whichever comes first.
 *
 * <p>The pipe holds what one connection has queued for its socket, then stops reading the other one. Each direction ends
 * by itself. All of it on one event loop; the methods that others call may be called on any thread.
 */
final class DataLink {

    /** The answer bears an address and a port; ten times that. */
    private static final int MAX_ANSWER = 4096;

    private static final Duration ANSWER = Duration.ofSeconds(10);

    /** A client may have come and ended its half at once: the command that says so may be on its way. */
    private static final Duration LATE_COMMAND = Duration.ofSeconds(1);

    /** Who hears of it; on the link's event loop. The last is {@code lost} or {@code ended}, but after {@code close}. */
    interface Owner {

        /** It waits for a client. */
        void opened(long id, int session);

        /** A client is there, and the target is being connected to, for a reason of the link's own. */
        void clientSpoke(long id);

        /** It never had a client; why, in a line. */
        void lost(long id, String why);

        /** Its client's target could not be reached. {@link #ended} follows. */
        void targetRefused(long id, String why);

        /** The target is connected to. */
        void bridged(long id);

        /** It had a client and is closed. */
        void ended(long id);

        void toTarget(int bytes);

        void toClient(int bytes);
    }

    private enum Phase { DIALLING, GREETING, WAITING, CONNECTING, BRIDGED, OVER }

    private final long id;
    private final Vertx vertx;
    private final Context context;
    private final Dialler dialler;
    private final Supplier<ByteBuf> hello;
    private final Owner owner;
    private final Duration patience;
    private final MessageDecoder<HostProcessHelloResponse> answer =
            new MessageDecoder<>(HostProcessHelloResponse.parser(), MAX_ANSWER);
    /** The client's bytes until the target is there: what had been read when reading stopped. */
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(2);

    private Phase phase = Phase.DIALLING;
    private Leg relay;
    private Leg target;
    private boolean relayEnded;
    private boolean targetEnded;
    private boolean clientGone;
    private boolean relayClosed;
    private boolean targetClosed;
    private long timer = -1;
    /** How often bytes came, or a backlog was gone. */
    private long moves;

    /**
     * @param context whose event loop has both connections
     * @param patience when one end has finished and the other one says nothing for so long, nobody is there who would;
     *     nor is who takes nothing of the last bytes
     */
    DataLink(
            long id,
            Vertx vertx,
            Context context,
            Dialler dialler,
            Supplier<ByteBuf> hello,
            Duration patience,
            Owner owner) {
        this.id = id;
        this.vertx = vertx;
        this.context = context;
        this.dialler = dialler;
        this.hello = hello;
        this.patience = patience;
        this.owner = owner;
    }

    void dial(RelayAddress address) {
        context.runOnContext(now -> dialler.relay(address.host(), address.data())
                .onComplete(this::greet, failure -> lost(Dialler.why(failure))));
    }

    /** The relay says that it has a client. */
    void serve() {
        context.runOnContext(now -> {
            if (phase == Phase.WAITING) {
                connect();
            }
        });
    }

    /** The relay says that its client has gone: an answer would not arrive. */
    void clientGone() {
        context.runOnContext(now -> {
            clientGone = true;
            if (relayEnded && target != null) {
                target.close();
            }
        });
    }

    /** It is not needed any more. The owner hears nothing of it any more, if it had no client. */
    void close() {
        context.runOnContext(now -> {
            if (phase.compareTo(Phase.CONNECTING) < 0) {
                phase = Phase.OVER;
            }
            cancelTimer();
            if (relay != null) {
                end(relay, target == null || targetEnded);
            }
            if (target != null) {
                end(target, relayEnded);
            }
        });
    }

    /** Its time is over, whatever is still on the way. */
    void cut() {
        context.runOnContext(now -> {
            if (phase == Phase.BRIDGED) {
                cutBoth();
            } else if (relay != null) {
                relay.closeNow();
            }
        });
    }

    private void cutBoth() {
        endNow(relay, targetEnded);
        endNow(target, relayEnded);
    }

    /** @param whole whether what came for it has come to its end */
    private static void endNow(Leg leg, boolean whole) {
        if (whole) {
            leg.closeNow();
        } else {
            leg.cutNow();
        }
    }

    /** When what is queued has been taken. */
    private static void end(Leg leg, boolean whole) {
        if (whole) {
            leg.close();
        } else {
            leg.cut();
        }
    }

    private void greet(NetSocket socket) {
        if (phase == Phase.OVER) {
            socket.close();
            return;
        }
        phase = Phase.GREETING;
        relay = Leg.over(socket, patience, new RelaySide());
        timer = vertx.setTimer(ANSWER.toMillis(), late -> lost("no answer within " + ANSWER.toSeconds() + " s"));
        relay.write(hello.get());
    }

    private void greeted(ByteBuf bytes) {
        try {
            Optional<MessageDecoder.Decoded<HostProcessHelloResponse>> decoded = answer.take(bytes);
            if (decoded.isEmpty()) {
                return;
            }
            switch (decoded.get()) {
                case MessageDecoder.Decoded.Malformed<HostProcessHelloResponse>(String reason) -> lost(reason);
                case MessageDecoder.Decoded.Message<HostProcessHelloResponse>(var response) -> {
                    cancelTimer();
                    phase = Phase.WAITING;
                    owner.opened(id, response.getSessionId());
                    if (bytes.isReadable()) {
                        clientBytes(bytes.retain());
                    }
                }
            }
        } finally {
            bytes.release();
        }
    }

    private void clientBytes(ByteBuf bytes) {
        if (phase == Phase.WAITING) {
            owner.clientSpoke(id);
            connect();
        }
        if (phase == Phase.CONNECTING) {
            early.add(bytes);
        } else {
            toTarget(bytes);
        }
    }

    private void connect() {
        phase = Phase.CONNECTING;
        cancelTimer();
        relay.pause();
        dialler.target().onComplete(this::bridge, failure -> {
            if (phase == Phase.CONNECTING) {
                owner.targetRefused(id, Dialler.why(failure));
                relay.closeNow();
            }
        });
    }

    private void bridge(NetSocket socket) {
        if (phase != Phase.CONNECTING) {
            socket.close();
            return;
        }
        phase = Phase.BRIDGED;
        target = Leg.over(socket, patience, new TargetSide());
        owner.bridged(id);
        while (!early.isEmpty()) {
            toTarget(early.remove());
        }
        if (relayEnded) {
            endTarget();
        } else if (!target.congested()) {
            relay.resume();
        }
    }

    private void toTarget(ByteBuf bytes) {
        moves++;
        owner.toTarget(bytes.readableBytes());
        target.write(bytes);
        if (target.congested()) {
            relay.pause();
        }
    }

    private void endTarget() {
        if (clientGone) {
            target.close();
        } else {
            target.endOutput();
            ended();
        }
    }

    /** One direction is over. */
    private void ended() {
        if (relayEnded && targetEnded) {
            relay.close();
            target.close();
        } else {
            watchTheRest();
        }
    }

    /** Bytes that wait for a slow reader are no silence, and a new one begins when they are gone. */
    private void watchTheRest() {
        cancelTimer();
        countBacklog(relay);
        countBacklog(target);
        long before = moves;
        timer = vertx.setTimer(patience.toMillis(), later -> {
            if (moves != before || relay.hasQueued() || target.hasQueued()) {
                watchTheRest();
            } else {
                cutBoth();
            }
        });
    }

    private void countBacklog(Leg leg) {
        if (leg.hasQueued()) {
            leg.whenTaken(() -> moves++);
        }
    }

    private void lost(String why) {
        boolean tell = phase != Phase.OVER;
        phase = Phase.OVER;
        cancelTimer();
        if (relay != null) {
            relay.closeNow();
        }
        if (tell) {
            owner.lost(id, why);
        }
    }

    /** Not before: what is queued for one of them may still be on its way. */
    private void overWhenBothAre() {
        if (relayClosed && targetClosed) {
            over();
        }
    }

    private void over() {
        if (phase == Phase.OVER) {
            return;
        }
        phase = Phase.OVER;
        cancelTimer();
        early.forEach(ByteBuf::release);
        early.clear();
        owner.ended(id);
    }

    private void cancelTimer() {
        vertx.cancelTimer(timer);
    }

    private final class RelaySide implements Leg.Owner {

        @Override
        public void received(ByteBuf bytes) {
            switch (phase) {
                case GREETING -> greeted(bytes);
                case WAITING, CONNECTING, BRIDGED -> clientBytes(bytes);
                case DIALLING, OVER -> bytes.release();
            }
        }

        @Override
        public void inputEnded() {
            relayEnded = true;
            switch (phase) {
                case GREETING -> closed();
                case WAITING -> timer = vertx.setTimer(LATE_COMMAND.toMillis(), late -> closed());
                case CONNECTING, DIALLING, OVER -> {}
                case BRIDGED -> endTarget();
            }
        }

        @Override
        public void drained() {
            if (target != null) {
                target.resume();
            }
        }

        @Override
        public void closed() {
            switch (phase) {
                case DIALLING, GREETING -> lost("the relay closed the connection without an answer"
                        + " (expected: the name of a service that it knows, and that service's token)");
                case WAITING -> lost("the relay closed a connection that waited");
                case CONNECTING -> over();
                case BRIDGED -> {
                    relayClosed = true;
                    end(target, relayEnded);
                    overWhenBothAre();
                }
                case OVER -> {}
            }
        }
    }

    private final class TargetSide implements Leg.Owner {

        @Override
        public void received(ByteBuf bytes) {
            moves++;
            owner.toClient(bytes.readableBytes());
            relay.write(bytes);
            if (relay.congested()) {
                target.pause();
            }
        }

        @Override
        public void inputEnded() {
            targetEnded = true;
            relay.endOutput();
            ended();
        }

        @Override
        public void drained() {
            if (!relayEnded) {
                relay.resume();
            }
        }

        @Override
        public void closed() {
            targetClosed = true;
            end(relay, targetEnded);
            overWhenBothAre();
        }
    }
}
