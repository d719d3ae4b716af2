package io.bridgehead.broker.estim;

import static io.bridgehead.broker.estim.EstimWords.idle;
import static io.bridgehead.broker.estim.EstimWords.isOurs;
import static io.bridgehead.broker.estim.EstimWords.notRegistered;
import static io.bridgehead.broker.estim.EstimWords.problem;
import static io.bridgehead.broker.estim.EstimWords.reply;
import static io.bridgehead.broker.estim.EstimWords.self;
import static io.bridgehead.broker.estim.EstimWords.start;
import static io.bridgehead.broker.estim.EstimWords.tell;
import static io.bridgehead.broker.estim.EstimWords.withdrawal;

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
    private final EstimCalls calls;

    EstimSession(EstimConfig config) {
        this.registrationTimeout = config.registrationTimeout();
        this.calls = new EstimCalls(config.callTimeout(), config.maxOffers());
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
    public boolean calls(EstimState state, CallId call) {
        return switch (state) {
            case Idle idle -> isOurs(idle.outgoing(), call);
            case Accepting accepting -> isOurs(accepting.outgoing(), call);
            case Bridged b -> false;
            case Unregistered u -> false;
            case Registering r -> false;
            case Closed c -> false;
        };
    }

    @Override
    public boolean movable(EstimState state) {
        return switch (state) {
            case Unregistered u -> true;
            case Idle idle -> idle.outgoing().isEmpty() && idle.offers().live().isEmpty();
            case Registering r -> false;
            case Accepting a -> false;
            case Bridged b -> false;
            case Closed c -> false;
        };
    }

    @Override
    public Transition<EstimState, EstimReply> on(EstimState state, Event<EstimCommand> event) {
        return switch (event) {
            case Event.Opened<EstimCommand>(int users) ->
                Transition.to(state, reply(new EstimReply.Info(users)), start(Timer.REGISTRATION, registrationTimeout));
            case Event.Command<EstimCommand>(EstimCommand command) ->
                state instanceof Closed ? Transition.to(state) : command(state, command);
            case Event.Malformed<EstimCommand>(String problem, boolean fatal) when state instanceof Closed ->
                Transition.to(state);
            case Event.Malformed<EstimCommand>(String problem, boolean fatal) ->
                fatal ? close(state, CloseReason.LINE_TOO_LONG, problem) : problem(state, problem);
            case Event.TimedOut<EstimCommand>(Timer timer) -> timedOut(state, timer);
            case Event.RegistrationDecided<EstimCommand>(Registration outcome) -> decided(state, outcome);
            case Event.Ringing<EstimCommand>(CallId call, Party callee) -> calls.ringing(state, call, callee);
            case Event.Listed<EstimCommand>(List<String> visible, int total) ->
                state instanceof Closed
                        ? Transition.to(state)
                        : total < 0
                                ? problem(state, "try again")
                                : Transition.to(state, reply(new EstimReply.UserList(visible, total)));
            case Event.VisibilitySet<EstimCommand>(boolean visible, boolean stored) ->
                stored || state instanceof Closed ? Transition.to(state) : problem(state, "try again");
            case Event.Described<EstimCommand>(String written, Entitlement entitlement) ->
                self(state).isEmpty() ? Transition.to(state) : Transition.to(state, reply(welcomeV2(written, entitlement)));
            case Event.Renamed<EstimCommand>(String displayName) -> Transition.to(renamed(state, displayName));
            case Event.Signalled<EstimCommand>(Signal signal) -> calls.signal(state, signal);
            case Event.NodeGone<EstimCommand>(NodeId node) -> calls.nodeGone(state, node);
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
                case Idle idle -> calls.connect(idle, callee);
                case Bridged bridged -> problem(state, "already connected to " + bridged.partner().displayName());
                default -> notRegistered(state);
            };
            case EstimCommand.Accept(var caller) -> switch (state) {
                case Idle idle -> calls.answer(idle, caller, true);
                // the two called each other, and the other call has led to the bridge meanwhile
                case Bridged b when caller.names(b.partner()) -> Transition.to(state);
                case Bridged b -> problem(state, "no connect request from " + caller.written());
                default -> notRegistered(state);
            };
            case EstimCommand.Reject(var caller) -> switch (state) {
                case Idle idle -> calls.answer(idle, caller, false);
                case Bridged b -> problem(state, "no connect request from " + caller.written());
                default -> notRegistered(state);
            };
            case EstimCommand.End e -> switch (state) {
                case Idle idle -> calls.withdraw(idle);
                case Bridged bridged -> Transition.to(idle(bridged), new Effect.Unsplice<>(bridged.call()));
                default -> notRegistered(state);
            };
        };
    }

    private Transition<EstimState, EstimReply> register(EstimState state, EstimCommand.Register request) {
        if (!(state instanceof Unregistered unregistered)) {
            Optional<Party> self = self(state);
            boolean again = self.filter(s -> s.account().equals(request.id().id())).isPresent();
            if (!again) {
                return problem(state, "already registered as " + self.map(Party::displayName).orElse("another"));
            }
            return request.profile().isEmpty()
                    ? Transition.to(state, reply(new EstimReply.Registered(request.id().written())))
                    : Transition.to(state, new Effect.Describe<>(request.id().id(), request.id().written()));
        }
        Credentials credentials = new Credentials(
                request.id().id(), request.id().written(), request.pin(), unregistered.remoteAddress());
        return Transition.to(
                new Registering(unregistered.self(), unregistered.remoteAddress(), request),
                new Effect.Register<>(credentials));
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
            case Registration.TryAgain(Duration after) -> after.isZero()
                    ? problem(before, "try again")
                    : Transition.to(
                            before,
                            reply(new EstimReply.RetryIn(after)),
                            reply(new EstimReply.Problem("try again")));
            case Registration.Registered(Entitlement entitlement) -> {
                String display = entitlement.nickname().map(Nickname::text)
                        .orElse(registering.request().id().written());
                Party self = new Party(registering.self(), entitlement.account(), display);
                yield Transition.to(
                        new Idle(self, Offers.NONE, Optional.empty(), 0),
                        new Effect.StopTimer<>(Timer.REGISTRATION),
                        reply(welcome(registering.request(), entitlement)));
            }
        };
    }

    private static EstimReply welcome(EstimCommand.Register request, Entitlement entitlement) {
        String id = request.id().written();
        return request.profile().isEmpty() ? new EstimReply.Registered(id) : welcomeV2(id, entitlement);
    }

    private static EstimReply welcomeV2(String written, Entitlement entitlement) {
        return new EstimReply.RegisteredV2(
                written,
                entitlement.expiresAt().map(end -> end.atZone(ZoneOffset.UTC).toLocalDate()),
                entitlement.nickname().map(Nickname::text).orElse(written));
    }

    /** Who was told the old name keeps it until the call or the bridge is over. */
    private static EstimState renamed(EstimState state, String displayName) {
        return switch (state) {
            case Idle i -> new Idle(i.self().withDisplayName(displayName), i.offers(), i.outgoing(), i.calls());
            case Accepting a -> new Accepting(
                    a.self().withDisplayName(displayName), a.offers(), a.outgoing(), a.calls(), a.chosen(), a.written());
            case Bridged b -> new Bridged(b.self().withDisplayName(displayName), b.call(), b.partner(), b.calls());
            case Unregistered u -> u;
            case Registering r -> r;
            case Closed c -> c;
        };
    }

    private Transition<EstimState, EstimReply> timedOut(EstimState state, Timer timer) {
        return switch (timer) {
            case REGISTRATION ->
                state instanceof Unregistered || state instanceof Registering
                        ? close(state, CloseReason.REGISTRATION_TIMEOUT, "registration time-out")
                        : Transition.to(state);
            case CALL -> calls.noAnswer(state);
        };
    }

    // ---- ends

    private Transition<EstimState, EstimReply> evicted(EstimState state, CloseReason reason) {
        if (state instanceof Closed) {
            return Transition.to(state);
        }
        return switch (reason) {
            case BANNED -> close(state, reason, new EstimReply.Failed(Registration.Refusal.BANNED));
            case EXPIRED -> close(state, reason, new EstimReply.Failed(Registration.Refusal.EXPIRED));
            case PIN_CHANGED -> close(state, reason, new EstimReply.PinChanged());
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
        // first: who is told of our leaving and asks for the users must not find us
        self(state).ifPresent(self -> effects.add(new Effect.Unregister<>(self.account())));
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
        return effects;
    }

    private static List<Effect<EstimReply>> declineAll(Offers offers) {
        return offers.live().stream()
                .map(offer -> tell(offer.caller(), new Signal.Answered(offer.call(), CallOutcome.UNAVAILABLE)))
                .toList();
    }
}
