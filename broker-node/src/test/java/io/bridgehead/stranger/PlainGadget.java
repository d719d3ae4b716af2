package io.bridgehead.stranger;

/** What Hazelcast would make from the names of its fields, if it may: it counts that it was made. */
public final class PlainGadget {

    private static final String FLAG = "io.bridgehead.stranger.plain-gadget";

    private String field = "value";

    public PlainGadget() {
        System.setProperty(FLAG, "made");
    }

    public static void reset() {
        System.clearProperty(FLAG);
    }

    public static boolean wasMade() {
        return System.getProperty(FLAG) != null;
    }

    @Override
    public String toString() {
        return field;
    }
}
