package io.bridgehead.broker.bench;

import io.vertx.core.Context;
import io.vertx.core.http.WebSocket;
import java.util.Arrays;

/**
 * A couple of peers who send each other candidates in turns, in bursts as a browser does: the next leaves when all of the
 * last have arrived, and when its time has come. A late one counts from when it should have left. Its context only, but
 * for the switches.
 */
final class CandidateExchange {

    private static final long MILLI = 1_000_000;

    private final Context context;
    private final SignallingService.Couple couple;
    private final String toOne;
    private final String toOther;
    private final int burst;

    private int missing;
    private long interval;
    private long due;
    private long departed;
    private long[] taken = new long[1024];
    private int count;
    private volatile boolean recording;
    private volatile boolean stopped;

    /** @param burst candidates that leave together */
    CandidateExchange(Context context, SignallingService service, SignallingService.Couple couple, int burst) {
        this.context = context;
        this.burst = burst;
        this.couple = couple;
        this.toOne = service.candidate(couple.oneId());
        this.toOther = service.candidate(couple.otherId());
        couple.one().textMessageHandler(text -> arrived(service.isCandidate(text), false));
        couple.other().textMessageHandler(text -> arrived(service.isCandidate(text), true));
    }

    /** @param nanos between two bursts; 0: none waits */
    void start(long nanos) {
        context.runOnContext(go -> {
            interval = nanos;
            due = System.nanoTime();
            depart(false);
        });
    }

    void record(boolean on) {
        recording = on;
    }

    void stop() {
        stopped = true;
    }

    /** What the messages took that were recorded, in nanoseconds. When it has stopped. */
    long[] taken() {
        return Arrays.copyOf(taken, count);
    }

    private void arrived(boolean isCandidate, boolean atOther) {
        if (!isCandidate) {
            return;
        }
        long now = System.nanoTime();
        if (recording) {
            if (count == taken.length) {
                taken = Arrays.copyOf(taken, 2 * count);
            }
            taken[count++] = now - departed;
        }
        if (--missing == 0 && !stopped) {
            depart(atOther);
        }
    }

    private void depart(boolean fromOther) {
        long now = System.nanoTime();
        due = interval == 0 ? now : due + interval;
        long wait = due - now;
        if (wait < MILLI) {
            send(fromOther, Math.min(due, now));
        } else {
            context.owner().setTimer(wait / MILLI, go -> send(fromOther, System.nanoTime()));
        }
    }

    private void send(boolean fromOther, long from) {
        WebSocket sender = fromOther ? couple.other() : couple.one();
        departed = from;
        missing = burst;
        for (int n = 0; n < burst; n++) {
            sender.writeTextMessage(fromOther ? toOne : toOther);
        }
    }
}
