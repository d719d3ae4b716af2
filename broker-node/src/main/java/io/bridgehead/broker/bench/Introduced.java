package io.bridgehead.broker.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Couples of peers of one service, introduced to each other; the same engine whatever the service. One thread. */
final class Introduced implements AutoCloseable {

    /** Couples that are introduced at the same time. */
    private static final int AT_ONCE = 32;

    private static final int PATIENCE_SECONDS = 60;

    private final Vertx vertx = Vertx.vertx(new VertxOptions()
            .setEventLoopPoolSize(2)
            .setWorkerPoolSize(2)
            .setInternalBlockingPoolSize(2)
            .setPreferNativeTransport(true));
    private final WebSocketClient client =
            vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(100_000));
    private final SignallingService service;
    private final int burst;
    private final List<CandidateExchange> couples = new ArrayList<>();
    private final AtomicInteger lost = new AtomicInteger();

    /** @param burst candidates that a peer sends at once */
    Introduced(SignallingService service, int burst) {
        this.service = service;
        this.burst = burst;
    }

    /** Introduces so many couples. */
    void add(int count) throws IOException, InterruptedException {
        int number = couples.size();
        int end = number + count;
        while (number < end) {
            List<Future<CandidateExchange>> meeting = new ArrayList<>();
            for (; number < end && meeting.size() < AT_ONCE; number++) {
                meeting.add(meet(number));
            }
            get(Future.all(meeting));
            meeting.forEach(met -> couples.add(met.result()));
        }
    }

    private Future<CandidateExchange> meet(int number) {
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        return Future.<CandidateExchange>future(met -> context.runOnContext(go -> service.meet(client, number)
                .map(couple -> {
                    couple.one().closeHandler(closed -> lost.incrementAndGet());
                    couple.other().closeHandler(closed -> lost.incrementAndGet());
                    return new CandidateExchange(context, service, couple, burst);
                })
                .onComplete(met)));
    }

    List<CandidateExchange> couples() {
        return couples;
    }

    /** Peers that were closed. */
    int lost() {
        return lost.get();
    }

    private static <T> T get(Future<T> future) throws IOException, InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new BenchFailed("peers do not meet: " + failed.getCause().getMessage(), failed.getCause());
        } catch (TimeoutException late) {
            throw new BenchFailed("peers do not meet within " + PATIENCE_SECONDS + " s", late);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            get(vertx.close());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
