package io.bridgehead.broker.faults;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Row F16 in the size of the matrix. */
@Tag("drill")
class TotalLossDrillTest {

    @TempDir
    private Path directory;

    @Test
    void f16TenThousandAcknowledgedAccountsAreThereAfterAllNodesWereKilled() throws Exception {
        TotalLoss.afterAccounts(10_000, directory);
    }
}
