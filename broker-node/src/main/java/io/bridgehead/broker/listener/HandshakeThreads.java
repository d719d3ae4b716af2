package io.bridgehead.broker.listener;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.Future;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Where clients' TLS hand-shakes are computed, each 1 to 2 ms: on so few threads that the event loops, and with them the
 * standing bridges, find a core when they need one. The other hand-shakes wait in order for their {@link #turns}; those
 * that have begun have one task here at a time, and what waited for one that has ended is not computed: those who come
 * back would wait behind it, and run out of time again. Where cores are short there are rests ({@link HandshakeRest}). Any
 * thread. Idle, it holds none.
 */
final class HandshakeThreads implements Executor {

    private static final int IDLE_SECONDS = 30;

    /** So many that a thread never waits for an event loop to begin the next. */
    private static final int TURNS_OF_A_THREAD = 4;

    private final ThreadPoolExecutor threads;
    private final HandshakeTurns turns;
    private final LongAdder givenUp = new LongAdder();

    /** @param most hand-shakes at a time, at least 1 */
    HandshakeThreads(int most) {
        turns = new HandshakeTurns(most * TURNS_OF_A_THREAD);
        threads = new ThreadPoolExecutor(
                most,
                most,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("tls-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** Half of the machine's cores. */
    static HandshakeThreads ofThisMachine() {
        return new HandshakeThreads(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    /** The JDK's TLS, computed here. */
    JdkSSLEngineOptions engine() {
        return new Engine(this);
    }

    /** Who of all listeners' clients may begin. */
    HandshakeTurns turns() {
        return turns;
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(() -> HandshakeRest.after(task, () -> turns.waiting() / most()));
    }

    /** How many are computed at a time. */
    int most() {
        return threads.getMaximumPoolSize();
    }

    /** Hand-shakes that have begun and wait for a thread. */
    int waiting() {
        return threads.getQueue().size();
    }

    /** Hand-shakes whose connection had ended when their turn came, so far. */
    long givenUp() {
        return givenUp.sum();
    }

    /** The tasks of one connection's hand-shake. */
    private static final class Tasks implements Executor {

        private final HandshakeThreads threads;
        private volatile SslHandler handler;

        Tasks(HandshakeThreads threads) {
            this.threads = threads;
        }

        SslHandler of(SslHandler connection) {
            handler = connection;
            return connection;
        }

        @Override
        public void execute(Runnable task) {
            threads.execute(() -> {
                Future<?> handshake = handler.handshakeFuture();
                if (handshake.isDone() && !handshake.isSuccess()) {
                    threads.givenUp.increment();
                } else {
                    task.run();
                }
            });
        }
    }

    /** Vert.x would compute on its 20 internal worker threads. */
    private static final class Engine extends JdkSSLEngineOptions {

        private final HandshakeThreads threads;

        private Engine(HandshakeThreads threads) {
            this.threads = threads;
            setUseWorkerThread(true);
        }

        @Override
        public JdkSSLEngineOptions copy() {
            return new Engine(threads);
        }

        @Override
        public SslContextFactory sslContextFactory() {
            return new DefaultSslContextFactory(SslProvider.JDK, false) {
                @Override
                public SslContext create() throws SSLException {
                    return new Context(super.create(), threads);
                }
            };
        }
    }

    private static final class Context extends DelegatingSslContext {

        private final HandshakeThreads threads;

        private Context(SslContext context, HandshakeThreads threads) {
            super(context);
            this.threads = threads;
        }

        @Override
        protected SslHandler newHandler(ByteBufAllocator allocator, boolean startTls, Executor workers) {
            Tasks tasks = new Tasks(threads);
            return tasks.of(super.newHandler(allocator, startTls, tasks));
        }

        @Override
        protected SslHandler newHandler(
                ByteBufAllocator allocator, String host, int port, boolean startTls, Executor workers) {
            Tasks tasks = new Tasks(threads);
            return tasks.of(super.newHandler(allocator, host, port, startTls, tasks));
        }

        @Override
        protected void initEngine(SSLEngine engine) {
            // as it is
        }
    }
}
