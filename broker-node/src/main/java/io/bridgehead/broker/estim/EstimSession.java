package io.bridgehead.broker.estim;

import io.bridgehead.broker.config.EstimConfig;
import io.bridgehead.broker.estim.EstimState.Accepting;
import io.bridgehead.broker.estim.EstimState.Bridged;
import io.bridgehead.broker.estim.EstimState.Closed;
import io.bridgehead.broker.estim.EstimState.Idle;
import io.bridgehead.broker.estim.EstimState.Offer;
import io.bridgehead.broker.estim.EstimState.Offers;
import io.bridgehead.broker.estim.EstimState.Outgoing;
import io.bridgehead.broker.estim.EstimState.Registering;
import io.bridgehead.broker.estim.EstimState.Unregistered;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Credentials;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.Nickname;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.WrittenId;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Effect;
import io.bridgehead.broker.session.Event;
import io.bridgehead.broker.session.Registration;
import io.bridgehead.broker.session.Session;
import io.bridgehead.broker.session.Signal;
import io.bridgehead.broker.session.Timer;
import io.bridgehead.broker.session.Transition;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The line protocol as a function; its states are drawn at {@link EstimState}. Source: {@code protocols.md} §1. One
 * instance serves all connections; any thread.
 */
final class EstimSession implements Session<EstimState, EstimCommand, EstimReply> {

    private static final Closed CLOSED = new Closed();

    private final Duration registrationTimeout;
    private final Duration callTimeout;
    private final int maxOffers;

    EstimSession(EstimConfig config) {
        this.registrationTimeout = config.registrationTimeout();
        this.callTimeout = config.callTimeout();
        this.maxOffers = config.maxOffers();
    }

    @Override
    public EstimState opened(SessionAddress self, String remoteAddress) {
        return new Unregistered(self, remoteAddress);
    }

    @Override
    public boolean awaits(EstimState state) {
        return state instanceof Registering || state instanceof Accepting;
    }

    @Override
    public Transition<EstimState, EstimReply> on(EstimState state, Event<EstimCommand> event) {
        return switch (event) {
            case Event.Opened<EstimCommand>(int users) ->
                Transition.to(state, reply(new EstimReply.Info(users)), start(Timer.REGISTRATION, registrationTimeout));
            case Event.Command<EstimCommand>(EstimCommand command) -> command(state, command);
            case Event.Malformed<EstimCommand>(String problem, boolean fatal) ->
                fatal ? close(state, CloseReason.LINE_TOO_LONG, problem) : problem(state, problem);
            case Event.TimedOut<EstimCommand>(Timer timer) -> timedOut(state, timer);
            case Event.RegistrationDecided<EstimCommand>(Registration outcome) -> decided(state, outcome);
            case Event.Ringing<EstimCommand>(CallId call, Party callee) -> ringing(state, call, callee);
            case Event.Listed<EstimCommand>(List<String> visible, int total) ->
                state instanceof Closed
                        ? Transition.to(state)
                        : total < 0
                                ? problem(state, "try again")
                                : Transition.to(state, reply(new EstimReply.UserList(visible, total)));
            case Event.VisibilitySet<EstimCommand>(boolean visible, boolean stored) ->
                stored || state instanceof Closed ? Transition.to(state) : problem(state, "try again");
            case Event.Signalled<EstimCommand>(Signal signal) -> signal(state, signal);
            case Event.NodeGone<EstimCommand>(NodeId node) -> nodeGone(state, node);
            case Event.Evicted<EstimCommand>(CloseReason reason) -> evicted(state, reason);
            case Event.Disconnected<EstimCommand>(CloseReason reason) ->
                state instanceof Closed ? Transition.to(state) : new Transition<>(CLOSED, leave(state));
        };
    }

    // ---- what the client asks for

    private Transition<EstimState, EstimReply> command(EstimState state, EstimCommand command) {
        return switch (command) {
            case EstimCommand.Help h -> Transition.to(state, reply(new EstimReply.Help()));
            case EstimCommand.Quit q -> close(state, CloseReason.QUIT);
            case EstimCommand.Register register -> register(state, register);
            case EstimCommand.Users u ->
                self(state).isPresent() ? Transition.to(state, new Effect.ListUsers<>()) : notRegistered(state);
            case EstimCommand.Visible v -> visibility(state, true);
            case EstimCommand.Invisible i -> visibility(state, false);
            case EstimCommand.Connect(var callee) -> switch (state) {
                case Idle idle -> connect(idle, callee);
                case Bridged bridged -> problem(state, "already connected to " + bridged.partner().displayName());
                default -> notRegistered(state);
            };
            case EstimCommand.Accept(var caller) -> switch (state) {
                case Idle idle -> answer(idle, caller, true);
                case Bridged b -> problem(state, "no connect request from " + caller.written());
                default -> notRegistered(state);
            };
            case EstimCommand.Reject(var caller) -> switch (state) {
                case Idle idle -> answer(idle, caller, false);
                case Bridged b -> problem(state, "no connect request from " + caller.written());
                default -> notRegistered(state);
            };
            case EstimCommand.End e -> switch (state) {
                case Idle idle -> withdraw(idle);
                case Bridged bridged -> Transition.to(idle(bridged), new Effect.Unsplice<>(bridged.call()));
                default -> notRegistered(state);
            };
        };
    }

    private Transition<EstimState, EstimReply> register(EstimState state, EstimCommand.Register request) {
        if (!(state instanceof Unregistered unregistered)) {
            Optional<Party> self = self(state);
            boolean again = self.filter(s -> s.account().equals(request.id().id())).isPresent();
            return again
                    ? Transition.to(state, reply(new EstimReply.Registered(request.id().written())))
                    : problem(state, "already registered as " + self.map(Party::displayName).orElse("another"));
        }
        Credentials credentials = new Credentials(
                request.id().id(), request.id().written(), request.pin(), unregistered.remoteAddress());
        return Transition.to(
                new Registering(unregistered.self(), unregistered.remoteAddress(), request),
                new Effect.Register<>(credentials));
    }

    private Transition<EstimState, EstimReply> connect(
            Idle idle, WrittenId callee) {
        if (idle.outgoing().isPresent()) {
            return problem(idle, "already calling " + idle.outgoing().get().written().written());
        }
        if (callee.id().equals(idle.self().account())) {
            return problem(idle, "cannot call yourself");
        }
        CallId call = new CallId(idle.self().address().session(), idle.calls() + 1);
        Idle calling = new Idle(
                idle.self(),
                idle.offers(),
                Optional.of(new Outgoing(call, callee, Optional.empty())),
                idle.calls() + 1);
        return Transition.to(
                calling, new Effect.Ring<>(call, idle.self(), callee.id()), start(Timer.CALL, callTimeout));
    }

    private Transition<EstimState, EstimReply> answer(
            Idle idle, WrittenId caller, boolean yes) {
        Optional<Offer> found = idle.offers().from(caller);
        if (found.isEmpty()) {
            return problem(idle, "no connect request from " + caller.written());
        }
        Offer offer = found.get();
        Offers others = idle.offers().without(offer.call());
        if (offer.gone()) {
            return Transition.to(
                    new Idle(idle.self(), others, idle.outgoing(), idle.calls()),
                    reply(new EstimReply.Unavailable(caller.written())));
        }
        if (!yes) {
            return Transition.to(
                    new Idle(idle.self(), others, idle.outgoing(), idle.calls()),
                    tell(offer.caller(), new Signal.Answered(offer.call(), CallOutcome.DENIED)));
        }
        // a call of ours to the same user stays: if they accept it at this moment, the two must agree on one of them
        boolean crossed = idle.outgoing()
                .flatMap(Outgoing::callee)
                .filter(callee -> callee.account().equals(offer.caller().account()))
                .isPresent();
        List<Effect<EstimReply>> effects = new ArrayList<>();
        if (!crossed) {
            effects.addAll(withdrawal(idle.outgoing()));
        }
        effects.add(new Effect.Accept<>(offer.call(), offer.caller(), idle.self()));
        Optional<Outgoing> kept = crossed ? idle.outgoing() : Optional.empty();
        return new Transition<>(
                new Accepting(idle.self(), others, kept, idle.calls(), offer, caller), effects);
    }

    private Transition<EstimState, EstimReply> withdraw(Idle idle) {
        Idle quiet = new Idle(idle.self(), idle.offers(), Optional.empty(), idle.calls());
        return new Transition<>(quiet, withdrawal(idle.outgoing()));
    }

    private Transition<EstimState, EstimReply> visibility(EstimState state, boolean visible) {
        return self(state)
                .map(self -> Transition.<EstimState, EstimReply>to(
                        state, new Effect.SetVisible<>(self.account(), visible)))
                .orElseGet(() -> notRegistered(state));
    }

    // ---- what the broker answers

    private Transition<EstimState, EstimReply> decided(EstimState state, Registration outcome) {
        if (!(state instanceof Registering registering)) {
            // closed meanwhile: what was claimed for us must not stay
            return outcome instanceof Registration.Registered(Entitlement entitlement)
                    ? Transition.to(state, new Effect.Unregister<>(entitlement.account()))
                    : Transition.to(state);
        }
        Unregistered before = new Unregistered(registering.self(), registering.remoteAddress());
        return switch (outcome) {
            case Registration.Refused(Registration.Refusal refusal) ->
                Transition.to(before, reply(new EstimReply.Failed(refusal)));
            case Registration.TryAgain(Duration after) -> problem(before, "try again");
            case Registration.Registered(Entitlement entitlement) -> {
                String display = entitlement.nickname().map(Nickname::text)
                        .orElse(registering.request().id().written());
                Party self = new Party(registering.self(), entitlement.account(), display);
                yield Transition.to(
                        new Idle(self, Offers.NONE, Optional.empty(), 0),
                        new Effect.StopTimer<>(Timer.REGISTRATION),
                        reply(welcome(registering.request(), entitlement, display)));
            }
        };
    }

    private static EstimReply welcome(EstimCommand.Register request, Entitlement entitlement, String display) {
        String id = request.id().written();
        return request.profile().isEmpty()
                ? new EstimReply.Registered(id)
                : new EstimReply.RegisteredV2(
                        id, entitlement.expiresAt().map(end -> end.atZone(ZoneOffset.UTC).toLocalDate()), display);
    }

    private Transition<EstimState, EstimReply> ringing(EstimState state, CallId call, Party callee) {
        if (state instanceof Idle idle && isOurs(idle.outgoing(), call)) {
            Outgoing ringing = new Outgoing(call, idle.outgoing().get().written(), Optional.of(callee));
            return Transition.to(new Idle(idle.self(), idle.offers(), Optional.of(ringing), idle.calls()));
        }
        if (call.equals(currentCall(state))) {
            return Transition.to(state);
        }
        // given up before it was known whom to tell
        return Transition.to(state, tell(callee, new Signal.Withdrawn(call)));
    }

    private Transition<EstimState, EstimReply> timedOut(EstimState state, Timer timer) {
        return switch (timer) {
            case REGISTRATION ->
                state instanceof Unregistered || state instanceof Registering
                        ? close(state, CloseReason.REGISTRATION_TIMEOUT, "registration time-out")
                        : Transition.to(state);
            case CALL -> {
                if (!(state instanceof Idle idle) || idle.outgoing().isEmpty()) {
                    yield Transition.to(state);
                }
                List<Effect<EstimReply>> effects = new ArrayList<>(withdrawal(idle.outgoing()));
                effects.add(reply(new EstimReply.Unavailable(idle.outgoing().get().written().written())));
                yield new Transition<>(new Idle(idle.self(), idle.offers(), Optional.empty(), idle.calls()), effects);
            }
        };
    }

    // ---- what other sessions say

    private Transition<EstimState, EstimReply> signal(EstimState state, Signal signal) {
        return switch (signal) {
            case Signal.Rung(CallId call, Party caller) -> rung(state, call, caller);
            case Signal.Withdrawn(CallId call) -> state instanceof Idle idle
                    ? Transition.to(
                            new Idle(idle.self(), idle.offers().withdrawn(call), idle.outgoing(), idle.calls()))
                    : Transition.to(state);
            case Signal.Answered(CallId call, CallOutcome outcome) -> answered(state, call, outcome);
            case Signal.Accepted(CallId call, Party callee) -> accepted(state, call, callee);
            case Signal.Confirmed(CallId call) -> confirmed(state, call);
            case Signal.Gone(CallId call) -> state instanceof Accepting a && a.chosen().call().equals(call)
                    ? Transition.to(
                            new Idle(a.self(), a.offers(), a.outgoing(), a.calls()),
                            reply(new EstimReply.Unavailable(a.written().written())))
                    : Transition.to(state);
            case Signal.Ended(CallId call) -> state instanceof Bridged bridged && bridged.call().equals(call)
                    ? Transition.to(
                            idle(bridged), new Effect.Unsplice<>(call), reply(new EstimReply.Disconnected()))
                    : Transition.to(state);
        };
    }

    /** Whoever was on that node has gone: calls from there are withdrawn, ours to there is not answered any more. */
    private Transition<EstimState, EstimReply> nodeGone(EstimState state, NodeId node) {
        if (state instanceof Accepting a && isOn(a.chosen().caller(), node)) {
            return Transition.to(
                    new Idle(a.self(), a.offers().withdrawnFrom(node), a.outgoing(), a.calls()),
                    reply(new EstimReply.Unavailable(a.written().written())));
        }
        if (!(state instanceof Idle idle)) {
            return Transition.to(state);
        }
        Offers offers = idle.offers().withdrawnFrom(node);
        Optional<Outgoing> lost = idle.outgoing().filter(
                call -> call.callee().filter(callee -> isOn(callee, node)).isPresent());
        return lost.isEmpty()
                ? Transition.to(new Idle(idle.self(), offers, idle.outgoing(), idle.calls()))
                : Transition.to(
                        new Idle(idle.self(), offers, Optional.empty(), idle.calls()),
                        new Effect.StopTimer<>(Timer.CALL),
                        reply(new EstimReply.Unavailable(lost.get().written().written())));
    }

    private static boolean isOn(Party party, NodeId node) {
        return party.address().node().equals(node);
    }

    private Transition<EstimState, EstimReply> rung(EstimState state, CallId call, Party caller) {
        return switch (state) {
            case Idle idle -> {
                boolean known = idle.offers().live().stream()
                        .anyMatch(offer -> offer.caller().account().equals(caller.account()));
                if (!known && idle.offers().live().size() >= maxOffers) {
                    yield Transition.to(state, tell(caller, new Signal.Answered(call, CallOutcome.BUSY)));
                }
                Offers offers = idle.offers().with(new Offer(call, caller, false), maxOffers);
                yield Transition.to(
                        new Idle(idle.self(), offers, idle.outgoing(), idle.calls()),
                        reply(new EstimReply.Asked(caller.displayName())));
            }
            case Accepting a -> Transition.to(state, tell(caller, new Signal.Answered(call, CallOutcome.BUSY)));
            case Bridged b -> Transition.to(state, tell(caller, new Signal.Answered(call, CallOutcome.BUSY)));
            case Unregistered u -> unavailable(state, call, caller);
            case Registering r -> unavailable(state, call, caller);
            case Closed c -> unavailable(state, call, caller);
        };
    }

    private static Transition<EstimState, EstimReply> unavailable(EstimState state, CallId call, Party caller) {
        return Transition.to(state, tell(caller, new Signal.Answered(call, CallOutcome.UNAVAILABLE)));
    }

    private Transition<EstimState, EstimReply> answered(EstimState state, CallId call, CallOutcome outcome) {
        if (state instanceof Accepting a && isOurs(a.outgoing(), call)) {
            return Transition.to(
                    new Accepting(a.self(), a.offers(), Optional.empty(), a.calls(), a.chosen(), a.written()),
                    new Effect.StopTimer<>(Timer.CALL));
        }
        if (!(state instanceof Idle idle) || !isOurs(idle.outgoing(), call)) {
            return Transition.to(state);
        }
        String written = idle.outgoing().get().written().written();
        EstimReply told =
                switch (outcome) {
                    case DENIED -> new EstimReply.Denied();
                    case BUSY -> new EstimReply.Busy(written);
                    case UNAVAILABLE -> new EstimReply.Unavailable(written);
                    case SELF -> new EstimReply.Problem("cannot call yourself");
                    case TRY_AGAIN -> new EstimReply.Problem("try again");
                };
        return Transition.to(
                new Idle(idle.self(), idle.offers(), Optional.empty(), idle.calls()),
                new Effect.StopTimer<>(Timer.CALL),
                reply(told));
    }

    private Transition<EstimState, EstimReply> accepted(EstimState state, CallId call, Party callee) {
        return switch (state) {
            case Idle idle when isOurs(idle.outgoing(), call) ->
                bridge(idle.self(), idle.offers(), idle.calls(), call, callee);
            case Accepting a when isOurs(a.outgoing(), call) && call.compareTo(a.chosen().call()) < 0 ->
                // both said yes to each other at once: the lower call counts, on both sides
                bridge(a.self(), a.offers(), a.calls(), call, callee);
            case Accepting a when isOurs(a.outgoing(), call) -> Transition.to(
                    new Accepting(a.self(), a.offers(), Optional.empty(), a.calls(), a.chosen(), a.written()),
                    new Effect.StopTimer<>(Timer.CALL),
                    tell(callee, new Signal.Gone(call)));
            case Idle i -> Transition.to(state, tell(callee, new Signal.Gone(call)));
            case Accepting a -> Transition.to(state, tell(callee, new Signal.Gone(call)));
            case Bridged b -> Transition.to(state, tell(callee, new Signal.Gone(call)));
            case Unregistered u -> Transition.to(state, tell(callee, new Signal.Gone(call)));
            case Registering r -> Transition.to(state, tell(callee, new Signal.Gone(call)));
            case Closed c -> Transition.to(state, tell(callee, new Signal.Gone(call)));
        };
    }

    /** The caller's side: the last word is ours, and it is yes. */
    private Transition<EstimState, EstimReply> bridge(
            Party self, Offers offers, int calls, CallId call, Party callee) {
        List<Effect<EstimReply>> effects = new ArrayList<>();
        effects.add(new Effect.StopTimer<>(Timer.CALL));
        effects.add(new Effect.Splice<>(call, callee, true));
        effects.add(tell(callee, new Signal.Confirmed(call)));
        effects.addAll(turnAway(offers, callee));
        effects.add(reply(new EstimReply.Connected()));
        return new Transition<>(new Bridged(self, call, callee, calls), effects);
    }

    /** The callee's side. */
    private Transition<EstimState, EstimReply> confirmed(EstimState state, CallId call) {
        if (state instanceof Accepting a && a.chosen().call().equals(call)) {
            List<Effect<EstimReply>> effects = new ArrayList<>(withdrawal(a.outgoing()));
            effects.add(new Effect.Splice<>(call, a.chosen().caller(), false));
            effects.addAll(turnAway(a.offers(), a.chosen().caller()));
            effects.add(reply(new EstimReply.Connected()));
            return new Transition<>(new Bridged(a.self(), call, a.chosen().caller(), a.calls()), effects);
        }
        return Transition.to(state);
    }

    private static List<Effect<EstimReply>> turnAway(Offers offers, Party chosen) {
        return offers.live().stream()
                .filter(offer -> !offer.caller().account().equals(chosen.account()))
                .map(offer -> tell(offer.caller(), new Signal.Answered(offer.call(), CallOutcome.BUSY)))
                .toList();
    }

    // ---- ends

    private Transition<EstimState, EstimReply> evicted(EstimState state, CloseReason reason) {
        if (state instanceof Closed) {
            return Transition.to(state);
        }
        return switch (reason) {
            case BANNED -> close(state, reason, new EstimReply.Failed(Registration.Refusal.BANNED));
            case EXPIRED -> close(state, reason, new EstimReply.Failed(Registration.Refusal.EXPIRED));
            case REMOVED -> close(state, reason, new EstimReply.Failed(Registration.Refusal.NO_ACCOUNT));
            case REGISTERED_ELSEWHERE -> close(state, reason, "registered elsewhere");
            case KICKED -> close(state, reason, "disconnected by the operator");
            case SHUTDOWN -> close(state, reason, "broker is shutting down");
            case PEER_GONE, QUIT, LINE_TOO_LONG, REGISTRATION_TIMEOUT, WRITE_TIMEOUT, PROTOCOL_ERROR, INTERNAL_ERROR ->
                close(state, reason);
        };
    }

    private Transition<EstimState, EstimReply> close(EstimState state, CloseReason reason, String text) {
        return close(state, reason, new EstimReply.Problem(text));
    }

    private Transition<EstimState, EstimReply> close(EstimState state, CloseReason reason, EstimReply... lastWords) {
        if (state instanceof Closed) {
            return Transition.to(state);
        }
        List<Effect<EstimReply>> effects = new ArrayList<>(leave(state));
        for (EstimReply word : lastWords) {
            effects.add(reply(word));
        }
        effects.add(new Effect.Close<>(reason));
        return new Transition<>(CLOSED, effects);
    }

    /** Everybody who waits for this session is told; what it holds is given up. */
    private List<Effect<EstimReply>> leave(EstimState state) {
        List<Effect<EstimReply>> effects = new ArrayList<>();
        switch (state) {
            case Unregistered u -> effects.add(new Effect.StopTimer<>(Timer.REGISTRATION));
            case Registering r -> effects.add(new Effect.StopTimer<>(Timer.REGISTRATION));
            case Idle idle -> {
                effects.addAll(withdrawal(idle.outgoing()));
                effects.addAll(declineAll(idle.offers()));
            }
            case Accepting accepting -> {
                effects.addAll(withdrawal(accepting.outgoing()));
                effects.addAll(declineAll(accepting.offers()));
                // if the caller has said its last word already, there is a bridge with nobody at this end
                effects.add(tell(accepting.chosen().caller(), new Signal.Ended(accepting.chosen().call())));
                effects.add(tell(
                        accepting.chosen().caller(),
                        new Signal.Answered(accepting.chosen().call(), CallOutcome.UNAVAILABLE)));
            }
            case Bridged bridged -> effects.add(new Effect.Unsplice<>(bridged.call()));
            case Closed c -> {}
        }
        self(state).ifPresent(self -> effects.add(new Effect.Unregister<>(self.account())));
        return effects;
    }

    private static List<Effect<EstimReply>> declineAll(Offers offers) {
        return offers.live().stream()
                .map(offer -> tell(offer.caller(), new Signal.Answered(offer.call(), CallOutcome.UNAVAILABLE)))
                .toList();
    }

    private static List<Effect<EstimReply>> withdrawal(Optional<Outgoing> outgoing) {
        List<Effect<EstimReply>> effects = new ArrayList<>();
        outgoing.ifPresent(call -> {
            effects.add(new Effect.StopTimer<>(Timer.CALL));
            call.callee().ifPresent(callee -> effects.add(tell(callee, new Signal.Withdrawn(call.call()))));
        });
        return effects;
    }

    // ---- small words

    private static Idle idle(Bridged bridged) {
        return new Idle(bridged.self(), Offers.NONE, Optional.empty(), bridged.calls());
    }

    private static Optional<Party> self(EstimState state) {
        return switch (state) {
            case Idle idle -> Optional.of(idle.self());
            case Accepting accepting -> Optional.of(accepting.self());
            case Bridged bridged -> Optional.of(bridged.self());
            case Unregistered u -> Optional.empty();
            case Registering r -> Optional.empty();
            case Closed c -> Optional.empty();
        };
    }

    private static CallId currentCall(EstimState state) {
        return switch (state) {
            case Bridged bridged -> bridged.call();
            case Accepting accepting -> accepting.outgoing().map(Outgoing::call).orElse(null);
            case Idle i -> null;
            case Unregistered u -> null;
            case Registering r -> null;
            case Closed c -> null;
        };
    }

    private static boolean isOurs(Optional<Outgoing> outgoing, CallId call) {
        return outgoing.filter(ours -> ours.call().equals(call)).isPresent();
    }

    private static Transition<EstimState, EstimReply> notRegistered(EstimState state) {
        return state instanceof Closed ? Transition.to(state) : problem(state, "not registered");
    }

    private static Transition<EstimState, EstimReply> problem(EstimState state, String text) {
        return Transition.to(state, reply(new EstimReply.Problem(text)));
    }

    private static Effect<EstimReply> reply(EstimReply reply) {
        return new Effect.Reply<>(reply);
    }

    private static Effect<EstimReply> tell(Party party, Signal signal) {
        return new Effect.Tell<>(party.address(), signal);
    }

    private static Effect<EstimReply> start(Timer timer, Duration after) {
        return new Effect.StartTimer<>(timer, after);
    }
}
