package io.bridgehead.broker.cluster;

import io.bridgehead.broker.bus.EventLoopIndex;
import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.NodeId;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link NodeBus} on the clustered event bus of Vert.x: one consumer for each event loop of this node, which runs on that
 * loop. Any thread.
 */
final class EventBusNodeBus implements NodeBus {

    private static final Logger LOG = LoggerFactory.getLogger(EventBusNodeBus.class);

    /** The first message to a new address may find nobody: the routes come a little later. */
    private static final Duration NO_HANDLERS_RETRY = Duration.ofMillis(50);

    private static final DeliveryOptions SEND = new DeliveryOptions().setCodecName(NodeMessageWire.NAME);
    private static final DeliveryOptions ANSWER = new DeliveryOptions().setCodecName(AnswerWire.NAME);

    private final VertxInternal vertx;
    private final NodeId self;
    private final EventLoopIndex loops;
    private final BridgeCargo cargo;
    private final Supplier<Set<NodeId>> members;
    private final Consumer<NodeId> pinged;
    private final PendingAsks asks = new PendingAsks();
    private final Map<LoopAddress, MessageProducer<Outgoing>> producers = new ConcurrentHashMap<>();
    private volatile Receiver receiver;
    private volatile boolean silent;

    /**
     * @param members the other nodes that are members now
     * @param pinged told of every node that asks whether this one is there
     */
    EventBusNodeBus(
            Vertx vertx,
            NodeId self,
            EventLoopIndex loops,
            BridgeCargo cargo,
            Supplier<Set<NodeId>> members,
            Consumer<NodeId> pinged) {
        this.vertx = (VertxInternal) vertx;
        this.self = self;
        this.loops = loops;
        this.cargo = cargo;
        this.members = members;
        this.pinged = pinged;
        EventBus bus = vertx.eventBus();
        bus.serializableChecker(name -> false);
        bus.clusterSerializableChecker(name -> false);
        bus.registerCodec(new NodeMessageWire(cargo));
        bus.registerCodec(new AnswerWire());
    }

    /** From here on messages come in. Done when the other nodes can know it. */
    Future<Void> start(Receiver to) {
        this.receiver = to;
        LoopAddress first = new LoopAddress(self, 0);
        cargo.open(first, loops.all().getFirst(), this::ofBridge);
        return Future.join(IntStream.range(0, loops.all().size())
                        .mapToObj(loop -> consumer(loop).completion())
                        .toList())
                .mapEmpty();
    }

    private MessageConsumer<NodeMessage> consumer(int loop) {
        EventLoop eventLoop = loops.all().get(loop);
        ContextInternal context = vertx.contextBuilder().withEventLoop(eventLoop).build();
        ContextInternal before = context.beginDispatch();
        try {
            return vertx.eventBus().consumer(new LoopAddress(self, loop).text(), this::received);
        } finally {
            context.endDispatch(before);
        }
    }

    private void received(Message<NodeMessage> message) {
        NodeMessage body = message.body();
        Answer answer;
        if (body == null) {
            // from a newer version
            answer = Answer.NOT_HERE;
        } else if (body instanceof NodeMessage.Ping ping) {
            pinged.accept(ping.from());
            answer = Answer.TAKEN;
        } else {
            answer = silent ? nobody(body) : receiver.received(body);
        }
        if (message.replyAddress() != null) {
            message.reply(answer, ANSWER);
        }
    }

    /** What came past the bus. A bug of ours must not cost the connection, which is everybody's. */
    private void ofBridge(NodeMessage.OfBridge message) {
        try {
            if (silent) {
                nobody(message);
            } else {
                receiver.received(message);
            }
        } catch (RuntimeException bug) {
            LOG.error("a message of a bridge failed", bug);
        }
    }

    private static Answer nobody(NodeMessage message) {
        new Outgoing(message).release();
        return Answer.NOT_HERE;
    }

    /** This node is no member any more, and will be none: what others still send here is for nobody. */
    void silence() {
        silent = true;
    }

    @Override
    public void send(LoopAddress to, NodeMessage message) {
        send(to, new Outgoing(message));
    }

    private void send(LoopAddress to, Outgoing outgoing) {
        if (to.node().equals(self)) {
            outgoing.release();
            return;
        }
        try {
            producer(to).write(outgoing).onFailure(lost -> outgoing.release());
        } catch (RejectedExecutionException closed) {
            outgoing.release();
        }
    }

    @Override
    public Line line(LoopAddress to) {
        return new BridgeLine(to, cargo, this::send, false);
    }

    @Override
    public Line lineBack(LoopAddress to) {
        return new BridgeLine(to, cargo, this::send, true);
    }

    private MessageProducer<Outgoing> producer(LoopAddress to) {
        MessageProducer<Outgoing> known = producers.get(to);
        return known != null
                ? known
                : producers.computeIfAbsent(to, address -> vertx.eventBus().sender(address.text(), SEND));
    }

    @Override
    public Future<Answer> ask(LoopAddress to, NodeMessage message, Duration within) {
        Promise<Answer> answer = vertx.getOrCreateContext().promise();
        if (to.node().equals(self)) {
            new Outgoing(message).release();
            return Future.succeededFuture(Answer.NOT_HERE);
        }
        asks.add(to.node(), answer);
        // after the entry in the table: a node that goes between the two is seen by one of them
        if (members.get().contains(to.node())) {
            attempt(to, message, within, true).onSuccess(answer::tryComplete).onFailure(answer::tryFail);
        } else {
            new Outgoing(message).release();
            answer.tryFail("node " + to.node() + " is no member");
        }
        return answer.future().timeout(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Future<Answer> attempt(LoopAddress to, NodeMessage message, Duration within, boolean again) {
        Outgoing outgoing = new Outgoing(message);
        return request(to, outgoing, within)
                .compose(reply -> reply.body() == null
                        ? Future.failedFuture("an answer that is not understood")
                        : Future.succeededFuture(reply.body()))
                .recover(cause -> {
                    if (again && isNoHandlers(cause) && !(message instanceof NodeMessage.BridgeBytes)) {
                        return vertx.timer(NO_HANDLERS_RETRY.toMillis(), TimeUnit.MILLISECONDS)
                                .compose(later -> attempt(to, message, within, false));
                    }
                    outgoing.release();
                    return Future.failedFuture(cause);
                });
    }

    private Future<Message<Answer>> request(LoopAddress to, Outgoing outgoing, Duration within) {
        DeliveryOptions ask =
                new DeliveryOptions().setCodecName(NodeMessageWire.NAME).setSendTimeout(within.toMillis());
        try {
            return vertx.eventBus().request(to.text(), outgoing, ask);
        } catch (RejectedExecutionException closed) {
            return Future.failedFuture(closed);
        }
    }

    private static boolean isNoHandlers(Throwable cause) {
        return cause instanceof ReplyException failure && failure.failureType() == ReplyFailure.NO_HANDLERS;
    }

    @Override
    public Optional<EventLoop> loop() {
        return cargo.loop();
    }

    /** Where the connection lives that lines to this address write to; empty: it is not known yet. */
    Optional<EventLoop> loopTo(LoopAddress to) {
        return Optional.ofNullable(cargo.connectionTo(to.text())).map(CargoLoader::loop);
    }

    /** Whether lines back to this node go by a connection of its. */
    boolean sendsBackTo(NodeId node) {
        return cargo.wayBackTo(node) != null;
    }

    @Override
    public Set<NodeId> others() {
        return members.get();
    }

    /** What waits for the node fails now, and the receiver is told. */
    void nodeGone(NodeId node) {
        asks.failAll(node);
        producers.keySet().removeIf(address -> address.node().equals(node));
        cargo.forget(node);
        Receiver to = receiver;
        if (to != null) {
            to.nodeGone(node);
        }
    }
}
