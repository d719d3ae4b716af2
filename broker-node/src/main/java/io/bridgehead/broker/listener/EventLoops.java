package io.bridgehead.broker.listener;

import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.micrometer.core.instrument.Timer;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.StreamSupport;

/**
 * Measures how late each event loop is, ten times a second on the loop itself, and knows whether all of them still turn:
 * what liveness means for this process. Any thread.
 */
public final class EventLoops implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofMillis(100);

    private final List<Beat> beats;

    public EventLoops(Vertx vertx, Meters meters) {
        Timer lag = meters.timer(Meter.EVENT_LOOP_LAG);
        this.beats = StreamSupport.stream(((VertxInternal) vertx).nettyEventLoopGroup().spliterator(), false)
                .map(loop -> new Beat(loop, lag, System::nanoTime))
                .toList();
    }

    /** Whether every loop turned within the last {@code time}. */
    public boolean turnedWithin(Duration time) {
        return beats.stream().allMatch(beat -> beat.age() <= time.toNanos());
    }

    /** Stops measuring. */
    @Override
    public void close() {
        beats.forEach(Beat::stop);
    }

    /** The pulse of one loop. */
    private static final class Beat {

        private final Timer lag;
        private final LongSupplier nanos;
        private final ScheduledFuture<?> timer;
        private volatile long last;

        Beat(EventExecutor loop, Timer lag, LongSupplier nanos) {
            this.lag = lag;
            this.nanos = nanos;
            this.last = nanos.getAsLong();
            this.timer = loop.scheduleWithFixedDelay(
                    this::beat, PERIOD.toNanos(), PERIOD.toNanos(), TimeUnit.NANOSECONDS);
        }

        long age() {
            return nanos.getAsLong() - last;
        }

        void stop() {
            timer.cancel(false);
        }

        private void beat() {
            long now = nanos.getAsLong();
            lag.record(Math.max(0, now - last - PERIOD.toNanos()), TimeUnit.NANOSECONDS);
            last = now;
        }
    }
}
