package io.bridgehead.broker.config;

/** A secret of the configuration; empty text: there is none. Never printed. */
public record Secret(String text) {

    public static final Secret NONE = new Secret("");

    public boolean isSet() {
        return !text.isEmpty();
    }

    @Override
    public String toString() {
        return isSet() ? "(not shown)" : "(none)";
    }
}
