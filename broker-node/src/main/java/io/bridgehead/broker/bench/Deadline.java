package io.bridgehead.broker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Closes a pair when a measurement takes too long, so that a blocked read or write ends. */
final class Deadline implements AutoCloseable {

    private final Thread watch;
    private final AtomicBoolean passed = new AtomicBoolean();

    Deadline(Pair pair, Duration limit) {
        this.watch = Thread.ofPlatform().daemon().name("bench-deadline").start(() -> {
            try {
                Thread.sleep(limit);
            } catch (InterruptedException inTime) {
                return;
            }
            passed.set(true);
            try {
                pair.close();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
    }

    boolean passed() {
        return passed.get();
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
