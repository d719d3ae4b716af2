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

    /** What a transport calls them. */
    private record Options(ChannelOption<Integer> idle, ChannelOption<Integer> interval, ChannelOption<Integer> probes) {

        static final Options EPOLL = new Options(
                EpollChannelOption.TCP_KEEPIDLE, EpollChannelOption.TCP_KEEPINTVL, EpollChannelOption.TCP_KEEPCNT);

        static final Options NIO = new Options(
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT));
    }

    /** Empty: the system's own figures, for no other transport is built for Linux. */
    private final Optional<ChannelOption<Integer>> idle;

    private KeepAlive(Optional<ChannelOption<Integer>> idle) {
        this.idle = idle;
    }

    /** Of the connections of a server that is about to be bound. */
    static KeepAlive of(ServerBootstrap bootstrap, String transport) {
        Optional<Options> kernel = switch (transport) {
            case "epoll" -> Optional.of(Options.EPOLL);
            case "nio" -> Optional.of(Options.NIO);
            default -> Optional.empty();
        };
        kernel.ifPresent(options -> bootstrap
                .childOption(options.interval, INTERVAL_SECONDS)
                .childOption(options.probes, PROBES));
        return new KeepAlive(kernel.map(Options::idle));
    }

    /**
     * Has a silent peer probed at the given times, in seconds, where the kernel can be told.
     *
     * @throws ChannelException when the peer has reset the connection meanwhile, on some systems
     */
    public static void probe(Channel connection, int idle, int interval, int probes) {
        ChannelConfig config = connection.config();
        config.setOption(ChannelOption.SO_KEEPALIVE, true);
        Optional<Options> kernel = switch (connection) {
            case EpollSocketChannel e -> Optional.of(Options.EPOLL);
            case NioSocketChannel n -> Optional.of(Options.NIO);
            default -> Optional.empty();
        };
        kernel.ifPresent(options -> {
            config.setOption(options.idle, idle);
            config.setOption(options.interval, interval);
            config.setOption(options.probes, probes);
        });
    }

    /** A connection has come. */
    void begin(Channel connection) {
        idle.ifPresent(option -> connection.config().setOption(
                option, ThreadLocalRandom.current().nextInt(SHORTEST_IDLE_SECONDS, LONGEST_IDLE_SECONDS + 1)));
    }
}
