package io.bridgehead.broker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** What processes of this machine have used of its cores, from {@code /proc/PID/stat} (proc(5)). Linux only. */
final class CpuTime {

    /** USER_HZ: the same on every Linux that runs a JVM. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME = 11;
    private static final int STIME = 12;

    private CpuTime() {}

    /** Seconds of all of them together. */
    static double of(List<Long> pids) throws IOException {
        double ticks = 0;
        for (long pid : pids) {
            try {
                String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
                // behind the program's name, which may have blanks and brackets
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                ticks += Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
            } catch (NoSuchFileException gone) {
                throw new BenchFailed("%d: no such process".formatted(pid), gone);
            }
        }
        return ticks / TICKS_PER_SECOND;
    }
}
