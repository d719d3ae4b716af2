package io.bridgehead.broker.store;

/**
 * Where the accounts are. Immutable, any thread. Never logged: {@link #toString} leaves the password out.
 *
 * @param url {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql://HOST:PORT/DATABASE}, with the driver's own options
 * @param user PostgreSQL user; empty for SQLite
 * @param password PostgreSQL password; empty for SQLite
 */
public record StoreSettings(String url, String user, String password) {

    static final String SQLITE = "jdbc:sqlite:";
    static final String POSTGRESQL = "jdbc:postgresql:";

    public StoreSettings {
        boolean file = url.startsWith(SQLITE) && url.length() > SQLITE.length() && !url.contains(":memory:");
        if (!file && !url.startsWith(POSTGRESQL)) {
            throw new IllegalArgumentException("store.url: %s (expected: jdbc:sqlite:FILE or jdbc:postgresql://HOST/DATABASE)"
                    .formatted(withoutOptions(url)));
        }
    }

    boolean isSqlite() {
        return url.startsWith(SQLITE);
    }

    /** The URL as it may be logged: options can hold passwords. */
    String printableUrl() {
        return withoutOptions(url);
    }

    private static String withoutOptions(String url) {
        int options = url.indexOf('?');
        String address = options < 0 ? url : url.substring(0, options);
        return address.replaceFirst("//[^/]*@", "//");
    }

    @Override
    public String toString() {
        return "StoreSettings[" + printableUrl() + "]";
    }
}
