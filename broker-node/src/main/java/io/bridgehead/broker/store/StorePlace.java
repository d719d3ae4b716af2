package io.bridgehead.broker.store;

import io.bridgehead.broker.account.StoreFull;
import io.bridgehead.broker.account.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a database keeps its rows, and whether there is room: one WARN when a change is refused for the lack of it, one
 * INFO when one is taken again. Any thread.
 */
final class StorePlace {

    private static final Logger LOG = LoggerFactory.getLogger(StorePlace.class);

    /** Bytes. With less, SQLite cannot make its files longer, and calls it an I/O error. */
    private static final long LEAST_ROOM = 64 * 1024;

    private final String url;
    private final Optional<Path> file;
    private final AtomicBoolean full = new AtomicBoolean();

    /**
     * @param url the configured one, without secrets
     * @param file the database's, when it is on a disk of this machine
     */
    StorePlace(String url, Optional<Path> file) {
        this.url = url;
        this.file = file;
    }

    String url() {
        return url;
    }

    /** Whether this machine can see that the disk has no room left. */
    boolean hasNoRoom() {
        try {
            return file.isPresent() && Files.getFileStore(file.get()).getUsableSpace() < LEAST_ROOM;
        } catch (IOException unknown) {
            return false;
        }
    }

    void refused(StoreUnavailable failure) {
        if (failure instanceof StoreFull && full.compareAndSet(false, true)) {
            LOG.atWarn()
                    .addKeyValue("reason", failure.getMessage())
                    .log("account store: its disk is full; changes are refused until there is room, reads go on");
        }
    }

    /** A change was written. */
    void written() {
        if (full.get() && full.compareAndSet(true, false)) {
            LOG.info("account store: there is room again, changes are taken");
        }
    }
}
