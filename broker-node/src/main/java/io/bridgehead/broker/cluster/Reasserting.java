package io.bridgehead.broker.cluster;

import io.bridgehead.broker.presence.Contest;
import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.Reassertion;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One re-assertion of a node's rows, part by part, so that a node with 20,000 users does not ask for all at once. A part
 * is read first, in one call, for nearly always nothing is missing; only the rows that are not as they should be are
 * asserted, each in a step of its own. The parts follow each other; a row without an answer is left for the next time.
 */
final class Reasserting {

    /** Rows read in one call: half a MiB. */
    private static final int READ = 2048;

    /** Steps on their way at once. */
    private static final int BATCH = 256;

    /** With a hung node every batch takes 2 s; the caller comes again anyway. */
    private static final Duration LIMIT = Duration.ofSeconds(18);

    private final SharedMap<Presence> users;
    private final Function<List<Presence>, Future<Map<String, Presence>>> read;
    private final List<Presence> rows;
    private final List<Presence> newer = new ArrayList<>();
    private final long begun = System.nanoTime();
    private boolean readable = true;
    private int answered;

    /** @param read what stands in the map of the rows' accounts; may fail, and may take the time of a call */
    Reasserting(
            SharedMap<Presence> users,
            Function<List<Presence>, Future<Map<String, Presence>>> read,
            List<Presence> rows) {
        this.users = users;
        this.read = read;
        this.rows = rows;
    }

    Future<Reassertion> run() {
        return part(0);
    }

    private Future<Reassertion> part(int first) {
        if (first >= rows.size() || late()) {
            return Future.succeededFuture(new Reassertion(newer, rows.size() - answered));
        }
        List<Presence> part = rows.subList(first, Math.min(first + READ, rows.size()));
        return missing(part).compose(missing -> steps(missing, 0)).compose(done -> part(first + part.size()));
    }

    /** Those of the rows that do not stand in the map as they should, or of which that is not known. */
    private Future<List<Presence>> missing(List<Presence> part) {
        if (!readable || part.size() == 1) {
            return Future.succeededFuture(part);
        }
        return read.apply(part).transform(standing -> {
            if (standing.failed()) {
                // one node that hangs fails the whole read: whose rows are elsewhere are told step by step
                readable = false;
                return Future.succeededFuture(part);
            }
            List<Presence> missing = part.stream()
                    .filter(row -> !stands(row, standing.result().get(row.account().text())))
                    .toList();
            answered += part.size() - missing.size();
            return Future.succeededFuture(missing);
        });
    }

    private static boolean stands(Presence row, Presence known) {
        return known != null
                && known.address().equals(row.address())
                && Contest.reassert(row, Optional.of(known)).standing() == known;
    }

    private Future<Void> steps(List<Presence> missing, int first) {
        if (first >= missing.size() || late()) {
            return Future.succeededFuture();
        }
        List<Presence> batch = missing.subList(first, Math.min(first + BATCH, missing.size()));
        List<Future<Presence>> answers = batch.stream().map(this::reassert).toList();
        return Future.join(answers).transform(all -> {
            answers.forEach(this::note);
            // when nobody can say anything at all, asking for the rest is of no use
            return answered == 0
                    ? Future.failedFuture(answers.getFirst().cause())
                    : steps(missing, first + batch.size());
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

    private boolean late() {
        return System.nanoTime() - begun > LIMIT.toNanos();
    }
}
