package io.bridgehead.broker.listener;

import io.bridgehead.broker.metrics.CounterBy;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A connection on its way from the kernel to its room: everything on that way (PROXY header, TLS, upgrade) must be done
 * by one deadline, however the bytes drip in; it is set anew once, when TLS's turn comes. How it ended is counted once. On
 * the connection's event loop.
 */
final class Admission {

    private static final AttributeKey<Admission> KEY = AttributeKey.valueOf(Admission.class, "admission");

    private final Channel channel;
    private final CounterBy<ConnectionResult> results;
    private final Duration time;
    private InetAddress client;
    private Future<?> deadline;
    private ConnectionResult result;

    private Admission(Channel channel, InetAddress peer, CounterBy<ConnectionResult> results, Duration time) {
        this.channel = channel;
        this.client = peer;
        this.results = results;
        this.time = time;
        setDeadline();
    }

    private void setDeadline() {
        deadline = channel.eventLoop().schedule(this::expire, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** @param peer the other end of the TCP connection, which is the client unless a proxy says otherwise */
    static Admission begin(
            Channel channel, InetAddress peer, CounterBy<ConnectionResult> results, Duration time) {
        Admission admission = new Admission(channel, peer, results, time);
        channel.attr(KEY).set(admission);
        // in a turn of its own: a decoder closes first and says why afterwards
        channel.closeFuture().addListener(
                closed -> channel.eventLoop().execute(() -> admission.end(ConnectionResult.ABANDONED)));
        return admission;
    }

    static Admission of(Channel channel) {
        return channel.attr(KEY).get();
    }

    /** A trusted proxy's word on who the client is. */
    void clientIs(InetAddress address) {
        client = address;
    }

    InetAddress client() {
        return client;
    }

    /** TLS is part of the way: its failure is counted as such. */
    void watch(SslHandler tls) {
        tls.handshakeFuture().addListener(done -> {
            if (!done.isSuccess() && !(done.cause() instanceof ClosedChannelException)) {
                refuse(ConnectionResult.TLS_FAILED);
            }
        });
    }

    /** His turn has come. He has the whole time for his part: else a storm's hand-shakes are computed and then closed. */
    void turnCame() {
        if (deadline.cancel(false)) {
            setDeadline();
        }
    }

    /** The room has it, for as long as it likes. False: it was refused before. */
    boolean accept() {
        return end(ConnectionResult.ACCEPTED);
    }

    /** Counts the reason and closes. */
    void refuse(ConnectionResult reason) {
        end(reason);
        channel.close();
    }

    /** Counts the reason. The caller says something to the client and closes; at the latest the deadline does. */
    void refuseWithWords(ConnectionResult reason) {
        count(reason);
    }

    private void expire() {
        count(ConnectionResult.HANDSHAKE_TIMEOUT);
        channel.close();
    }

    /** The way is over, as {@code how} says. False: it was before. */
    boolean end(ConnectionResult how) {
        deadline.cancel(false);
        return count(how);
    }

    private boolean count(ConnectionResult how) {
        if (result != null) {
            return false;
        }
        result = how;
        results.increment(how);
        return true;
    }
}
