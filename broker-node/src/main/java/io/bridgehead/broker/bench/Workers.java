package io.bridgehead.broker.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Does a numbered job many times by a few threads at once. */
final class Workers {

    /** One of the jobs; called by several threads at once, each with numbers of its own. */
    interface Job {
        void run(int number) throws IOException;
    }

    private Workers() {}

    /** Runs jobs 0 to {@code jobs} - 1 by {@code threads} threads; the seconds it took. The first failure ends it. */
    static double run(int jobs, int threads, Job job) throws IOException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        long start = System.nanoTime();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(() -> {
                    try {
                        for (int number = next.getAndIncrement(); number < jobs; number = next.getAndIncrement()) {
                            job.run(number);
                        }
                    } catch (IOException failed) {
                        next.set(jobs);
                        throw failed;
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException told
                    ? told
                    : new BenchFailed(failed.getCause().toString(), failed.getCause());
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
