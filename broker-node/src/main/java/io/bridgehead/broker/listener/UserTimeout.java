package io.bridgehead.broker.listener;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollSocketChannelConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Peers that went without a word: how long the kernel waits for one connection's, by TCP_USER_TIMEOUT (ADR 0005).
 *
 * <ul>
 *   <li>While something was written lately: {@code unacknowledged}, which is what it takes until the kernel gives up.
 *   <li>While nothing was: as long as keep-alive takes. Linux applies the same figure to probes, and with a shorter one
 *       ends an idle connection after a single probe that was lost.
 *   <li>In a bridge: as long as a reader may stall, for the kernel also counts while the peer acknowledges and takes
 *       nothing. There {@link #isSilent()} is to be asked every {@link #CHECK}.
 * </ul>
 *
 * Nothing of this has an effect without epoll. On the connection's event loop.
 */
final class UserTimeout {

    /** How often {@link #isSilent()} is to be asked. */
    static final Duration CHECK = Duration.ofSeconds(5);

    /** A peer that has answered nothing for so long, and not after so many tries, is gone. */
    private static final long SILENT_MILLIS = 20_000;

    private static final int SILENT_TRIES = 5;

    private final Channel channel;
    private final Duration unacknowledged;
    private boolean bridged;
    /** Until what was written is acknowledged, or has ended the connection; null: it has been. */
    private ScheduledFuture<?> undecided;
    private long decidedNanos;

    UserTimeout(Channel channel, Duration unacknowledged) {
        this.channel = channel;
        this.unacknowledged = unacknowledged;
    }

    /** Something is being written. */
    void written() {
        // the kernel is to come first
        long nanos = unacknowledged.toNanos() / 4 * 5;
        decidedNanos = System.nanoTime() + nanos;
        if (undecided == null && !bridged && kernel().isPresent()) {
            set(unacknowledged);
            undecided = channel.eventLoop().schedule(this::decided, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void decided() {
        long left = decidedNanos - System.nanoTime();
        if (left > 0) {
            undecided = channel.eventLoop().schedule(this::decided, left, TimeUnit.NANOSECONDS);
        } else {
            undecided = null;
            kernel().map(UserTimeout::keepAlive).ifPresent(this::set);
        }
    }

    /** A bridge begins, whose reader's queue may stand still for so long. */
    void bridged(Duration stall) {
        stop();
        bridged = true;
        set(stall.plus(unacknowledged));
    }

    void unbridged() {
        bridged = false;
        written();
    }

    /** Before the connection leaves its event loop, and when it is closed; {@link #written()} goes on. */
    void stop() {
        if (undecided != null) {
            undecided.cancel(false);
            undecided = null;
        }
    }

    /** How long a connection's keep-alive takes, from the last sign of life. */
    private static Duration keepAlive(EpollSocketChannel epoll) {
        EpollSocketChannelConfig config = epoll.config();
        return Duration.ofSeconds(config.getTcpKeepIdle() + (long) config.getTcpKeepCnt() * config.getTcpKeepIntvl());
    }

    private void set(Duration time) {
        kernel().ifPresent(epoll ->
                epoll.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, Math.toIntExact(time.toMillis())));
    }

    /** Whether the kernel has unacknowledged data, or probes a closed window, and hears nothing back. */
    boolean isSilent() {
        return kernel().map(EpollSocketChannel::tcpInfo)
                .filter(info -> info.lastAckRecv() >= SILENT_MILLIS)
                .filter(info -> info.retransmits() >= SILENT_TRIES || info.probes() >= SILENT_TRIES)
                .isPresent();
    }

    /** Where it can be told and asked. */
    private Optional<EpollSocketChannel> kernel() {
        return channel instanceof EpollSocketChannel epoll && epoll.isActive() ? Optional.of(epoll) : Optional.empty();
    }
}
