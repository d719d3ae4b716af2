package io.bridgehead.broker;

/** What Prometheus gets from a node. */
public final class Scrape {

    private Scrape() {}

    /** The value of a series, written as Prometheus writes it, such as {@code name{tag="value"}}. */
    public static double value(String scrape, String series) {
        return scrape.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no series " + series + " in:\n" + scrape));
    }
}
