package io.bridgehead.broker.estim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bridgehead.broker.config.EstimConfig;
import io.bridgehead.broker.estim.EstimState.Accepting;
import io.bridgehead.broker.estim.EstimState.Bridged;
import io.bridgehead.broker.estim.EstimState.Closed;
import io.bridgehead.broker.estim.EstimState.Idle;
import io.bridgehead.broker.estim.EstimState.Registering;
import io.bridgehead.broker.estim.EstimState.Unregistered;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.Credentials;
import io.bridgehead.broker.model.Entitlement;
import io.bridgehead.broker.model.Nickname;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.WrittenId;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.CloseReason;
import io.bridgehead.broker.session.Effect;
import io.bridgehead.broker.session.Event;
import io.bridgehead.broker.session.Registration;
import io.bridgehead.broker.session.SessionTester;
import io.bridgehead.broker.session.Signal;
import io.bridgehead.broker.session.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The rows and decisions of {@code protocols.md} §1 as scripts. We are ann; bob and cat are others. */
class EstimSessionTest {

    private static final String HOME = "home.example";
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final EstimSession SESSION = new EstimSession(
            new EstimConfig(List.of(), List.of(), "", "", 1024, MINUTE, MINUTE, 2, List.of(), null));
    private static final Party ANN = party(1, "ann");
    private static final Party BOB = party(2, "bob");
    private static final Party CAT = party(3, "cat");
    private static final Party DAN = party(4, "dan");
    private static final CallId OURS = new CallId(ANN.address().session(), 1);
    private static final CallId BOBS = new CallId(BOB.address().session(), 1);
    private static final CallId CATS = new CallId(CAT.address().session(), 1);

    private final SessionTester<EstimState, EstimCommand, EstimReply> ann =
            new SessionTester<>(SESSION, SESSION.opened(ANN.address(), "192.0.2.1"));

    @AfterEach
    void everyEffectWasAsserted() {
        ann.close();
    }

    @Test
    void aTesterFailsWhenAnEffectIsLeftUnasserted() {
        var tester = new SessionTester<>(SESSION, SESSION.opened(ANN.address(), "192.0.2.1"));
        tester.on(new Event.Opened<>(3)).reply(new EstimReply.Info(3));
        assertThatThrownBy(tester::close).hasMessageContaining("effects nobody asserted");
        assertThatThrownBy(() -> tester.says(new EstimCommand.Help())).hasMessageContaining("effects nobody asserted");
    }

    @Test
    void greetsAndGivesAMinuteToRegister() {
        opened().on(new Event.TimedOut<>(Timer.REGISTRATION))
                .effect(new Effect.StopTimer<>(Timer.REGISTRATION))
                .reply(problem("registration time-out"))
                .effect(new Effect.Close<>(CloseReason.REGISTRATION_TIMEOUT))
                .in(Closed.class);
    }

    @Test
    void registersAndIsToldItsIdAsWritten() {
        registered();
        ann.says(register("Ann", null)).reply(new EstimReply.Registered("Ann"));
        ann.says(register("bob", null)).reply(problem("already registered as ann"));
        assertThat(ann.state()).isInstanceOf(Idle.class);
    }

    @Test
    void protocol2TellsExpiryAndNickname() {
        opened().says(register("ann", "1234", "app"))
                .effect(new Effect.Register<>(new Credentials(ANN.account(), "ann", Optional.of("1234"), "192.0.2.1")))
                .on(decided(new Registration.Registered(
                        entitlement(Optional.of(Instant.parse("2027-01-09T23:59:59Z")), Optional.of("Annie")))))
                .effect(new Effect.StopTimer<>(Timer.REGISTRATION))
                .reply(new EstimReply.RegisteredV2("ann", Optional.of(LocalDate.of(2027, 1, 9)), "Annie"));
    }

    @Test
    void protocol2TellsARunningSessionWhatItsAccountMayDoNow() {
        registered();
        ann.says(register("Ann", null, "app"))
                .effect(new Effect.Describe<>(ANN.account(), "Ann"))
                .on(new Event.Described<>(
                        "Ann", entitlement(Optional.of(Instant.parse("2028-02-29T12:00:00Z")), Optional.of("Annie"))))
                .reply(new EstimReply.RegisteredV2("Ann", Optional.of(LocalDate.of(2028, 2, 29)), "Annie"))
                .in(Idle.class);
    }

    @Test
    void aNewNicknameIsWhatTheNextCalleeReads() {
        registered();
        ann.on(new Event.Renamed<>("Annie"))
                .says(connect("bob"))
                .effect(new Effect.Ring<>(OURS, ANN.withDisplayName("Annie"), BOB.account()))
                .effect(new Effect.StartTimer<>(Timer.CALL, MINUTE));
    }

    @Test
    void protocol2TellsNoExpiryAndTheIdWhereThereIsNone() {
        opened().says(register("ann", null, ""))
                .effect(new Effect.Register<>(new Credentials(ANN.account(), "ann", Optional.empty(), "192.0.2.1")))
                .on(decided(new Registration.Registered(entitlement(Optional.empty(), Optional.empty()))))
                .effect(new Effect.StopTimer<>(Timer.REGISTRATION))
                .reply(new EstimReply.RegisteredV2("ann", Optional.empty(), "ann"));
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedUserMayTryAgain(Registration.Refusal refusal) {
        registering().on(decided(new Registration.Refused(refusal)))
                .reply(new EstimReply.Failed(refusal))
                .in(Unregistered.class);
    }

    @Test
    void aFailureOfOursIsNeverNoAccount() {
        registering().on(decided(new Registration.TryAgain(MINUTE)))
                .reply(new EstimReply.RetryIn(MINUTE))
                .reply(problem("try again"))
                .in(Unregistered.class);
        registering().on(decided(new Registration.TryAgain(Duration.ZERO)))
                .reply(problem("try again"))
                .in(Unregistered.class);
    }

    @Test
    void inputWaitsOnlyForAnswersThatAreDue() {
        registering();
        assertThat(SESSION.awaits(ann.state())).isTrue();
        ann.on(decided(new Registration.Refused(Registration.Refusal.BANNED)))
                .reply(new EstimReply.Failed(Registration.Refusal.BANNED));
        assertThat(SESSION.awaits(ann.state())).isFalse();
    }

    @Test
    void aRegistrationDecidedTooLateIsGivenUp() {
        registering().on(new Event.Disconnected<>(CloseReason.PEER_GONE))
                .effect(new Effect.StopTimer<>(Timer.REGISTRATION))
                .on(decided(new Registration.Registered(entitlement(Optional.empty(), Optional.empty()))))
                .effect(new Effect.Unregister<>(ANN.account()));
    }

    @Test
    void beforeRegistrationOnlyHelpQuitAndRegisterWork() {
        opened();
        for (EstimCommand command : List.of(
                connect("bob"), accept("bob"), reject("bob"), new EstimCommand.End(), new EstimCommand.Users(),
                new EstimCommand.Visible(), new EstimCommand.Invisible())) {
            ann.says(command).reply(problem("not registered")).in(Unregistered.class);
        }
        ann.says(new EstimCommand.Help()).reply(new EstimReply.Help());
        ann.hears(new Signal.Rung(BOBS, BOB)).effect(answer(BOB, BOBS, CallOutcome.UNAVAILABLE));
        ann.says(new EstimCommand.Quit())
                .effect(new Effect.StopTimer<>(Timer.REGISTRATION))
                .effect(new Effect.Close<>(CloseReason.QUIT));
    }

    @Test
    void callsAndIsConnected() {
        bridgedAsCaller().in(Bridged.class);
    }

    @ParameterizedTest
    @CsvSource({"DENIED, denied", "BUSY, busy", "UNAVAILABLE, unavailable", "SELF, self", "TRY_AGAIN, again"})
    void aCallIsAnsweredOnce(CallOutcome outcome, String told) {
        EstimReply reply = switch (told) {
            case "denied" -> new EstimReply.Denied();
            case "busy" -> new EstimReply.Busy("bob");
            case "unavailable" -> new EstimReply.Unavailable("bob");
            case "self" -> problem("cannot call yourself");
            default -> problem("try again");
        };
        calling().hears(new Signal.Answered(OURS, outcome))
                .effect(new Effect.StopTimer<>(Timer.CALL))
                .reply(reply)
                .hears(new Signal.Answered(OURS, outcome))
                .nothingElse();
    }

    @Test
    void aLateAnswerToAnEarlierCallIsNoAnswerToThisOne() {
        calling().says(new EstimCommand.End())
                .effect(new Effect.StopTimer<>(Timer.CALL))
                .effect(tell(BOB, new Signal.Withdrawn(OURS)))
                .says(connect("bob"))
                .effect(new Effect.Ring<>(new CallId(ANN.address().session(), 2), ANN, BOB.account()))
                .effect(new Effect.StartTimer<>(Timer.CALL, MINUTE))
                .hears(new Signal.Answered(OURS, CallOutcome.BUSY))
                .hears(new Signal.Accepted(OURS, BOB))
                .effect(tell(BOB, new Signal.Gone(OURS)));
    }

    @Test
    void thereIsOneOutgoingCallAtATimeAndNoneToOneself() {
        calling().says(connect("cat")).reply(problem("already calling bob"));
        ann.says(new EstimCommand.End())
                .effect(new Effect.StopTimer<>(Timer.CALL))
                .effect(tell(BOB, new Signal.Withdrawn(OURS)))
                .says(connect("ANN@home.example"))
                .reply(problem("cannot call yourself"));
    }

    @Test
    void aCallTimesOut() {
        calling().on(new Event.TimedOut<>(Timer.CALL))
                .effect(new Effect.StopTimer<>(Timer.CALL))
                .effect(tell(BOB, new Signal.Withdrawn(OURS)))
                .reply(new EstimReply.Unavailable("bob"));
    }

    @Test
    void aCallGivenUpBeforeItRingsTellsNobody() {
        registered().says(connect("bob"))
                .effect(new Effect.Ring<>(OURS, ANN, BOB.account()))
                .effect(new Effect.StartTimer<>(Timer.CALL, MINUTE))
                .says(new EstimCommand.End())
                .effect(new Effect.StopTimer<>(Timer.CALL));
    }

    @Test
    void aCallIsMadeUntilItIsGivenUpOrAnswered() {
        registered();
        assertThat(SESSION.calls(ann.state(), OURS)).isFalse();
        ann.says(connect("bob"))
                .effect(new Effect.Ring<>(OURS, ANN, BOB.account()))
                .effect(new Effect.StartTimer<>(Timer.CALL, MINUTE));
        assertThat(SESSION.calls(ann.state(), OURS)).isTrue();
        assertThat(SESSION.calls(ann.state(), BOBS)).isFalse();
        ann.hears(new Signal.Rung(CATS, CAT)).reply(new EstimReply.Asked("cat"));
        assertThat(SESSION.calls(ann.state(), OURS)).isTrue();
        ann.says(new EstimCommand.End()).effect(new Effect.StopTimer<>(Timer.CALL));
        assertThat(SESSION.calls(ann.state(), OURS)).isFalse();
    }

    @Test
    void acceptsWhenTheCallerConfirmsAndTurnsTheOthersAway() {
        asked(BOBS, BOB).hears(new Signal.Rung(CATS, CAT))
                .reply(new EstimReply.Asked("cat"))
                .hears(new Signal.Rung(new CallId(DAN.address().session(), 1), DAN))
                .effect(answer(DAN, new CallId(DAN.address().session(), 1), CallOutcome.BUSY))
                .says(accept("bob"))
                .effect(new Effect.Accept<>(BOBS, BOB, ANN))
                .in(Accepting.class)
                .hears(new Signal.Confirmed(BOBS))
                .effect(new Effect.Splice<>(BOBS, BOB, false))
                .effect(answer(CAT, CATS, CallOutcome.BUSY))
                .reply(new EstimReply.Connected())
                .in(Bridged.class);
    }

    @Test
    void aYesToAQuestionIsAWordAndNoBridge() {
        questioned().says(accept("bob"))
                .effect(tell(BOB, new Signal.Consented(BOBS)))
                .reply(new EstimReply.Notice("accepted bob"))
                .in(Idle.class)
                .hears(new Signal.Confirmed(BOBS))
                .in(Idle.class)
                .says(accept("bob"))
                .reply(problem("no connect request from bob"));
    }

    @Test
    void aNoToAQuestionAndOneThatIsOverAreAsWithACall() {
        questioned().says(reject("bob")).effect(answer(BOB, BOBS, CallOutcome.DENIED)).in(Idle.class);
        ann.hears(new Signal.Asked(CATS, CAT, "why"))
                .reply(new EstimReply.Notice("why"))
                .reply(new EstimReply.Asked("cat"))
                .hears(new Signal.Withdrawn(CATS))
                .says(accept("cat"))
                .reply(new EstimReply.Unavailable("cat"));
    }

    @Test
    void questionsLeaveRoomForCallers() {
        questioned().hears(new Signal.Asked(CATS, CAT, "why")).effect(answer(CAT, CATS, CallOutcome.BUSY));
        ann.hears(new Signal.Rung(CATS, CAT)).reply(new EstimReply.Asked("cat"));
    }

    @Test
    void whoIsBridgedIsNotAsked() {
        bridgedAsCaller().hears(new Signal.Asked(CATS, CAT, "why")).effect(answer(CAT, CATS, CallOutcome.BUSY));
    }

    @Test
    void whoIsNotRegisteredIsNotAsked() {
        ann.hears(new Signal.Asked(BOBS, BOB, "why")).effect(answer(BOB, BOBS, CallOutcome.UNAVAILABLE));
    }

    private SessionTester<EstimState, EstimCommand, EstimReply> questioned() {
        return registered().hears(new Signal.Asked(BOBS, BOB, "why"))
                .reply(new EstimReply.Notice("why"))
                .reply(new EstimReply.Asked("bob"));
    }

    @Test
    void rejects() {
        asked(BOBS, BOB).says(reject("bob"))
                .effect(answer(BOB, BOBS, CallOutcome.DENIED))
                .says(reject("bob"))
                .reply(problem("no connect request from bob"))
                .says(accept("bob"))
                .reply(problem("no connect request from bob"));
    }

    @Test
    void acceptingACallerWhoHasGoneIsUnavailable() {
        asked(BOBS, BOB).hears(new Signal.Withdrawn(BOBS)).says(accept("bob")).reply(new EstimReply.Unavailable("bob"));
        ann.hears(new Signal.Rung(CATS, CAT))
                .reply(new EstimReply.Asked("cat"))
                .says(accept("cat"))
                .effect(new Effect.Accept<>(CATS, CAT, ANN))
                .hears(new Signal.Gone(CATS))
                .reply(new EstimReply.Unavailable("cat"))
                .in(Idle.class);
    }

    @Test
    void aBridgedUserIsBusy() {
        bridgedAsCaller().hears(new Signal.Rung(CATS, CAT)).effect(answer(CAT, CATS, CallOutcome.BUSY));
        ann.says(connect("cat")).reply(problem("already connected to bob"));
        ann.says(accept("cat")).reply(problem("no connect request from cat"));
        ann.says(reject("cat")).reply(problem("no connect request from cat"));
    }

    @Test
    void endEndsTheBridgeAndStaysRegistered() {
        bridgedAsCaller().says(new EstimCommand.End()).effect(new Effect.Unsplice<>(OURS)).in(Idle.class);
        ann.hears(new Signal.Ended(OURS)).nothingElse();
    }

    @Test
    void thePartnersEndIsTold() {
        bridgedAsCaller().hears(new Signal.Ended(BOBS)).nothingElse().in(Bridged.class);
        ann.hears(new Signal.Ended(OURS))
                .effect(new Effect.Unsplice<>(OURS))
                .reply(new EstimReply.Disconnected())
                .in(Idle.class);
    }

    @Test
    void quitEndsTheBridgeAndCloses() {
        bridgedAsCaller().says(new EstimCommand.Quit())
                .effect(new Effect.Unregister<>(ANN.account()))
                .effect(new Effect.Unsplice<>(OURS))
                .effect(new Effect.Close<>(CloseReason.QUIT));
    }

    @ParameterizedTest
    @EnumSource(names = {"BANNED", "EXPIRED", "PIN_CHANGED", "REMOVED", "REGISTERED_ELSEWHERE", "KICKED", "SHUTDOWN"})
    void anEvictedUserIsToldWhyAndLeavesBridgeAndPresence(CloseReason reason) {
        bridgedAsCaller().on(new Event.Evicted<>(reason))
                .effect(new Effect.Unregister<>(ANN.account()))
                .effect(new Effect.Unsplice<>(OURS))
                .reply(lastWords(reason))
                .effect(new Effect.Close<>(reason))
                .in(Closed.class);
        ann.on(new Event.Evicted<>(reason)).nothingElse();
    }

    @ParameterizedTest
    @EnumSource(names = {"BANNED", "EXPIRED", "PIN_CHANGED", "REMOVED", "REGISTERED_ELSEWHERE", "KICKED", "SHUTDOWN"})
    void anEvictedIdleUserLetsNobodyWait(CloseReason reason) {
        calling().hears(new Signal.Rung(CATS, CAT))
                .reply(new EstimReply.Asked("cat"))
                .on(new Event.Evicted<>(reason))
                .effect(new Effect.Unregister<>(ANN.account()))
                .effect(new Effect.StopTimer<>(Timer.CALL))
                .effect(tell(BOB, new Signal.Withdrawn(OURS)))
                .effect(answer(CAT, CATS, CallOutcome.UNAVAILABLE))
                .reply(lastWords(reason))
                .effect(new Effect.Close<>(reason));
    }

    @Test
    void whoGoesWhileAcceptingEndsTheBridgeThatMayExist() {
        asked(BOBS, BOB).says(accept("bob"))
                .effect(new Effect.Accept<>(BOBS, BOB, ANN))
                .on(new Event.Disconnected<>(CloseReason.PEER_GONE))
                .effect(new Effect.Unregister<>(ANN.account()))
                .effect(tell(BOB, new Signal.Ended(BOBS)))
                .effect(answer(BOB, BOBS, CallOutcome.UNAVAILABLE))
                .in(Closed.class);
    }

    @Test
    void listsUsersAndKeepsVisibility() {
        registered().says(new EstimCommand.Users()).effect(new Effect.ListUsers<>());
        ann.on(new Event.Listed<>(List.of("ann"), 2)).reply(new EstimReply.UserList(List.of("ann"), 2));
        ann.on(new Event.Listed<>(List.of(), -1)).reply(problem("try again"));
        ann.says(new EstimCommand.Invisible()).effect(new Effect.SetVisible<>(ANN.account(), false));
        ann.on(new Event.VisibilitySet<>(false, true)).nothingElse();
        ann.says(new EstimCommand.Visible()).effect(new Effect.SetVisible<>(ANN.account(), true));
        ann.on(new Event.VisibilitySet<>(true, false)).reply(problem("try again"));
    }

    @Test
    void aFaultyLineIsToldAndALongOneEndsTheSession() {
        registered().on(new Event.Malformed<>("id is shorter than 3 characters", false))
                .reply(problem("id is shorter than 3 characters"));
        ann.on(new Event.Malformed<>("line too long", true))
                .effect(new Effect.Unregister<>(ANN.account()))
                .reply(problem("line too long"))
                .effect(new Effect.Close<>(CloseReason.LINE_TOO_LONG));
    }

    @Test
    void aClosedSessionSaysNothingMore() {
        registered().on(new Event.Disconnected<>(CloseReason.PEER_GONE)).effect(new Effect.Unregister<>(ANN.account()));
        ann.says(new EstimCommand.Help()).says(new EstimCommand.Quit()).says(register("ann", null));
        ann.on(new Event.Malformed<>("line too long", true)).on(new Event.Malformed<>("faulty", false));
        ann.on(new Event.Listed<>(List.of(), -1)).on(new Event.VisibilitySet<>(true, false));
        ann.on(new Event.TimedOut<>(Timer.CALL)).on(new Event.TimedOut<>(Timer.REGISTRATION));
        ann.hears(new Signal.Accepted(BOBS, BOB)).effect(tell(BOB, new Signal.Gone(BOBS)));
        ann.hears(new Signal.Rung(BOBS, BOB)).effect(answer(BOB, BOBS, CallOutcome.UNAVAILABLE));
    }

    @Test
    void onlyWhoHasNothingGoingOnMayBeAskedToMove() {
        assertThat(SESSION.movable(opened().state())).isTrue();
        assertThat(SESSION.movable(registering().state())).isFalse();
    }

    @Test
    void aCallEitherWayIsSomethingGoingOn() {
        assertThat(SESSION.movable(calling().state())).isFalse();
        ann.hears(new Signal.Answered(OURS, CallOutcome.DENIED))
                .effect(new Effect.StopTimer<>(Timer.CALL))
                .reply(new EstimReply.Denied());
        assertThat(SESSION.movable(ann.state())).isTrue();
        ann.hears(new Signal.Rung(BOBS, BOB)).reply(new EstimReply.Asked("bob"));
        assertThat(SESSION.movable(ann.state())).isFalse();
        ann.hears(new Signal.Withdrawn(BOBS));
        assertThat(SESSION.movable(ann.state())).isTrue();
    }

    @Test
    void aBridgeIsSomethingGoingOnFromTheYes() {
        asked(BOBS, BOB).says(accept("bob")).effect(new Effect.Accept<>(BOBS, BOB, ANN));
        assertThat(SESSION.movable(ann.state())).isFalse();
        ann.hears(new Signal.Confirmed(BOBS))
                .effect(new Effect.Splice<>(BOBS, BOB, false))
                .reply(new EstimReply.Connected());
        assertThat(SESSION.movable(ann.state())).isFalse();
    }

    // ---- beginnings

    private SessionTester<EstimState, EstimCommand, EstimReply> opened() {
        return ann.on(new Event.Opened<>(3))
                .reply(new EstimReply.Info(3))
                .effect(new Effect.StartTimer<>(Timer.REGISTRATION, MINUTE));
    }

    private SessionTester<EstimState, EstimCommand, EstimReply> registering() {
        return opened().says(register("ann", null))
                .effect(new Effect.Register<>(new Credentials(ANN.account(), "ann", Optional.empty(), "192.0.2.1")))
                .in(Registering.class);
    }

    private SessionTester<EstimState, EstimCommand, EstimReply> registered() {
        return registering().on(decided(new Registration.Registered(entitlement(Optional.empty(), Optional.empty()))))
                .effect(new Effect.StopTimer<>(Timer.REGISTRATION))
                .reply(new EstimReply.Registered("ann"))
                .in(Idle.class);
    }

    private SessionTester<EstimState, EstimCommand, EstimReply> calling() {
        return registered().says(connect("bob"))
                .effect(new Effect.Ring<>(OURS, ANN, BOB.account()))
                .effect(new Effect.StartTimer<>(Timer.CALL, MINUTE))
                .on(new Event.Ringing<>(OURS, BOB));
    }

    private SessionTester<EstimState, EstimCommand, EstimReply> bridgedAsCaller() {
        return calling().hears(new Signal.Accepted(OURS, BOB))
                .effect(new Effect.StopTimer<>(Timer.CALL))
                .effect(new Effect.Splice<>(OURS, BOB, true))
                .effect(tell(BOB, new Signal.Confirmed(OURS)))
                .reply(new EstimReply.Connected());
    }

    private SessionTester<EstimState, EstimCommand, EstimReply> asked(CallId call, Party caller) {
        return registered().hears(new Signal.Rung(call, caller)).reply(new EstimReply.Asked(caller.displayName()));
    }

    // ---- words

    private static EstimReply lastWords(CloseReason reason) {
        return switch (reason) {
            case BANNED -> new EstimReply.Failed(Registration.Refusal.BANNED);
            case EXPIRED -> new EstimReply.Failed(Registration.Refusal.EXPIRED);
            case PIN_CHANGED -> new EstimReply.PinChanged();
            case REMOVED -> new EstimReply.Failed(Registration.Refusal.NO_ACCOUNT);
            case REGISTERED_ELSEWHERE -> problem("registered elsewhere");
            case KICKED -> problem("disconnected by the operator");
            case SHUTDOWN -> problem("broker is shutting down");
            default -> throw new AssertionError(reason);
        };
    }

    private static EstimReply problem(String text) {
        return new EstimReply.Problem(text);
    }

    private static Event<EstimCommand> decided(Registration outcome) {
        return new Event.RegistrationDecided<>(outcome);
    }

    private static Effect<EstimReply> tell(Party party, Signal signal) {
        return new Effect.Tell<>(party.address(), signal);
    }

    private static Effect<EstimReply> answer(Party caller, CallId call, CallOutcome outcome) {
        return tell(caller, new Signal.Answered(call, outcome));
    }

    private static EstimCommand register(String id, String pin) {
        return new EstimCommand.Register(written(id), Optional.ofNullable(pin), Optional.empty());
    }

    private static EstimCommand register(String id, String pin, String profile) {
        return new EstimCommand.Register(written(id), Optional.ofNullable(pin), Optional.of(profile));
    }

    private static EstimCommand connect(String id) {
        return new EstimCommand.Connect(written(id));
    }

    private static EstimCommand accept(String id) {
        return new EstimCommand.Accept(written(id));
    }

    private static EstimCommand reject(String id) {
        return new EstimCommand.Reject(written(id));
    }

    private static WrittenId written(String id) {
        return WrittenId.parse(id, HOME).orElseThrow();
    }

    private static Entitlement entitlement(Optional<Instant> expires, Optional<String> nickname) {
        return new Entitlement(ANN.account(), "standard", 1, 1, expires, nickname.map(Nickname::new), true, Optional.empty());
    }

    private static Party party(long session, String name) {
        return new Party(
                new SessionAddress(new NodeId("n1"), new SessionId(1, session)), new AccountId(name, HOME), name);
    }
}
