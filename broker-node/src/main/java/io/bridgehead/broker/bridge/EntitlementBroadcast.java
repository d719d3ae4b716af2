package io.bridgehead.broker.bridge;

import io.bridgehead.broker.account.ChangeListener;
import io.bridgehead.broker.account.Subscription;
import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.NodeId;
import io.vertx.core.Future;

/**
 * Makes a change of an account, made through this node, felt on every node: here at once, on the others by a message to
 * each by name, acknowledged, three times. Who misses it all the same finds it in the change feed. Any thread.
 */
public final class EntitlementBroadcast implements ChangeListener {

    private static final int TRIES = 3;

    private final LiveEntitlement here;
    private final NodeBus bus;

    public EntitlementBroadcast(LiveEntitlement here, NodeBus bus) {
        this.here = here;
        this.bus = bus;
    }

    @Override
    public Future<Void> changed(Subscription now) {
        NodeMessage message = new NodeMessage.AccountChanged(now.id(), now.epoch());
        return here.changed(now)
                .compose(done -> Future.join(bus.others().stream()
                        .map(node -> tell(node, message, TRIES))
                        .toList()))
                .mapEmpty();
    }

    private Future<NodeBus.Answer> tell(NodeId node, NodeMessage message, int tries) {
        return bus.ask(LoopAddress.of(node), message)
                .recover(failure -> tries > 1 && bus.others().contains(node)
                        ? tell(node, message, tries - 1)
                        : Future.succeededFuture(NodeBus.Answer.NOT_HERE));
    }

    @Override
    public Future<Void> missed() {
        return here.missed();
    }
}
