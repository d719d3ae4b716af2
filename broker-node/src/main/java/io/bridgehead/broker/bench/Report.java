package io.bridgehead.broker.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a benchmark found, for people, for machines and for PERFORMANCE.md.
 *
 * @param bench its name
 * @param settings what it was asked for
 * @param figures what it found, in the order of the table
 */
record Report(String bench, Map<String, Object> settings, List<Figure> figures) {

    Report {
        figures = List.copyOf(figures);
    }

    JsonObject json() {
        JsonArray found = new JsonArray();
        for (Figure figure : figures) {
            found.add(new JsonObject()
                    .put("via", figure.via())
                    .put("what", figure.what())
                    .put("unit", figure.unit())
                    .put("median", figure.median())
                    .put("rounds", new JsonArray(figure.rounds())));
        }
        JsonObject asked = new JsonObject();
        settings.forEach(asked::put);
        return new JsonObject().put("bench", bench).put("settings", asked).put("figures", found);
    }

    String text() {
        List<List<String>> rows = rows();
        int columns = rows.getFirst().size();
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                int at = column;
                int width = rows.stream().mapToInt(each -> each.get(at).length()).max().orElse(0);
                String form = column == 0 ? "%-" + width + "s" : "  %" + width + "s";
                line.append(form.formatted(row.get(column)));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    String markdown() {
        List<List<String>> rows = rows();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            text.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
            if (i == 0) {
                text.append("|---|").append("---:|".repeat(rows.get(0).size() - 1)).append('\n');
            }
        }
        return text.toString();
    }

    /** A head and one row for each quantity; a column for each contestant, and the ratio when there are two. */
    private List<List<String>> rows() {
        Set<String> contestants = new LinkedHashSet<>();
        Set<String> quantities = new LinkedHashSet<>();
        for (Figure figure : figures) {
            contestants.add(figure.via());
            quantities.add(figure.what());
        }
        List<String> names = List.copyOf(contestants);
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(bench, "unit"));
        head.addAll(names);
        if (names.size() == 2) {
            head.add(names.get(0) + " / " + names.get(1));
        }
        rows.add(head);
        for (String quantity : quantities) {
            rows.add(row(quantity, names));
        }
        return rows;
    }

    private List<String> row(String quantity, List<String> names) {
        List<Optional<Figure>> found = names.stream()
                .map(name -> figures.stream()
                        .filter(figure -> figure.what().equals(quantity) && figure.via().equals(name))
                        .findFirst())
                .toList();
        List<String> row = new ArrayList<>();
        row.add(quantity);
        row.add(found.stream().flatMap(Optional::stream).findFirst().orElseThrow().unit());
        found.forEach(figure -> row.add(figure.map(Report::shown).orElse("-")));
        if (names.size() == 2) {
            row.add(found.get(0).flatMap(one -> found.get(1).map(other -> ratio(one, other))).orElse("-"));
        }
        return row;
    }

    private static String ratio(Figure one, Figure other) {
        return other.median() == 0 ? "-" : String.format(Locale.ROOT, "%.2f", one.median() / other.median());
    }

    /** The median, and the span of the rounds when there are several. */
    private static String shown(Figure figure) {
        if (figure.rounds().size() == 1) {
            return number(figure.median());
        }
        double least = figure.rounds().stream().min(Double::compare).orElseThrow();
        double most = figure.rounds().stream().max(Double::compare).orElseThrow();
        return "%s (%s–%s)".formatted(number(figure.median()), number(least), number(most));
    }

    private static String number(double value) {
        boolean whole = Math.abs(value) >= 100 || value == Math.rint(value);
        return String.format(Locale.ROOT, whole ? "%,.0f" : "%.1f", value);
    }
}
