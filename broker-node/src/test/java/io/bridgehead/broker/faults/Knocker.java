package io.bridgehead.broker.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Two users, one of whom calls the other again and again, for a moment each time. */
final class Knocker {

    private static final Duration PATIENCE = Duration.ofSeconds(6);

    private final History history;
    private final User caller;
    private final User callee;
    private final Duration pause;
    private volatile CompletableFuture<String> callerHears = new CompletableFuture<>();
    private volatile CompletableFuture<String> calleeHears = new CompletableFuture<>();
    private volatile boolean stopped;

    Knocker(History history, User caller, User callee, Duration pause) {
        this.history = history;
        this.caller = caller;
        this.callee = callee;
        this.pause = pause;
    }

    void start() {
        caller.hear(line -> callerHears.complete(line));
        callee.hear(line -> {
            if (line.startsWith(";connect=")) {
                Thread.ofVirtual().start(() -> accept(line.substring(";connect=".length())));
            } else if (line.equals(";connected")) {
                calleeHears.complete(line);
            }
        });
        Thread.ofVirtual().name(caller.id() + "-knocks").start(this::knockOn);
    }

    private void accept(String who) {
        try {
            callee.in(PATIENCE).send(";accept=" + who);
        } catch (IOException | TimeoutException gone) {
            calleeHears.complete(gone.getMessage());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void knockOn() {
        try {
            while (!stopped) {
                Thread.sleep(pause);
                knock();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void knock() throws InterruptedException {
        LoadClient from;
        try {
            from = caller.in(PATIENCE);
            callee.in(PATIENCE);
        } catch (TimeoutException notIn) {
            return;
        }
        callerHears = new CompletableFuture<>();
        calleeHears = new CompletableFuture<>();
        long began = System.nanoTime();
        String outcome;
        try {
            from.send(";connect=" + callee.id());
            String heard = CompletableFuture.anyOf(callerHears, from.closed())
                    .thenApply(String::valueOf)
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            outcome = heard.equals(";connected") ? "" : heard.equals("null") ? "connection closed" : heard;
            if (outcome.isEmpty()) {
                calleeHears.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
            from.send(";end");
        } catch (IOException | java.util.concurrent.ExecutionException gone) {
            outcome = "connection closed";
        } catch (TimeoutException late) {
            outcome = "no answer";
        }
        long now = System.nanoTime();
        history.add(new History.Called(now, caller.id(), from.node(), Duration.ofNanos(now - began), outcome));
    }

    void stop() {
        stopped = true;
    }
}
