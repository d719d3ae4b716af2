package io.bridgehead.broker.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteJDBCLoader;

/**
 * A SQLite file: WAL, {@code synchronous=FULL} (an acknowledged change survives a power cut), one writer. One machine
 * only. Any thread.
 *
 * <p>The driver unpacks its native library into the temporary directory; with a read-only root file system mount a
 * writable one that allows execution there, or name another with {@code -Dorg.sqlite.tmpdir=DIR}.
 */
final class SqliteFile {

    /** Connections that read beside the writer. */
    static final int READERS = 3;

    /** Milliseconds to wait for another process (the command line, say) that is writing. */
    private static final int BUSY_TIME_OUT = 5_000;

    private final String url;
    private final Path path;

    private SqliteFile(String url, Path path) {
        this.url = url;
        this.path = path;
    }

    /** Makes the directory and the file (it holds PIN hashes: for its owner only) where they are missing. */
    static SqliteFile prepare(StoreSettings settings) {
        loadLibrary(settings);
        String name = settings.url().substring(StoreSettings.SQLITE.length()).replaceFirst("\\?.*", "");
        try {
            Path file = Path.of(name.replaceFirst("^file:", "")).toAbsolutePath();
            Files.createDirectories(file.getParent());
            createPrivately(file);
            return new SqliteFile(settings.url(), file);
        } catch (IOException | InvalidPathException refused) {
            throw Database.cannotOpen(settings, "%s (expected: a file that can be written)".formatted(refused), refused);
        }
    }

    Path path() {
        return path;
    }

    private static void createPrivately(Path file) throws IOException {
        try {
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
        } catch (FileAlreadyExistsException there) {
            // the usual case: a database of an earlier start
            return;
        }
    }

    private static void loadLibrary(StoreSettings settings) {
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception | LinkageError refused) {
            String why = ("the native library cannot be loaded from %s (%s; expected: a directory that is writable and"
                            + " allows execution, or another one named by -Dorg.sqlite.tmpdir)")
                    .formatted(System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir")), refused);
            throw Database.cannotOpen(settings, why, new IOException(refused));
        }
    }

    /** Begins each transaction with the write lock, so that the busy time-out applies and no upgrade can fail. */
    DataSource writer() {
        SQLiteConfig config = common();
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        return source(config);
    }

    DataSource reader() {
        return source(common());
    }

    private static SQLiteConfig common() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_TIME_OUT);
        config.enforceForeignKeys(true);
        return config;
    }

    private DataSource source(SQLiteConfig config) {
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(url);
        return source;
    }
}
