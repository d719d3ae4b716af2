package io.bridgehead.broker.cluster;

import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.Reassertion;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One re-assertion of a node's rows: batch by batch, so that a node with 20,000 users does not ask for all at once. The
 * batches follow each other; a row without an answer is left for the next time.
 */
final class Reasserting {

    private static final int BATCH = 256;

    /** With a hung node every batch takes 2 s; the caller comes again anyway. */
    private static final Duration LIMIT = Duration.ofSeconds(18);

    private final SharedMap<Presence> users;
    private final List<Presence> rows;
    private final List<Presence> newer = new ArrayList<>();
    private final long begun = System.nanoTime();
    private int answered;

    Reasserting(SharedMap<Presence> users, List<Presence> rows) {
        this.users = users;
        this.rows = rows;
    }

    Future<Reassertion> run() {
        return from(0);
    }

    private Future<Reassertion> from(int first) {
        if (first >= rows.size() || System.nanoTime() - begun > LIMIT.toNanos()) {
            return Future.succeededFuture(new Reassertion(newer, rows.size() - answered));
        }
        List<Presence> batch = rows.subList(first, Math.min(first + BATCH, rows.size()));
        List<Future<Presence>> answers = batch.stream().map(this::reassert).toList();
        return Future.join(answers).transform(all -> {
            answers.forEach(this::note);
            // when nobody can say anything at all, asking for the rest is of no use
            return answered == 0
                    ? Future.failedFuture(answers.getFirst().cause())
                    : from(first + batch.size());
        });
    }

    private Future<Presence> reassert(Presence row) {
        return users.submit("re-assertion", row.account().text(), new PresenceSteps.Reassert(row));
    }

    private void note(Future<Presence> answer) {
        if (answer.succeeded()) {
            answered++;
            if (answer.result() != null) {
                newer.add(answer.result());
            }
        }
    }
}
