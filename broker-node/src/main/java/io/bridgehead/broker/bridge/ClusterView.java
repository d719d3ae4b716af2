package io.bridgehead.broker.bridge;

import io.bridgehead.broker.bridge.NodeQuestions.Word;
import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.bus.ViewMessage;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BridgeInfo;
import io.bridgehead.broker.model.BridgeMark;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.LocalSession;
import io.bridgehead.broker.presence.LocalSessions;
import io.bridgehead.broker.session.CloseReason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What runs in the whole cluster, for the operator: every node is asked, within a time limit, and one that does not
 * answer is named. Any thread; no future fails, nothing blocks.
 */
public final class ClusterView {

    /** A node that takes longer is missing in the answer. */
    public static final Duration LIMIT = Duration.ofSeconds(3);

    /** Rows of a page. */
    public static final int MAX_ROWS = 500;

    private final NodeId self;
    private final NodeBus bus;
    private final LocalSessions sessions;
    private final Supplier<List<BridgeInfo>> bridges;
    private final NodeQuestions<ViewMessage> questions;

    /**
     * @param bridges those that began on this node; any thread
     * @param limit how long to wait for another node
     */
    public ClusterView(
            NodeId self,
            NodeBus bus,
            LocalSessions sessions,
            Supplier<List<BridgeInfo>> bridges,
            Duration limit) {
        this.self = self;
        this.bus = bus;
        this.sessions = sessions;
        this.bridges = bridges;
        this.questions = new NodeQuestions<>(bus, limit, 0);
    }

    /**
     * A page of a list.
     *
     * @param more whether there are rows behind these
     * @param missing the nodes that did not answer: their rows are not in it
     */
    public record Page<T>(List<T> rows, boolean more, List<NodeId> missing) {}

    /** What became of ending a session. */
    public sealed interface Kick {

        /** It was told to end. */
        record Told() implements Kick {}

        /** No node has it. */
        record Unknown() implements Kick {}

        /** Those who answered do not have it; these did not, and perhaps have ended it. */
        record Unanswered(List<NodeId> nodes) implements Kick {}
    }

    /** What is known of one session. */
    public sealed interface Seen {

        record Running(SessionInfo info) implements Seen {}

        record Gone() implements Seen {}

        /** Its node does not answer. */
        record NoAnswer() implements Seen {}

        /** Its node is of an older version, and does not tell. */
        record Untold() implements Seen {}
    }

    /** The nodes that are members now, this one among them, in order of name. */
    public List<NodeId> nodes() {
        TreeSet<NodeId> all = new TreeSet<>(Comparator.comparing(NodeId::name));
        all.addAll(bus.others());
        all.add(self);
        return List.copyOf(all);
    }

    /** Sessions in order of id, behind {@code after}; {@code size} is 1..500. */
    public Future<Page<SessionInfo>> sessions(
            Optional<NodeId> node, Optional<AccountId> account, Optional<SessionId> after, int size) {
        return page(
                node.map(List::of).orElseGet(this::nodes),
                () -> ownSessions(account, after, size),
                number -> new ViewMessage.AskSessions(number, self, account, after, size),
                word -> word instanceof ViewMessage.SessionPage page
                        ? Optional.of(new Rows<>(page.rows(), page.more()))
                        : Optional.empty(),
                info -> info.address().session(),
                size);
    }

    /** Bridges, oldest first, behind {@code after}; each is told by the caller's node. {@code size} is 1..500. */
    public Future<Page<BridgeInfo>> bridges(Optional<BridgeMark> after, int size) {
        return page(
                nodes(),
                () -> ownBridges(after, size),
                number -> new ViewMessage.AskBridges(number, self, after, size),
                word -> word instanceof ViewMessage.BridgePage page
                        ? Optional.of(new Rows<>(page.rows(), page.more()))
                        : Optional.empty(),
                BridgeInfo::mark,
                size);
    }

    /** What one node has of a list. */
    private record Rows<T>(List<T> rows, boolean more) {

        /** The first {@code size}, of one more than that where there are more. */
        static <T> Rows<T> of(List<T> found, int size) {
            return new Rows<>(found.subList(0, Math.min(size, found.size())), found.size() > size);
        }
    }

    private record Answered<T>(NodeId node, Optional<Rows<T>> rows) {}

    private <T, K extends Comparable<K>> Future<Page<T>> page(
            Collection<NodeId> nodes,
            Supplier<Rows<T>> own,
            LongFunction<ViewMessage> question,
            Function<ViewMessage, Optional<Rows<T>>> rows,
            Function<T, K> key,
            int size) {
        List<Future<Answered<T>>> answers = nodes.stream()
                .map(node -> node.equals(self)
                        ? Future.succeededFuture(new Answered<>(node, Optional.of(own.get())))
                        : questions.ask(node, number -> new NodeMessage.OfView(question.apply(number)))
                                .map(word -> new Answered<>(node, rowsOf(word, rows))))
                .toList();
        return Future.all(answers).map(all -> merged(all.<Answered<T>>list(), key, size));
    }

    private static <T> Optional<Rows<T>> rowsOf(
            Word<ViewMessage> word, Function<ViewMessage, Optional<Rows<T>>> rows) {
        return switch (word) {
            case Word.Said<ViewMessage>(ViewMessage message) -> rows.apply(message);
            case Word.Silence<ViewMessage> s -> Optional.empty();
            case Word.NotUnderstood<ViewMessage> n -> Optional.empty();
        };
    }

    /** A node that told only a part may have rows between its last one and the others': those wait for the next page. */
    private static <T, K extends Comparable<K>> Page<T> merged(
            List<Answered<T>> answers, Function<T, K> key, int size) {
        List<Rows<T>> told = answers.stream().flatMap(answer -> answer.rows().stream()).toList();
        Optional<K> end = told.stream()
                .filter(part -> part.more() && !part.rows().isEmpty())
                .map(part -> key.apply(part.rows().getLast()))
                .min(Comparator.naturalOrder());
        List<T> all = told.stream().flatMap(part -> part.rows().stream()).sorted(Comparator.comparing(key)).toList();
        List<T> kept = all.stream()
                .filter(row -> end.isEmpty() || key.apply(row).compareTo(end.get()) <= 0)
                .limit(size)
                .toList();
        List<NodeId> missing =
                answers.stream().filter(answer -> answer.rows().isEmpty()).map(Answered::node).toList();
        return new Page<>(kept, end.isPresent() || kept.size() < all.size(), missing);
    }

    /** Ends the session, wherever it is. */
    public Future<Kick> kick(SessionId id) {
        Optional<LocalSession> here = sessions.find(id);
        if (here.isPresent()) {
            here.get().evict(CloseReason.KICKED);
            return Future.succeededFuture(new Kick.Told());
        }
        Promise<Kick> kicked = Promise.promise();
        NodeMessage message = new NodeMessage.Evict(id, CloseReason.KICKED);
        List<Future<Optional<NodeId>>> silent = bus.others().stream()
                // the id's loop may not exist on a node that it is not of
                .map(node -> bus.ask(LoopAddress.of(node), message)
                        .onSuccess(answer -> {
                            if (answer.equals(NodeBus.Answer.TAKEN)) {
                                kicked.tryComplete(new Kick.Told());
                            }
                        })
                        .map(Optional.<NodeId>empty())
                        .otherwise(Optional.of(node)))
                .toList();
        Future.all(silent).onSuccess(all -> {
            List<NodeId> nodes =
                    all.<Optional<NodeId>>list().stream().flatMap(Optional::stream).toList();
            kicked.tryComplete(nodes.isEmpty() ? new Kick.Unknown() : new Kick.Unanswered(nodes));
        });
        return kicked.future();
    }

    /** One session of an account. */
    public Future<Seen> session(SessionAddress address, AccountId account) {
        if (address.node().equals(self)) {
            return Future.succeededFuture(sessions.find(address.session())
                    .<Seen>map(here -> new Seen.Running(here.info()))
                    .orElseGet(Seen.Gone::new));
        }
        if (!bus.others().contains(address.node())) {
            return Future.succeededFuture(new Seen.Gone());
        }
        return questions.ask(
                        address.node(),
                        number -> new NodeMessage.OfView(new ViewMessage.AskSessions(
                                number, self, Optional.of(account), Optional.empty(), MAX_ROWS)))
                .map(word -> switch (word) {
                    case Word.Said<ViewMessage>(ViewMessage.SessionPage page) -> page.rows().stream()
                            .filter(row -> row.address().equals(address))
                            .findFirst()
                            .<Seen>map(Seen.Running::new)
                            .orElseGet(Seen.Gone::new);
                    case Word.Said<ViewMessage>(ViewMessage other) -> new Seen.NoAnswer();
                    case Word.Silence<ViewMessage> s -> new Seen.NoAnswer();
                    case Word.NotUnderstood<ViewMessage> n -> new Seen.Untold();
                });
    }

    // ---- what other nodes ask and say

    /** A question is answered, an answer given to who waits for it. */
    void received(ViewMessage message) {
        switch (message) {
            case ViewMessage.AskSessions ask -> {
                Rows<SessionInfo> own = ownSessions(ask.account(), ask.after(), inBounds(ask.limit()));
                tell(ask, ViewMessage.SessionPage.cut(ask.question(), self, own.rows(), own.more()));
            }
            case ViewMessage.AskBridges ask -> {
                Rows<BridgeInfo> own = ownBridges(ask.after(), inBounds(ask.limit()));
                tell(ask, ViewMessage.BridgePage.cut(ask.question(), self, own.rows(), own.more()));
            }
            case ViewMessage.SessionPage page -> questions.answered(page.question(), page.from(), page);
            case ViewMessage.BridgePage page -> questions.answered(page.question(), page.from(), page);
        }
    }

    private static int inBounds(int size) {
        return Math.clamp(size, 1, MAX_ROWS);
    }

    private void tell(ViewMessage question, ViewMessage answer) {
        bus.send(LoopAddress.of(question.from()), new NodeMessage.OfView(answer));
    }

    void nodeGone(NodeId node) {
        questions.nodeGone(node);
    }

    // ---- what this node has

    private Rows<SessionInfo> ownSessions(Optional<AccountId> account, Optional<SessionId> after, int size) {
        Stream<LocalSession> all = account.isPresent()
                ? sessions.find(account.get()).stream().map(LocalSessions.Registered::session)
                : sessions.all().stream();
        List<LocalSession> found = first(
                all.filter(session -> after.isEmpty() || session.id().compareTo(after.get()) > 0),
                Comparator.comparing(LocalSession::id),
                size + 1);
        return Rows.of(found.stream().map(LocalSession::info).toList(), size);
    }

    private Rows<BridgeInfo> ownBridges(Optional<BridgeMark> after, int size) {
        return Rows.of(
                first(
                        bridges.get().stream()
                                .filter(bridge -> after.isEmpty() || bridge.mark().compareTo(after.get()) > 0),
                        Comparator.comparing(BridgeInfo::mark),
                        size + 1),
                size);
    }

    /** The first {@code count} in order, without sorting them all: this may run on an event loop. */
    private static <T> List<T> first(Stream<T> all, Comparator<T> order, int count) {
        PriorityQueue<T> kept = new PriorityQueue<>(order.reversed());
        all.forEach(each -> {
            kept.add(each);
            if (kept.size() > count) {
                kept.poll();
            }
        });
        return kept.stream().sorted(order).toList();
    }
}
