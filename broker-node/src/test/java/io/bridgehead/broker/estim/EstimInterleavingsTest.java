package io.bridgehead.broker.estim;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.config.EstimConfig;
import io.bridgehead.broker.estim.EstimState.Accepting;
import io.bridgehead.broker.estim.EstimState.Bridged;
import io.bridgehead.broker.estim.EstimState.Idle;
import io.bridgehead.broker.estim.EstimState.Offers;
import io.bridgehead.broker.estim.EstimState.Outgoing;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.WrittenId;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Effect;
import io.bridgehead.broker.session.Event;
import io.bridgehead.broker.session.Signal;
import io.bridgehead.broker.session.Timer;
import io.bridgehead.broker.session.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Two or three users with a short script each, and every order in which their words, the lookups and the time-outs can
 * come: a small model checker. From one session to another words keep their order; nothing else is promised.
 *
 * <p>Never a state without a way out, never one end bridged and the other not once all is quiet, exactly one answer to
 * every call, and a call waits exactly as long as its timer runs.
 */
class EstimInterleavingsTest {

    private static final List<String> NAMES = List.of("ann", "bob", "cat");
    private static final EstimSession SESSION = new EstimSession(new EstimConfig(
            List.of(), List.of(), "", "", 1024, Duration.ofSeconds(60), Duration.ofSeconds(60), 2, List.of(), null));

    /** Something a user does, once the condition holds: {@code asked} empty, or asked by that user. */
    private record Step(Optional<String> asked, Event<EstimCommand> event) {}

    private record Route(int from, int to) {}

    /** A bridge's ends; -1: not there yet. */
    private record Ends(int caller, int callee) {}

    /** All there is at one moment. Immutable in use: a move works on a copy. */
    private record World(
            List<EstimState> states,
            List<Integer> done,
            List<Set<String>> heard,
            Map<Route, List<Event<EstimCommand>>> underWay,
            List<Effect.Ring<EstimReply>> lookups,
            Set<Integer> callTimers,
            Map<CallId, Ends> bridges) {

        World copy() {
            Map<Route, List<Event<EstimCommand>>> queues = new HashMap<>();
            underWay.forEach((route, queue) -> queues.put(route, new ArrayList<>(queue)));
            return new World(
                    new ArrayList<>(states),
                    new ArrayList<>(done),
                    new ArrayList<>(heard.stream().map(HashSet::new).toList()),
                    queues,
                    new ArrayList<>(lookups), new HashSet<>(callTimers), new HashMap<>(bridges));
        }

        void send(int from, int to, Event<EstimCommand> event) {
            underWay.computeIfAbsent(new Route(from, to), r -> new ArrayList<>()).add(event);
        }
    }

    private final Set<World> seen = new HashSet<>();
    private final List<String> trace = new ArrayList<>();
    private final Set<String> endings = new HashSet<>();
    private List<List<Step>> scripts = List.of();
    private boolean timeOuts;
    private Consumer<World> atTheEnd = world -> {};

    @Test
    void callAndAccept() {
        timeOuts = true;
        explore(List.of(connect("bob"), end()), List.of(accept("ann"), end()));
        assertThat(endings).contains("Idle Idle");
    }

    @Test
    void callAndRejectOrNobodyAnswers() {
        timeOuts = true;
        explore(List.of(connect("bob"), end(), connect("bob")), List.of(reject("ann"), reject("ann")));
    }

    @Test
    void callsThatCrossSettleOnOneBridge() {
        atTheEnd = world -> assertThat(world.states()).allMatch(Bridged.class::isInstance);
        explore(List.of(connect("bob"), accept("bob")), List.of(connect("ann"), accept("ann")));
    }

    @Test
    void callsThatCrossSettleWhateverElseTheyDo() {
        timeOuts = true;
        explore(List.of(connect("bob"), accept("bob"), end()), List.of(connect("ann"), accept("ann"), leave()));
        explore(List.of(connect("bob"), accept("bob")), List.of(connect("ann"), reject("ann"), connect("ann")));
        explore(List.of(connect("bob"), end(), accept("bob")), List.of(connect("ann"), accept("ann"), end()));
    }

    @Test
    void twoCallersAndOneWhoTakesOne() {
        explore(List.of(connect("cat")), List.of(connect("cat")), List.of(accept("ann"), accept("bob"), end()));
        timeOuts = true;
        explore(List.of(connect("cat"), end()), List.of(connect("cat")), List.of(accept("ann"), reject("bob")));
    }

    @Test
    void callsInACircle() {
        explore(
                List.of(connect("bob"), accept("cat")),
                List.of(connect("cat"), accept("ann")),
                List.of(connect("ann"), accept("bob")));
    }

    @Test
    void oneIsCalledWhileCallsCross() {
        explore(
                List.of(connect("bob"), accept("bob")),
                List.of(connect("ann"), accept("ann"), accept("cat")),
                List.of(connect("bob"), leave()));
    }

    @Test
    void eitherMayGoAtAnyMoment() {
        timeOuts = true;
        explore(List.of(connect("bob"), leave()), List.of(accept("ann"), leave()));
        explore(List.of(connect("bob"), end(), leave()), List.of(accept("ann"), evict(), leave()));
    }

    // ---- the explorer

    @SafeVarargs
    @SuppressWarnings("varargs")
    private void explore(List<Step>... users) {
        scripts = List.of(users);
        seen.clear();
        trace.clear();
        World world = new World(
                new ArrayList<>(), new ArrayList<>(Collections.nCopies(users.length, 0)), new ArrayList<>(),
                new HashMap<>(), new ArrayList<>(), new HashSet<>(), new HashMap<>());
        for (int user = 0; user < users.length; user++) {
            world.states().add(new Idle(party(user), Offers.NONE, Optional.empty(), 0));
            world.heard().add(new HashSet<>());
        }
        visit(world);
        assertThat(seen.size()).as("situations looked at").isGreaterThan(10);
    }

    private void visit(World world) {
        if (!seen.add(world)) {
            return;
        }
        boolean quiet = true;
        for (int user = 0; user < scripts.size(); user++) {
            int at = user;
            List<Step> script = scripts.get(user);
            int done = world.done().get(user);
            if (done < script.size() && mayAct(world, user, script.get(done))) {
                quiet = false;
                move(world, NAMES.get(user) + " " + script.get(done).event(), next -> {
                    next.done().set(at, done + 1);
                    script.get(done).asked().ifPresent(next.heard().get(at)::remove);
                    happen(next, at, script.get(done).event());
                });
            }
            if (timeOuts && world.callTimers().contains(user)) {
                quiet = false;
                move(world, NAMES.get(user) + "'s call times out", next -> {
                    next.callTimers().remove(at);
                    happen(next, at, new Event.TimedOut<>(Timer.CALL));
                });
            }
        }
        for (Route route : world.underWay().keySet()) {
            quiet = false;
            Event<EstimCommand> event = world.underWay().get(route).getFirst();
            move(world, NAMES.get(route.from()) + " -> " + NAMES.get(route.to()) + " " + event, next -> {
                List<Event<EstimCommand>> queue = next.underWay().get(route);
                queue.removeFirst();
                if (queue.isEmpty()) {
                    next.underWay().remove(route);
                }
                happen(next, route.to(), event);
            });
        }
        for (int lookup = 0; lookup < world.lookups().size(); lookup++) {
            quiet = false;
            int index = lookup;
            move(world, "lookup " + world.lookups().get(lookup), next -> lookUp(next, next.lookups().remove(index)));
        }
        if (quiet) {
            checkQuiet(world);
        }
    }

    private boolean mayAct(World world, int user, Step step) {
        EstimState state = world.states().get(user);
        boolean inputFlows = !(step.event() instanceof Event.Command<?>) || !SESSION.awaits(state);
        return inputFlows
                && !(state instanceof EstimState.Closed)
                && step.asked().map(world.heard().get(user)::contains).orElse(true);
    }

    private void move(World world, String what, Consumer<World> change) {
        trace.add(what);
        World next = world.copy();
        change.accept(next);
        visit(next);
        trace.removeLast();
    }

    private void lookUp(World world, Effect.Ring<EstimReply> ring) {
        int caller = index(ring.caller());
        int callee = NAMES.indexOf(ring.callee().local());
        if (world.states().get(callee) instanceof EstimState.Closed) {
            Signal answer = new Signal.Answered(ring.call(), CallOutcome.UNAVAILABLE);
            world.send(caller, caller, new Event.Signalled<>(answer));
        } else if (SESSION.calls(world.states().get(caller), ring.call())) {
            happen(world, caller, new Event.Ringing<>(ring.call(), party(callee)));
            world.send(caller, callee, new Event.Signalled<>(new Signal.Rung(ring.call(), ring.caller())));
        }
    }

    private void happen(World world, int user, Event<EstimCommand> event) {
        EstimState before = world.states().get(user);
        Transition<EstimState, EstimReply> transition = SESSION.on(before, event);
        world.states().set(user, transition.state());
        transition.effects().forEach(effect -> carryOut(world, user, effect));
        checkAnswers(before, event, transition);
        assertThat(outgoing(transition.state()).isPresent())
                .as("%s has a call and a timer for it%n%s", NAMES.get(user), trace)
                .isEqualTo(world.callTimers().contains(user));
    }

    private void carryOut(World world, int user, Effect<EstimReply> effect) {
        switch (effect) {
            case Effect.Reply<EstimReply>(EstimReply reply) -> {
                if (reply instanceof EstimReply.Asked(String caller)) {
                    world.heard().get(user).add(caller);
                }
            }
            case Effect.Ring<EstimReply> ring -> world.lookups().add(ring);
            case Effect.Tell<EstimReply>(SessionAddress to, Signal signal) ->
                world.send(user, (int) to.session().number(), new Event.Signalled<>(signal));
            case Effect.Accept<EstimReply>(CallId call, Party caller, Party callee) ->
                world.send(user, index(caller), new Event.Signalled<>(new Signal.Accepted(call, callee)));
            case Effect.Splice<EstimReply>(CallId call, Party partner, boolean caller) -> {
                Ends open = world.bridges().get(call);
                if (caller) {
                    world.bridges().put(call, new Ends(user, -1));
                } else if (open != null) {
                    world.bridges().put(call, new Ends(open.caller(), user));
                } else {
                    world.send(user, user, new Event.Signalled<>(new Signal.Ended(call)));
                }
            }
            case Effect.Unsplice<EstimReply>(CallId call) -> {
                Ends open = world.bridges().remove(call);
                int other = open == null ? -1 : open.caller() == user ? open.callee() : open.caller();
                if (other >= 0) {
                    world.send(user, other, new Event.Signalled<>(new Signal.Ended(call)));
                }
            }
            case Effect.StartTimer<EstimReply>(Timer timer, Duration after) -> world.callTimers().add(user);
            case Effect.StopTimer<EstimReply>(Timer timer) -> world.callTimers().remove(user);
            case Effect.Close<EstimReply> c -> {}
            case Effect.Register<EstimReply> r -> {}
            case Effect.Unregister<EstimReply> u -> {}
            case Effect.ListUsers<EstimReply> l -> {}
            case Effect.SetVisible<EstimReply> s -> {}
            case Effect.Describe<EstimReply> d -> {}
        }
    }

    // ---- what must hold

    /** A call that ends is answered once, unless its caller took it back; a call that goes on is not answered. */
    private void checkAnswers(EstimState before, Event<EstimCommand> event, Transition<EstimState, EstimReply> after) {
        long answers = after.effects().stream()
                .filter(effect -> effect instanceof Effect.Reply<EstimReply>(EstimReply reply)
                        && (reply instanceof EstimReply.Connected
                                || reply instanceof EstimReply.Denied
                                || reply instanceof EstimReply.Busy
                                || reply instanceof EstimReply.Unavailable))
                .count();
        Optional<CallId> call = outgoing(before).map(Outgoing::call);
        boolean over = call.isPresent() && !call.equals(outgoing(after.state()).map(Outgoing::call));
        boolean takenBack = event instanceof Event.Command<?> || event instanceof Event.Disconnected<?>
                || event instanceof Event.Evicted<?>;
        // who accepts the very user it calls waits for one answer to both
        boolean oneForBoth = before instanceof Accepting && after.state() instanceof Accepting;
        if (over && !takenBack && !(oneForBoth && answers == 0)) {
            assertThat(answers).as("answers at %s%n%s", event, trace).isOne();
        } else if (call.isPresent() && !over && !(before instanceof Accepting) && !takenBack) {
            assertThat(answers).as("answers at %s%n%s", event, trace).isZero();
        }
    }

    private void checkQuiet(World world) {
        endings.add(String.join(" ", world.states().stream().map(s -> s.getClass().getSimpleName()).toList()));
        Map<CallId, Ends> bridged = new HashMap<>();
        for (int user = 0; user < scripts.size(); user++) {
            EstimState state = world.states().get(user);
            assertThat(SESSION.awaits(state)).as("%s waits for ever%n%s", state, trace).isFalse();
            if (state instanceof Bridged(Party self, CallId call, Party partner, int calls)) {
                assertThat(world.states().get(index(partner)))
                        .as("the partner of %s%n%s", self.displayName(), trace)
                        .isInstanceOfSatisfying(Bridged.class, other -> {
                            assertThat(other.call()).isEqualTo(call);
                            assertThat(other.partner()).isEqualTo(self);
                        });
                boolean caller = call.caller().equals(self.address().session());
                bridged.put(call, caller ? new Ends(user, index(partner)) : new Ends(index(partner), user));
            }
            if (state instanceof Idle idle && timeOuts) {
                assertThat(idle.outgoing()).as("%s%n%s", idle, trace).isEmpty();
            }
            if (state instanceof Idle idle) {
                idle.offers().live().forEach(offer -> {
                    EstimState caller = world.states().get(index(offer.caller()));
                    assertThat(outgoing(caller).map(Outgoing::call))
                            .as("whose call rings at %s%n%s", idle.self().displayName(), trace)
                            .contains(offer.call());
                });
            }
        }
        assertThat(world.bridges()).as("open bridges%n%s", trace).isEqualTo(bridged);
        atTheEnd.accept(world);
    }

    private static Optional<Outgoing> outgoing(EstimState state) {
        return switch (state) {
            case Idle idle -> idle.outgoing();
            case Accepting accepting -> accepting.outgoing();
            default -> Optional.empty();
        };
    }

    // ---- words

    private static Step connect(String callee) {
        return new Step(Optional.empty(), new Event.Command<>(new EstimCommand.Connect(written(callee))));
    }

    private static Step accept(String caller) {
        return new Step(Optional.of(caller), new Event.Command<>(new EstimCommand.Accept(written(caller))));
    }

    private static Step reject(String caller) {
        return new Step(Optional.of(caller), new Event.Command<>(new EstimCommand.Reject(written(caller))));
    }

    private static Step end() {
        return new Step(Optional.empty(), new Event.Command<>(new EstimCommand.End()));
    }

    private static Step leave() {
        return new Step(Optional.empty(), new Event.Disconnected<>(CloseReason.PEER_GONE));
    }

    private static Step evict() {
        return new Step(Optional.empty(), new Event.Evicted<>(CloseReason.BANNED));
    }

    private static WrittenId written(String name) {
        return WrittenId.parse(name, DecoderTester.HOME).orElseThrow();
    }

    private static Party party(int user) {
        SessionAddress address = new SessionAddress(new NodeId("n1"), new SessionId(1, user));
        return new Party(address, new AccountId(NAMES.get(user), DecoderTester.HOME), NAMES.get(user));
    }

    private static int index(Party party) {
        return (int) party.address().session().number();
    }
}
