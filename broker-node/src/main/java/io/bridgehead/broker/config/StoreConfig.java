package io.bridgehead.broker.config;

/**
 * The database of accounts, key {@code store}.
 *
 * @param url {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql://HOST:PORT/NAME}
 * @param user database user; empty for SQLite
 * @param password its password, from {@code store.password} or the file {@code store.password-file} names
 */
public record StoreConfig(String url, String user, String password) {

    /** The password is a secret: not printed. */
    @Override
    public String toString() {
        return "StoreConfig[" + url + ", user " + user + "]";
    }
}
