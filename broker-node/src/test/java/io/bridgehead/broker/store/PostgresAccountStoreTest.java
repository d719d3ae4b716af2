package io.bridgehead.broker.store;

import io.bridgehead.broker.account.AccountStore;
import io.bridgehead.broker.account.AccountStoreContract;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class PostgresAccountStoreTest extends AccountStoreContract {

    private SqlStore sql;

    @BeforeEach
    void open() {
        sql = SqlStore.open(PostgresForTests.emptyDatabase(), HOME, InstantSource.system());
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
