package io.bridgehead.broker.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Two users who talk over a bridge all the time, both at once, and build a new one when it ends. Any thread. */
final class Pair {

    private static final AtomicLong BRIDGES = new AtomicLong();
    private static final Duration PATIENCE = Duration.ofSeconds(6);
    private static final long PAUSE_MILLIS = 50;

    private final History history;
    private final User caller;
    private final User callee;
    private final int bytesPerSecond;
    private final Queue<Talk> talks = new ConcurrentLinkedQueue<>();
    private volatile boolean talking = true;
    private volatile boolean stopped;
    private volatile Leg nextOfCallee;

    private record Talk(LoadClient caller, LoadClient callee, Leg callerLeg, Leg calleeLeg) {
        CompletableFuture<Void> over() {
            return CompletableFuture.anyOf(callerLeg.over(), calleeLeg.over()).thenApply(any -> null);
        }

        boolean allArrived() {
            return callerLeg.over().isDone()
                    || calleeLeg.over().isDone()
                    || callerLeg.got() == calleeLeg.sent() && calleeLeg.got() == callerLeg.sent();
        }
    }

    Pair(History history, User caller, User callee, int bytesPerSecond) {
        this.history = history;
        this.caller = caller;
        this.callee = callee;
        this.bytesPerSecond = bytesPerSecond;
    }

    void start() {
        callee.hear(line -> {
            if (line.startsWith(";connect=")) {
                accept(line.substring(";connect=".length()));
            }
        });
        Thread.ofVirtual().name(caller.id() + "-" + callee.id()).start(this::talkOn);
    }

    private void accept(String who) {
        Leg leg = nextOfCallee;
        Thread.ofVirtual().start(() -> {
            try {
                LoadClient in = callee.in(PATIENCE);
                in.expect(leg);
                in.send(";accept=" + who);
            } catch (IOException | TimeoutException gone) {
                leg.cutOff();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void talkOn() {
        while (!stopped) {
            try {
                talk();
                Thread.sleep(PAUSE_MILLIS);
            } catch (IOException | TimeoutException again) {
                // somebody is not there: the next turn finds him, or not
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    private void talk() throws IOException, InterruptedException, TimeoutException {
        LoadClient from = caller.in(PATIENCE);
        LoadClient to = callee.in(PATIENCE);
        long bridge = BRIDGES.incrementAndGet();
        Talk talk = new Talk(
                from, to, new Leg(history, bridge, caller.id(), true), new Leg(history, bridge, callee.id(), false));
        nextOfCallee = talk.calleeLeg;
        from.expect(talk.callerLeg);
        from.send(";connect=" + callee.id());
        try {
            CompletableFuture.allOf(talk.callerLeg.connected(), talk.calleeLeg.connected())
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException notConnected) {
            talk.callerLeg.leave();
            talk.calleeLeg.leave();
            from.expect(null);
            from.send(";end");
            return;
        }
        talks.add(talk);
        List<Thread> writers = List.of(
                Thread.ofVirtual().start(() -> write(from, talk.callerLeg, talk)),
                Thread.ofVirtual().start(() -> write(to, talk.calleeLeg, talk)));
        CompletableFuture.allOf(talk.callerLeg.over(), talk.calleeLeg.over()).join();
        for (Thread writer : writers) {
            writer.join();
        }
    }

    private void write(LoadClient to, Leg leg, Talk talk) {
        int chunk = Math.max(64, bytesPerSecond / 20);
        try {
            while (talking && !talk.over().isDone()) {
                to.write(leg.next(chunk));
                Thread.sleep(50);
            }
        } catch (IOException gone) {
            // the reader of this connection tells the history
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where they stand, for the message of a test that waits in vain. */
    @Override
    public String toString() {
        return caller + " -> " + callee + (isTalking() ? " talk" : " do not talk") + ", " + talks.size() + " bridges"
                + talks.stream().skip(Math.max(0, talks.size() - 1)).map(talk -> ", last: " + talk.callerLeg + ", "
                        + talk.calleeLeg).findFirst().orElse("");
    }

    /** Whether they have a bridge now. */
    boolean isTalking() {
        return talks.stream().anyMatch(talk -> !talk.over().isDone());
    }

    /** From now on nothing is sent. */
    void fallSilent() {
        talking = false;
    }

    boolean allArrived() {
        return talks.stream().allMatch(Talk::allArrived);
    }

    /** They build no more bridges. */
    void stop() {
        fallSilent();
        stopped = true;
    }

    /** Puts what their bridges carried into the history, and ends. */
    void account() {
        stop();
        talks.forEach(talk -> {
            talk.calleeLeg.account(talk.callerLeg);
            talk.callerLeg.account(talk.calleeLeg);
        });
    }
}
