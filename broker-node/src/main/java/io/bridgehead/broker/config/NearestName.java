package io.bridgehead.broker.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** "Did you mean": the known name with the fewest edits to what was written, if they are few. */
final class NearestName {

    private NearestName() {}

    static Optional<String> of(String written, Collection<String> known) {
        int tolerated = Math.max(2, written.length() / 5);
        return known.stream()
                .filter(name -> edits(written, name) <= tolerated)
                .min(Comparator.<String>comparingInt(name -> edits(written, name)).thenComparing(name -> name))
                .or(() -> known.stream().filter(name -> name.endsWith("." + written)).sorted().findFirst());
    }

    /** Levenshtein distance. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
