package io.bridgehead.broker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/** The resident memory of another process on this machine, from {@code /proc/PID/status}. Linux only. */
final class ResidentMemory {

    private static final Duration STEP = Duration.ofMillis(500);
    private static final int STEPS_ALIKE = 4;
    private static final int STEPS_AT_MOST = 60;

    /** What happens between two looks. */
    interface Meanwhile {
        void pass(Duration time) throws IOException;
    }

    private final long pid;

    ResidentMemory(long pid) {
        this.pid = pid;
    }

    /** KiB now. */
    long now() throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
        } catch (NoSuchFileException gone) {
            throw new BenchFailed("--pid %d: no such process".formatted(pid), gone);
        }
        throw new BenchFailed("%s has no VmRSS".formatted(status));
    }

    /** KiB once it has stayed within 0.5 % for two seconds; after 30 s as it is then. */
    long settled(Meanwhile meanwhile) throws IOException {
        long reference = now();
        int alike = 0;
        for (int step = 0; step < STEPS_AT_MOST && alike < STEPS_ALIKE; step++) {
            meanwhile.pass(STEP);
            long current = now();
            if (Math.abs(current - reference) * 200 <= reference) {
                alike++;
            } else {
                reference = current;
                alike = 0;
            }
        }
        return now();
    }

    /** Has a JVM collect its garbage; needs the JDK that runs this command to have {@code jcmd}. */
    void collectGarbage() throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(jcmd)) {
            throw new BenchFailed("--collect: %s: no such program (expected: a JDK, not a JRE)".formatted(jcmd));
        }
        Process collection = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (collection.waitFor() != 0) {
            throw new BenchFailed("--collect: jcmd %d GC.run ended with %d".formatted(pid, collection.exitValue()));
        }
    }
}
