package io.bridgehead.broker.relay;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;

/**
 * Announcements for hosts whose command connection nobody knows yet: it may have come to another node a moment ago. They
 * are kept for a little and then dropped, for a host may have none. No I/O, no clock; one thread, the desk's.
 */
final class UntoldNews {

    static final Duration KEPT = Duration.ofSeconds(3);

    /** Of all hosts together; then the oldest are dropped. */
    static final int MAX = 4096;

    private record News(HostKey key, RelayReply reply, long nanos) {}

    private final Queue<News> all = new ArrayDeque<>();

    void keep(HostKey key, RelayReply reply, long nanos) {
        if (all.size() == MAX) {
            all.remove();
        }
        all.add(new News(key, reply, nanos));
    }

    /** What was to be told to this host, in order; it is not kept any longer. */
    List<RelayReply> take(HostKey key) {
        if (all.isEmpty()) {
            return List.of();
        }
        List<RelayReply> own = all.stream().filter(news -> news.key().equals(key)).map(News::reply).toList();
        all.removeIf(news -> news.key().equals(key));
        return own;
    }

    void expire(long nanos) {
        Iterator<News> oldest = all.iterator();
        while (oldest.hasNext() && nanos - oldest.next().nanos() > KEPT.toNanos()) {
            oldest.remove();
        }
    }
}
