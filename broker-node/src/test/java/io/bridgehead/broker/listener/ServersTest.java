package io.bridgehead.broker.listener;

import static io.bridgehead.broker.listener.NodeForTest.await;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServersTest {

    private final NodeForTest node = new NodeForTest();

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    @Test
    void aServerThatCannotBeMadeFailsTheStartAndDoesNotHoldItUp() {
        Servers<NetServerOptions> servers = new Servers<>(
                node.vertx, ListenerKey.ESTIM, Limits.ANY, Limits.WIDE.build(), node.meters, new Broken());

        assertThatThrownBy(() -> await(servers.start()))
                .hasRootCauseInstanceOf(ListenFailure.class)
                .hasRootCauseMessage("estim.listen: 127.0.0.1:0 failed: no such library");
    }

    private static final class Broken implements Servers.Kind<NetServerOptions> {

        @Override
        public NetServerOptions options() {
            return new NetServerOptions();
        }

        @Override
        public Future<Servers.Bound> listen(NetServerOptions options, SocketAddress address) {
            throw new UnsatisfiedLinkError("no such library");
        }
    }
}
