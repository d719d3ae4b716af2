package io.bridgehead.broker.relay;

import io.bridgehead.broker.bridge.NodeQuestions;
import io.bridgehead.broker.bridge.NodeQuestions.Word;
import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.listener.SessionHost;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.Signal;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks owners whether a client may have a host, keeps what they said of an address, and lets an operator answer in their
 * place. A question lives on the client's node; a yes or no of an address is told to all nodes. Any thread; everything
 * changes on the node's event loop. Bounded: {@link #MAX_PENDING} questions, {@link ConsentMemory#MAX} answers.
 */
final class Consents implements RelayPolicy {

    /** Questions of this node at a time; clients beyond are refused. */
    static final int MAX_PENDING = 1000;

    /** Clients of one address that wait at a time, for one question or several. */
    static final int MAX_OF_ADDRESS = 8;

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int NUMBERS = 1 << 30;

    private static final Logger AUDIT = LoggerFactory.getLogger("audit");

    private final NodeId self;
    private final NodeBus bus;
    private final SessionHost host;
    private final EventLoop loop;
    private final Duration patience;
    private final IntSupplier random;
    private final LongSupplier nanoTime;
    private final NodeQuestions<List<PendingConsent>> questions;
    private final ConsentMemory memory = new ConsentMemory();
    private final Map<String, ConsentRequest> pending = new HashMap<>();
    private final Map<SessionId, ConsentRequest> clients = new HashMap<>();

    /** @param patience how long an owner may take */
    Consents(
            NodeId self, NodeBus bus, SessionHost host, Duration patience, IntSupplier random, LongSupplier nanoTime) {
        this.self = self;
        this.bus = bus;
        this.host = host;
        this.loop = host.nodeLoop();
        this.patience = patience;
        this.random = random;
        this.nanoTime = nanoTime;
        this.questions = new NodeQuestions<>(bus, PATIENCE, 0);
    }

    // ---- for clients

    @Override
    public Future<Optional<RelayClose>> ask(RelayService service, SessionId client, String clientAddress) {
        if (service.rules().consent() == ServiceRules.Consent.NONE) {
            return Future.succeededFuture(Optional.empty());
        }
        Promise<Optional<RelayClose>> answer = Promise.promise();
        loop.execute(() -> ask(service, client, clientAddress, answer));
        return answer.future();
    }

    private void ask(
            RelayService service, SessionId client, String address, Promise<Optional<RelayClose>> answer) {
        boolean ofAddress = service.rules().consent() == ServiceRules.Consent.ADDRESS;
        Optional<Boolean> known =
                ofAddress ? memory.of(service.name(), address, nanoTime.getAsLong()) : Optional.empty();
        if (known.isPresent()) {
            answer.complete(refusal(known.get()));
            return;
        }
        List<ConsentRequest> same = pending.values().stream()
                .filter(request -> request.service().name().equals(service.name())
                        && request.clientAddress().equals(address))
                .toList();
        int wait = same.stream().mapToInt(request -> request.waiting.size()).sum();
        if (wait >= MAX_OF_ADDRESS || pending.size() >= MAX_PENDING) {
            AUDIT.atWarn()
                    .addKeyValue("service", service.name())
                    .addKeyValue("client", address)
                    .log("relay consent not asked: too many wait");
            answer.complete(refusal(false));
            return;
        }
        ConsentRequest request = ofAddress && !same.isEmpty() ? same.getFirst() : begin(service, address);
        request.waiting.put(client, answer);
        clients.put(client, request);
    }

    private ConsentRequest begin(RelayService service, String address) {
        ConsentRequest request = new ConsentRequest(
                host.newAddress(loop), service, address, freeNumber(), host.clock().instant(), loop, this);
        pending.put(request.name(), request);
        host.sessions().connected(request);
        request.limit = loop.schedule(
                () -> decide(request, false, "time-out"), patience.toMillis(), TimeUnit.MILLISECONDS);
        log(request, "relay consent asked", "");
        host.switchboard().ask(
                request,
                request.call(),
                request.party(),
                service.name() + ": " + address + " asks for a connection, as " + request.name(),
                request.owner(),
                loop,
                (call, owner) -> {
                    request.asked(owner);
                    return !request.over;
                });
        return request;
    }

    /** Drawn, so that no two nodes give the same. */
    private int freeNumber() {
        int number = Math.floorMod(random.getAsInt(), NUMBERS);
        while (numbered(number)) {
            number = (number + 1) % NUMBERS;
        }
        return number;
    }

    private boolean numbered(int number) {
        return pending.values().stream().anyMatch(each -> each.number() == number);
    }

    /** The client does not wait for the answer any more; a question that nobody waits for is withdrawn. */
    @Override
    public void left(SessionId client) {
        loop.execute(() -> {
            ConsentRequest request = clients.remove(client);
            if (request != null && request.waiting.remove(client) != null && request.waiting.isEmpty()) {
                end(request, "relay consent withdrawn", "client");
                withdraw(request);
            }
        });
    }

    // ---- answers; on the loop

    /** The owner's session said this. */
    void heard(ConsentRequest request, Signal signal) {
        if (!signal.call().equals(request.call())) {
            return;
        }
        if (signal instanceof Signal.Consented) {
            decide(request, true, "owner");
        } else if (signal instanceof Signal.Answered answered) {
            if (answered.outcome() == CallOutcome.DENIED) {
                decide(request, false, "owner");
            } else if (!request.over) {
                // not here, or busy: an operator may answer until the time is over
                log(request, "relay consent: owner not reached", answered.outcome().name().toLowerCase(Locale.ROOT));
            }
        }
    }

    /** @param by whose answer it is, for the audit log */
    boolean decide(ConsentRequest request, boolean yes, String by) {
        if (request.over) {
            return false;
        }
        List<Promise<Optional<RelayClose>>> waiting = new ArrayList<>(request.waiting.values());
        boolean said = by.equals("owner") || by.equals("operator");
        end(request, yes ? "relay consent given" : "relay consent refused", by);
        if (!by.equals("owner")) {
            withdraw(request);
        }
        if (said && request.service().rules().consent() == ServiceRules.Consent.ADDRESS) {
            Duration holds = yes ? request.service().rules().consentFor() : ConsentMemory.NO_HOLDS;
            keep(new ConsentWord.Said(request.service().name(), request.clientAddress(), yes, holds.toMillis()));
        }
        waiting.forEach(client -> client.complete(refusal(yes)));
        return true;
    }

    private void end(ConsentRequest request, String what, String by) {
        request.over = true;
        request.limit.cancel(false);
        pending.remove(request.name());
        host.sessions().disconnected(request);
        request.waiting.keySet().forEach(clients::remove);
        log(request, what, by);
    }

    private void withdraw(ConsentRequest request) {
        request.asked().ifPresent(owner ->
                host.switchboard().tell(owner.address(), new Signal.Withdrawn(request.call())));
    }

    private void keep(ConsentWord.Said said) {
        remember(said);
        bus.others().forEach(node -> bus.send(LoopAddress.of(node), message(said)));
    }

    private void remember(ConsentWord.Said said) {
        memory.put(said.service(), said.address(), said.yes(),
                nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(said.millis()));
    }

    private static Optional<RelayClose> refusal(boolean yes) {
        return yes ? Optional.empty() : Optional.of(RelayClose.NO_CONSENT);
    }

    private static void log(ConsentRequest request, String what, String by) {
        AUDIT.atInfo()
                .addKeyValue("request", request.name())
                .addKeyValue("service", request.service().name())
                .addKeyValue("client", request.clientAddress())
                .addKeyValue("owner", request.owner())
                .addKeyValue("by", by)
                .log(what);
    }

    // ---- for the operator

    /** The questions that wait on the nodes that answer, oldest first. */
    Future<PendingConsents> list() {
        List<NodeId> others = bus.others().stream().toList();
        List<Future<Word<List<PendingConsent>>>> asked = others.stream()
                .map(node -> questions.ask(node, number -> message(new ConsentWord.Inquiry(self, number))))
                .toList();
        Promise<List<PendingConsent>> own = Promise.promise();
        loop.execute(() -> own.complete(pending.values().stream().map(ConsentRequest::shown).toList()));
        return Future.join(asked).transform(done -> own.future()).map(here -> {
            List<PendingConsent> all = new ArrayList<>(here);
            List<NodeId> silent = new ArrayList<>();
            for (int at = 0; at < others.size(); at++) {
                if (asked.get(at).result() instanceof Word.Said<List<PendingConsent>>(List<PendingConsent> rows)) {
                    all.addAll(rows);
                } else {
                    silent.add(others.get(at));
                }
            }
            all.sort(Comparator.comparing(PendingConsent::since).thenComparing(PendingConsent::id));
            return new PendingConsents(all, silent);
        });
    }

    /** An operator's answer in the owner's place, on whatever node the question is; false: there is none such. */
    Future<Boolean> answer(String id, boolean yes) {
        Promise<Boolean> here = Promise.promise();
        loop.execute(() -> here.complete(answered(id, yes)));
        return here.future().compose(found -> found ? Future.succeededFuture(true) : answerElsewhere(id, yes));
    }

    private Future<Boolean> answerElsewhere(String id, boolean yes) {
        List<Future<Boolean>> answers = bus.others().stream()
                .map(node -> bus.ask(LoopAddress.of(node), message(new ConsentWord.Decision(id, yes)))
                        .map(taken -> taken.equals(NodeBus.Answer.TAKEN))
                        .otherwise(false))
                .toList();
        return Future.join(answers).map(done -> answers.stream().anyMatch(Future::result));
    }

    private boolean answered(String id, boolean yes) {
        ConsentRequest request = pending.get(id);
        return request != null && decide(request, yes, "operator");
    }

    // ---- other nodes

    private static NodeMessage message(ConsentWord word) {
        return new NodeMessage.Relay(ConsentWordCodec.write(word));
    }

    /** On the node's own event loop. */
    NodeBus.Answer received(ConsentWord word) {
        return switch (word) {
            case ConsentWord.Said said -> {
                remember(said);
                yield NodeBus.Answer.TAKEN;
            }
            case ConsentWord.Decision(String id, boolean yes) ->
                answered(id, yes) ? NodeBus.Answer.TAKEN : NodeBus.Answer.NOT_HERE;
            case ConsentWord.Inquiry(NodeId from, long number) -> {
                List<PendingConsent> rows = pending.values().stream()
                        .limit(ConsentWordCodec.MAX_ROWS)
                        .map(ConsentRequest::shown)
                        .toList();
                bus.send(LoopAddress.of(from), message(new ConsentWord.Told(self, number, rows)));
                yield NodeBus.Answer.TAKEN;
            }
            case ConsentWord.Told(NodeId from, long number, List<PendingConsent> rows) -> {
                questions.answered(number, from, rows);
                yield NodeBus.Answer.TAKEN;
            }
        };
    }

    void nodeGone(NodeId node) {
        questions.nodeGone(node);
    }
}
