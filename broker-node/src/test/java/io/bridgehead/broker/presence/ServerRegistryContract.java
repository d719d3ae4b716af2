package io.bridgehead.broker.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every registry of signalling servers does. */
public abstract class ServerRegistryContract {

    private static final SessionAddress KEEPER = new SessionAddress(new NodeId("a"), new SessionId(-7, 0x102));
    private static final SessionAddress OTHER = new SessionAddress(new NodeId("b"), new SessionId(8, 0x200));

    /** As one node sees it. */
    protected abstract ServerRegistry registry();

    /** As another node sees it. */
    protected abstract ServerRegistry elsewhere();

    private static ServerRow row(String token, SessionAddress keeper, String... clients) {
        List<ServerRow.Peer> peers = new ArrayList<>();
        peers.add(new ServerRow.Peer(ServerRow.Peer.SERVER, "s", true, ""));
        for (String client : clients) {
            peers.add(new ServerRow.Peer(client, "c", false, "who"));
        }
        return new ServerRow(token, keeper, Optional.of("info"), peers);
    }

    private static <T> T get(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void whatOneNodeOpensTheOtherFinds() {
        assertThat(get(registry().open(row("t1", KEEPER, "x")))).isTrue();

        assertThat(get(elsewhere().find("t1"))).contains(row("t1", KEEPER, "x"));
        assertThat(get(elsewhere().find("t0"))).isEmpty();
    }

    @Test
    void aTokenIsOpenedOnce() {
        assertThat(get(registry().open(row("t2", KEEPER)))).isTrue();
        assertThat(get(elsewhere().open(row("t2", OTHER)))).isFalse();
        assertThat(get(registry().find("t2"))).contains(row("t2", KEEPER));
    }

    @Test
    void onlyOneTakesOverAndWithAllThatWasThere() {
        get(registry().open(row("t3", KEEPER, "x", "y")));
        SessionAddress third = new SessionAddress(new NodeId("c"), new SessionId(9, 0x300));

        assertThat(get(elsewhere().takeOver("t3", KEEPER, OTHER))).contains(row("t3", OTHER, "x", "y"));
        assertThat(get(registry().takeOver("t3", KEEPER, third))).contains(row("t3", OTHER, "x", "y"));
        assertThat(get(registry().takeOver("t0", KEEPER, third))).isEmpty();
    }

    @Test
    void theKeeperWritesAndRestoresItsRowAndNobodyElse() {
        assertThat(get(registry().keep(row("t4", KEEPER)))).isTrue();
        assertThat(get(registry().keep(row("t4", KEEPER, "x")))).isTrue();
        assertThat(get(elsewhere().keep(row("t4", OTHER)))).isFalse();
        assertThat(get(elsewhere().find("t4"))).contains(row("t4", KEEPER, "x"));
    }

    @Test
    void theKeeperClosesAndNobodyElse() {
        get(registry().open(row("t5", KEEPER)));

        assertThat(get(elsewhere().close("t5", OTHER))).isFalse();
        assertThat(get(registry().find("t5"))).isPresent();
        assertThat(get(registry().close("t5", KEEPER))).isTrue();
        assertThat(get(elsewhere().find("t5"))).isEmpty();
        assertThat(get(registry().close("t5", KEEPER))).isFalse();
    }

    @Test
    void aKeyIsUsedOnceWithinItsTime() {
        assertThat(get(registry().firstUse("k1", Duration.ofMinutes(1)))).isTrue();
        assertThat(get(elsewhere().firstUse("k1", Duration.ofMinutes(1)))).isFalse();
        assertThat(get(registry().firstUse("k2", Duration.ofSeconds(1)))).isTrue();
        await().atMost(Duration.ofSeconds(10)).until(() -> get(elsewhere().firstUse("k2", Duration.ofMinutes(1))));
    }
}
