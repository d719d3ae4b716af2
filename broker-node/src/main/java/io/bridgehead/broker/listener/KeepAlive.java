package io.bridgehead.broker.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import jdk.net.ExtendedSocketOptions;

/**
 * TCP keep-alive of clients' connections: an idle peer that is gone without a word is noticed after 94 to 109 s, and one
 * that answers a single probe of seven stays; Linux alone would take 2 h.
 *
 * <p>Linux fires all timers of about a minute in bursts, each 2 or 4 s (its timer wheel is no finer there): of 50,000
 * connections some 2,000 probes leave at once, and a queue of 1,000 packets, which many have on their way (a device's, a
 * container's), loses the rest. So connections that came together have different idle times, and the tries after a lost
 * probe do not all fall into such a burst: 10 s would, being 5 of 2.048 s for the wheel, and 7 s are 3.5.
 *
 * @see UserTimeout
 */
public final class KeepAlive {

    static final int SHORTEST_IDLE_SECONDS = 45;
    static final int LONGEST_IDLE_SECONDS = 60;
    private static final int INTERVAL_SECONDS = 7;
    private static final int PROBES = 7;

    /** Empty: the system's own figures, for no other transport is built for Linux. */
    private final Optional<ChannelOption<Integer>> idle;

    private KeepAlive(Optional<ChannelOption<Integer>> idle) {
        this.idle = idle;
    }

    /** Of the connections of a server that is about to be bound. */
    static KeepAlive of(ServerBootstrap bootstrap, String transport) {
        return switch (transport) {
            case "epoll" -> of(
                    bootstrap,
                    EpollChannelOption.TCP_KEEPIDLE,
                    EpollChannelOption.TCP_KEEPINTVL,
                    EpollChannelOption.TCP_KEEPCNT);
            case "nio" -> of(
                    bootstrap,
                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT));
            default -> new KeepAlive(Optional.empty());
        };
    }

    private static KeepAlive of(
            ServerBootstrap bootstrap,
            ChannelOption<Integer> idle,
            ChannelOption<Integer> interval,
            ChannelOption<Integer> probes) {
        bootstrap.childOption(interval, INTERVAL_SECONDS).childOption(probes, PROBES);
        return new KeepAlive(Optional.of(idle));
    }

    /**
     * Has a silent peer probed at the given times, in seconds, where the kernel can be told.
     *
     * @throws ChannelException when the peer has reset the connection meanwhile, on some systems
     */
    public static void probe(Channel connection, int idle, int interval, int probes) {
        ChannelConfig config = connection.config();
        config.setOption(ChannelOption.SO_KEEPALIVE, true);
        if (connection instanceof EpollSocketChannel) {
            config.setOption(EpollChannelOption.TCP_KEEPIDLE, idle);
            config.setOption(EpollChannelOption.TCP_KEEPINTVL, interval);
            config.setOption(EpollChannelOption.TCP_KEEPCNT, probes);
        } else if (connection instanceof NioSocketChannel) {
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), idle);
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), interval);
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), probes);
        }
    }

    /** A connection has come. */
    void begin(Channel connection) {
        idle.ifPresent(option -> connection.config().setOption(
                option, ThreadLocalRandom.current().nextInt(SHORTEST_IDLE_SECONDS, LONGEST_IDLE_SECONDS + 1)));
    }
}
