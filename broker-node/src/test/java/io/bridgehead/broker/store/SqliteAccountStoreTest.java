package io.bridgehead.broker.store;

import io.bridgehead.broker.account.AccountStore;
import io.bridgehead.broker.account.AccountStoreContract;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteAccountStoreTest extends AccountStoreContract {

    @TempDir
    private Path directory;

    private SqlStore sql;

    @BeforeEach
    void open() {
        StoreSettings settings = new StoreSettings("jdbc:sqlite:" + directory.resolve("new/bridgehead.db"), "", "");
        sql = SqlStore.open(settings, HOME, InstantSource.system());
    }

    @AfterEach
    void close() {
        sql.close();
    }

    @Override
    protected AccountStore store() {
        return sql.accounts();
    }
}
