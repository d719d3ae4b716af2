package io.bridgehead.broker.listener;

import io.bridgehead.broker.bus.BusTap;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses how this process speaks to the network: the operating system's own way (epoll) where it can be had, else
 * Java's, and says which and why. Every Vert.x of a node is built with {@link #builder}: its transport is also what lets
 * a listener look at a connection before anything of it is read.
 */
public final class NativeTransport {

    private static final Logger LOG = LoggerFactory.getLogger(NativeTransport.class);

    private final Transport transport;
    private final boolean inUse;

    private NativeTransport(Transport transport, boolean inUse) {
        this.transport = transport;
        this.inUse = inUse;
    }

    /** The best there is on this machine; logs which. */
    public static NativeTransport best(Meters meters) {
        return choose(Transport.nativeTransport(), meters);
    }

    /** {@code wanted} if it can be used, else Java's; {@code wanted} is null when its library is not there. */
    static NativeTransport choose(Transport wanted, Meters meters) {
        boolean usable = wanted != null && wanted.available();
        NativeTransport chosen = new NativeTransport(usable ? wanted : Transport.NIO, usable);
        meters.gauge(Meter.NATIVE_TRANSPORT, () -> usable ? 1 : 0);
        if (usable) {
            LOG.info("network transport: {}", wanted.name());
        } else {
            LOG.warn("network transport: nio, not native (expected: epoll): {}; idle half-open connections stay longer",
                    wanted == null ? "no native library for this system on the class path" : wanted.unavailabilityCause());
        }
        return chosen;
    }

    /** Whether the native transport is in use. */
    public boolean inUse() {
        return inUse;
    }

    /** {@code epoll}, {@code nio}, ... */
    public String name() {
        return transport.name();
    }

    /** A builder of a Vert.x with these options on this transport; a cluster manager may be added to it. */
    public VertxBuilder builder(VertxOptions options) {
        return Vertx.builder().with(options).withTransport(new GuardedTransport(transport, Optional.empty()));
    }

    /** The same for a Vert.x with a node bus, whose connections are shown to {@code tap}. */
    public VertxBuilder builder(VertxOptions options, BusTap tap) {
        tap.fitted();
        return Vertx.builder().with(options).withTransport(new GuardedTransport(transport, Optional.of(tap)));
    }
}
