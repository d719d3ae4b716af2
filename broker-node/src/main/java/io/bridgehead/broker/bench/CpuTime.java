package io.bridgehead.broker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * What processes of this machine have used of its cores, from {@code /proc/PID/stat} (proc(5)). Linux only. Immutable.
 *
 * @param seconds of all cores
 * @param kernelSeconds of them in the kernel, by the clock's ticks
 */
record CpuTime(double seconds, double kernelSeconds) {

    /** USER_HZ: the same on every Linux that runs a JVM. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME = 11;
    private static final int STIME = 12;

    /** Of all of them together, since each began. */
    static CpuTime of(List<Long> pids) throws IOException {
        long user = 0;
        long kernel = 0;
        for (long pid : pids) {
            try {
                String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
                // behind the program's name, which may have blanks and brackets
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                user += Long.parseLong(fields[UTIME]);
                kernel += Long.parseLong(fields[STIME]);
            } catch (NoSuchFileException gone) {
                throw new BenchFailed("%d: no such process".formatted(pid), gone);
            }
        }
        return new CpuTime((user + kernel) / TICKS_PER_SECOND, kernel / TICKS_PER_SECOND);
    }

    CpuTime since(CpuTime before) {
        return new CpuTime(seconds - before.seconds, kernelSeconds - before.kernelSeconds);
    }
}
