package io.bridgehead.broker.cluster;

import com.hazelcast.map.EntryProcessor;
import java.util.List;
import java.util.Map;

/**
 * What is done to a row of attempts where it lives, on its partition's thread. One that runs twice, when the row's
 * owner goes in between, takes two: on the safe side.
 */
final class AttemptSteps {

    static final List<CompactForm<?>> FORMS = List.of(Take.FORM, GiveBack.FORM, Taken.FORM);

    private AttemptSteps() {}

    /** What came of taking one: whether it was granted, and the row then. */
    record Taken(boolean granted, AttemptWindow window) {

        static final CompactForm<Taken> FORM = new CompactForm<>(
                "bridgehead.attempts.taken",
                Taken.class,
                (out, taken) -> {
                    out.writeBoolean("granted", taken.granted);
                    out.writeCompact("window", taken.window);
                },
                in -> new Taken(in.readBoolean("granted"), in.readCompact("window")));
    }

    /** Takes one attempt of {@code limit} in a window of {@code lengthMillis}. */
    record Take(int limit, long lengthMillis, long nowMillis) implements EntryProcessor<String, AttemptWindow, Taken> {

        static final CompactForm<Take> FORM = new CompactForm<>(
                "bridgehead.attempts.take",
                Take.class,
                (out, step) -> {
                    out.writeInt32("limit", step.limit);
                    out.writeInt64("lengthMillis", step.lengthMillis);
                    out.writeInt64("nowMillis", step.nowMillis);
                },
                in -> new Take(in.readInt32("limit"), in.readInt64("lengthMillis"), in.readInt64("nowMillis")));

        @Override
        public Taken process(Map.Entry<String, AttemptWindow> entry) {
            AttemptWindow known = entry.getValue();
            AttemptWindow before =
                    known != null && known.covers(nowMillis, lengthMillis) ? known : new AttemptWindow(nowMillis, 0);
            if (before.used() >= limit) {
                return new Taken(false, before);
            }
            AttemptWindow after = before.withUsed(before.used() + 1);
            entry.setValue(after);
            return new Taken(true, after);
        }
    }

    /** Gives one attempt back; answers whether there was one. */
    record GiveBack(long lengthMillis, long nowMillis) implements EntryProcessor<String, AttemptWindow, Boolean> {

        static final CompactForm<GiveBack> FORM = new CompactForm<>(
                "bridgehead.attempts.give-back",
                GiveBack.class,
                (out, step) -> {
                    out.writeInt64("lengthMillis", step.lengthMillis);
                    out.writeInt64("nowMillis", step.nowMillis);
                },
                in -> new GiveBack(in.readInt64("lengthMillis"), in.readInt64("nowMillis")));

        @Override
        public Boolean process(Map.Entry<String, AttemptWindow> entry) {
            AttemptWindow before = entry.getValue();
            if (before == null || !before.covers(nowMillis, lengthMillis)) {
                return false;
            }
            // the last one given back takes the row away: who is always right leaves no trace
            entry.setValue(before.used() <= 1 ? null : before.withUsed(before.used() - 1));
            return true;
        }
    }
}
