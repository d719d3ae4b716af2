package io.bridgehead.broker.faults;

import static io.bridgehead.broker.BulkTraffic.pushUntilClosed;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bridges in a process of their own whose callers write all they can, and whose callees read
 * {@value #BYTES_PER_SECOND} bytes a second: all readers on the last node, the writers on all nodes in turn. Says when
 * the bridges are there; begins at a line of input, and prints how much was written and read so far. Ends when killed.
 */
final class SlowReadersProgram {

    static final int BYTES_PER_SECOND = 10_000;
    static final String BRIDGED = "bridged";
    static final int REPORTS_PER_SECOND = 10;

    private SlowReadersProgram() {}

    /** @param arguments how many, and the nodes, as {@code address port} */
    public static void main(String[] arguments) throws Exception {
        List<InetSocketAddress> nodes = new ArrayList<>();
        for (int n = 1; n < arguments.length; n += 2) {
            nodes.add(new InetSocketAddress(arguments[n], Integer.parseInt(arguments[n + 1])));
        }
        List<BlockingUser> writers = new ArrayList<>();
        List<BlockingUser> readers = new ArrayList<>();
        for (int n = 0; n < Integer.parseInt(arguments[0]); n++) {
            writers.add(BlockingUser.narrow(nodes.get(n % nodes.size()), "writer" + n));
            readers.add(BlockingUser.narrow(nodes.getLast(), "reader" + n));
            BlockingUser.bridge(writers.get(n), "writer" + n, readers.get(n), "reader" + n);
        }
        System.out.println(BRIDGED);
        System.in.read();
        AtomicLong pushed = new AtomicLong();
        AtomicLong read = new AtomicLong();
        byte[] chunk = new byte[16 * 1024];
        writers.forEach(writer -> Thread.ofVirtual().start(() -> pushUntilClosed(writer::write, chunk, pushed)));
        readers.forEach(reader -> Thread.ofVirtual().start(() -> trickle(reader, read)));
        while (true) {
            System.out.println(pushed.get() + " " + read.get());
            Thread.sleep(1000 / REPORTS_PER_SECOND);
        }
    }

    private static void trickle(BlockingUser reader, AtomicLong read) {
        byte[] some = new byte[BYTES_PER_SECOND / 10];
        try {
            for (int count = reader.read(some); count >= 0; count = reader.read(some)) {
                read.addAndGet(count);
                Thread.sleep(100L * count / some.length);
            }
        } catch (IOException closed) {
            // the row is over
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
