package io.bridgehead.broker.faults;

import io.bridgehead.broker.Bridgehead;
import java.util.ArrayList;
import java.util.List;
import sun.misc.Signal;

/** Bridgehead in a process that fills its heap when it gets SIGUSR2. */
final class FillableBridgehead {

    private static final int CHUNK = 256 * 1024;

    private FillableBridgehead() {}

    public static void main(String[] arguments) throws Exception {
        Signal.handle(new Signal("USR2"), signal -> Thread.ofPlatform().start(FillableBridgehead::fill));
        Bridgehead.main(arguments);
    }

    private static void fill() {
        List<byte[]> all = new ArrayList<>();
        while (true) {
            all.add(new byte[CHUNK]);
        }
    }
}
