package io.bridgehead.broker.listener;

import io.bridgehead.broker.bus.BusTap;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.Vertx;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.transport.Transport;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A transport that behaves as the one it wraps, but lets the {@link Door} of a listener configure its server sockets.
 *
 * <p>Vert.x has no public place between "the kernel has a connection" and "TLS is done", and none to close a listening
 * socket without its connections; a transport has both. A server is tied to its door by the host in its options, which
 * Vert.x does not look at when {@code listen} is given an address. Any thread.
 */
final class GuardedTransport implements Transport {

    private final Transport transport;
    private final Guarded implementation;
    private final Optional<BusTap> tap;
    private final HandshakeThreads handshakes = HandshakeThreads.ofThisMachine();
    private final Map<String, Door> doors = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();

    GuardedTransport(Transport transport, Optional<BusTap> tap) {
        this.transport = transport;
        this.tap = tap;
        this.implementation = new Guarded(transport.implementation());
    }

    /** The transport of {@code vertx}, which must have been built by {@link NativeTransport}. */
    static GuardedTransport of(Vertx vertx) {
        if (((VertxInternal) vertx).transport() instanceof Guarded guarded) {
            return guarded.owner();
        }
        throw new IllegalArgumentException("this Vert.x has a transport of its own (expected: one built by NativeTransport)");
    }

    /** Remembers the door until {@link #forget}; the answer goes into {@link NetServerOptions#setHost}. */
    String remember(Door door) {
        String name = "door-" + nextId();
        doors.put(name, door);
        return name;
    }

    void forget(String name) {
        doors.remove(name);
    }

    /** Where the hand-shakes of all listeners are computed. */
    HandshakeThreads handshakes() {
        return handshakes;
    }

    /** A number no other caller got from this transport. */
    int nextId() {
        return ids.incrementAndGet();
    }

    @Override
    public String name() {
        return transport.name();
    }

    @Override
    public boolean available() {
        return transport.available();
    }

    @Override
    public Throwable unavailabilityCause() {
        return transport.unavailabilityCause();
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return implementation;
    }

    private static void show(ServerBootstrap bootstrap, BusTap tap) {
        ChannelHandler vertx = bootstrap.config().childHandler();
        bootstrap.childHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                connection.pipeline().addLast(vertx);
                tap.accepted(connection);
            }
        });
    }

    private final class Guarded implements io.vertx.core.spi.transport.Transport {

        private final io.vertx.core.spi.transport.Transport wrapped;

        Guarded(io.vertx.core.spi.transport.Transport wrapped) {
            this.wrapped = wrapped;
        }

        GuardedTransport owner() {
            return GuardedTransport.this;
        }

        @Override
        public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
            wrapped.configure(options, domainSocket, bootstrap);
            Door door = doors.get(options.getHost());
            if (door != null) {
                door.install(bootstrap, name());
            } else if (tap.isPresent() && tap.get().serves(options.getHost(), options.getPort())) {
                show(bootstrap, tap.get());
            }
        }

        @Override
        public void configure(ClientOptionsBase options, int connectTimeout, boolean domainSocket, Bootstrap bootstrap) {
            wrapped.configure(options, connectTimeout, domainSocket, bootstrap);
        }

        @Override
        public void configure(DatagramChannel channel, DatagramSocketOptions options) {
            wrapped.configure(channel, options);
        }

        @Override
        public boolean supportsDomainSockets() {
            return wrapped.supportsDomainSockets();
        }

        @Override
        public boolean supportFileRegion() {
            return wrapped.supportFileRegion();
        }

        @Override
        public boolean isAvailable() {
            return wrapped.isAvailable();
        }

        @Override
        public Throwable unavailabilityCause() {
            return wrapped.unavailabilityCause();
        }

        @Override
        public SocketAddress convert(io.vertx.core.net.SocketAddress address) {
            return wrapped.convert(address);
        }

        @Override
        public io.vertx.core.net.SocketAddress convert(SocketAddress address) {
            return wrapped.convert(address);
        }

        @Override
        public IoHandlerFactory ioHandlerFactory() {
            IoHandlerFactory factory = wrapped.ioHandlerFactory();
            return name().equals("epoll") ? EnrolledEpoll.factory(factory) : factory;
        }

        @Override
        public EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory factory, int ioRatio) {
            return io.vertx.core.spi.transport.Transport.super.eventLoopGroup(type, threads, factory, ioRatio);
        }

        @Override
        public DatagramChannel datagramChannel() {
            return wrapped.datagramChannel();
        }

        @Override
        @SuppressWarnings("deprecation")
        public DatagramChannel datagramChannel(InternetProtocolFamily family) {
            return wrapped.datagramChannel(family);
        }

        @Override
        public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
            ChannelFactory<? extends Channel> factory = wrapped.channelFactory(domainSocket);
            if (tap.isEmpty()) {
                return factory;
            }
            return () -> {
                Channel connection = factory.newChannel();
                tap.get().dialling(connection);
                return connection;
            };
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
            return wrapped.serverChannelFactory(domainSocket);
        }
    }
}
