package io.bridgehead.broker.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.CallId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.Party;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.session.CallOutcome;
import io.bridgehead.broker.session.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The three sessions by script: each event, and every effect it has. */
class RelaySessionsTest {

    private static final SessionTimes TIMES = new SessionTimes(
            Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(5));
    private static final SessionAddress HOST_ADDRESS = address(1);
    private static final Party CLIENT = new Party(address(2), new AccountId("client", "relay.invalid"), "relay client");
    private static final HostKey NAMED = new HostKey("web", "h1");
    private static final HostKey OLD = HostKey.anonymous("web", "192.0.2.1");
    private static final CallId CALL = new CallId(CLIENT.address().session(), 1);
    private static final CallId OTHER = new CallId(address(3).session(), 1);
    private static final RelayCommand.Hello HELLO =
            new RelayCommand.Hello(Optional.of("web"), Optional.of("t"), Optional.of("h1"));

    private static SessionAddress address(int number) {
        return new SessionAddress(new NodeId("n1"), new SessionId(7, number));
    }

    /** A session under test: what an event does must be told whole. */
    private static final class Script<S extends RelayState> {

        private final RelaySession<S> session;
        private S state;

        private Script(RelaySession<S> session, S state) {
            this.session = session;
            this.state = state;
        }

        private Script<S> on(RelayEvent event, RelayEffect... effects) {
            RelaySession.Step<S> step = session.on(state, event);
            assertThat(step.effects()).as("%s in %s", event, state).containsExactly(effects);
            state = step.state();
            return this;
        }

        private void over() {
            assertThat(state.getClass().getSimpleName()).isEqualTo("Over");
            assertThat(state.movable()).as("a drain has nothing to ask of it").isFalse();
            for (RelayEvent late : List.of(
                    new RelayEvent.Disconnected(), new RelayEvent.Evicted(RelayClose.KICKED),
                    new RelayEvent.InputDrained(), new RelayEvent.PartnerFinished(),
                    new RelayEvent.TimedOut(RelayTimer.HALF_CLOSE), new RelayEvent.Signalled(new Signal.Ended(CALL)))) {
                on(late);
            }
        }
    }

    private static Script<HostState> host() {
        return new Script<HostState>(new HostSession(TIMES), new HostState.Greeting())
                .on(new RelayEvent.Opened(), new RelayEffect.StartTimer(RelayTimer.HELLO, Duration.ofSeconds(10)));
    }

    private static Script<HostState> waiting(HostKey key) {
        return host()
                .on(new RelayEvent.Said(HELLO),
                        new RelayEffect.StopTimer(RelayTimer.HELLO), new RelayEffect.Decide(HELLO))
                .on(new RelayEvent.Admitted(new RelayEvent.Admission(key, 5, "192.0.2.9", "8002"), HOST_ADDRESS),
                        new RelayEffect.Write(new RelayReply.Welcome(5, "192.0.2.9", "8002")),
                        new RelayEffect.Offer(key));
    }

    private static Script<HostState> offered(HostKey key) {
        return waiting(key).on(new RelayEvent.Signalled(new Signal.Rung(CALL, CLIENT)),
                new RelayEffect.StartTimer(RelayTimer.LAST_WORD, HostSession.LAST_WORD),
                new RelayEffect.Tell(CLIENT.address(), new Signal.Accepted(CALL, HostSession.party(HOST_ADDRESS, key))));
    }

    private static Script<HostState> assigned(HostKey key) {
        return offered(key).on(new RelayEvent.Signalled(new Signal.Confirmed(CALL)),
                new RelayEffect.StopTimer(RelayTimer.LAST_WORD),
                new RelayEffect.Announce(key, new RelayReply.Opened(5)),
                new RelayEffect.Splice(CALL, HostSession.party(HOST_ADDRESS, key), CLIENT, false));
    }

    private static RelayEffect dropped(HostKey key) {
        return new RelayEffect.Announce(key, new RelayReply.Dropped(5));
    }

    @Test
    void aHostThatSaysNothingIsClosed() {
        host().on(new RelayEvent.TimedOut(RelayTimer.HELLO), new RelayEffect.Close(RelayClose.NO_HELLO)).over();
    }

    @Test
    void aHostThatIsRefusedIsClosedWithoutAWord() {
        host().on(new RelayEvent.Said(HELLO),
                        new RelayEffect.StopTimer(RelayTimer.HELLO), new RelayEffect.Decide(HELLO))
                .on(new RelayEvent.Refused(RelayClose.WRONG_TOKEN), new RelayEffect.Close(RelayClose.WRONG_TOKEN))
                .over();
    }

    @Test
    void aWaitingHostThatLeavesLeavesThePool() {
        waiting(NAMED)
                .on(new RelayEvent.InputClosed(),
                        new RelayEffect.Forget(), new RelayEffect.Close(RelayClose.PEER_GONE))
                .over();
        waiting(NAMED).on(new RelayEvent.Disconnected(), new RelayEffect.Forget()).over();
    }

    @Test
    void aClientThatIsGoneCostsTheHostNothing() {
        offered(NAMED)
                .on(new RelayEvent.Signalled(new Signal.Gone(OTHER)))
                .on(new RelayEvent.Signalled(new Signal.Gone(CALL)),
                        new RelayEffect.StopTimer(RelayTimer.LAST_WORD), new RelayEffect.Offer(NAMED))
                .on(new RelayEvent.Signalled(new Signal.Rung(CALL, CLIENT)),
                        new RelayEffect.StartTimer(RelayTimer.LAST_WORD, HostSession.LAST_WORD),
                        new RelayEffect.Tell(
                                CLIENT.address(),
                                new Signal.Accepted(CALL, HostSession.party(HOST_ADDRESS, NAMED))));
    }

    @Test
    void aClientWhoseLastWordDoesNotComeIsTold() {
        offered(NAMED).on(new RelayEvent.TimedOut(RelayTimer.LAST_WORD),
                new RelayEffect.Tell(CLIENT.address(), new Signal.Ended(CALL)), new RelayEffect.Offer(NAMED));
    }

    @Test
    void aHostThatVanishesWhileItIsOfferedTellsTheClient() {
        offered(NAMED)
                .on(new RelayEvent.Disconnected(),
                        new RelayEffect.Forget(),
                        new RelayEffect.Tell(CLIENT.address(), new Signal.Ended(CALL)))
                .over();
    }

    @Test
    void aHostIsOneClientsOnly() {
        RelayEffect busy = new RelayEffect.Tell(
                CLIENT.address(), new Signal.Answered(OTHER, CallOutcome.UNAVAILABLE));
        offered(NAMED).on(new RelayEvent.Signalled(new Signal.Rung(OTHER, CLIENT)), busy);
        assigned(NAMED).on(new RelayEvent.Signalled(new Signal.Rung(OTHER, CLIENT)), busy);
    }

    @Test
    void theEndOfAClientIsAnnouncedBeforeTheClose() {
        assigned(NAMED)
                .on(new RelayEvent.Signalled(new Signal.Ended(OTHER)))
                .on(new RelayEvent.Signalled(new Signal.Ended(CALL)),
                        new RelayEffect.Unsplice(), new RelayEffect.Forget(), dropped(NAMED),
                        new RelayEffect.Close(RelayClose.PARTNER_GONE))
                .over();
    }

    @Test
    void halfACloseOfAClientIsNoDropForAHostThatNamesItself() {
        assigned(NAMED)
                .on(new RelayEvent.PartnerFinished(),
                        new RelayEffect.FinishPeer(),
                        new RelayEffect.StartTimer(RelayTimer.HALF_CLOSE, Duration.ofSeconds(60)))
                .on(new RelayEvent.InputDrained(),
                        new RelayEffect.FinishPartner(), new RelayEffect.Unsplice(), new RelayEffect.Forget(),
                        dropped(NAMED), new RelayEffect.Close(RelayClose.FINISHED))
                .over();
    }

    @Test
    void anOldHostHearsOfTheDropOnceBeforeTheEndOfItsClientsBytes() {
        assigned(OLD)
                .on(new RelayEvent.PartnerFinished(),
                        dropped(OLD), new RelayEffect.FinishPeer(),
                        new RelayEffect.StartTimer(RelayTimer.HALF_CLOSE, Duration.ofSeconds(5)))
                .on(new RelayEvent.TimedOut(RelayTimer.HALF_CLOSE),
                        new RelayEffect.Unsplice(), new RelayEffect.Forget(),
                        new RelayEffect.Close(RelayClose.HALF_CLOSED))
                .over();
    }

    @Test
    void aHostThatDropsIsNotToldOfIt() {
        assigned(NAMED)
                .on(new RelayEvent.Disconnected(), new RelayEffect.Unsplice(), new RelayEffect.Forget())
                .over();
    }

    @Test
    void aConfirmationOfAnotherCallOpensNothing() {
        offered(NAMED).on(new RelayEvent.Signalled(new Signal.Confirmed(OTHER)));
    }

    // ---- clients

    private static Script<ClientState> queued() {
        return new Script<ClientState>(new ClientSession(TIMES), new ClientState.Asking())
                .on(new RelayEvent.Opened(), new RelayEffect.Ask())
                .on(new RelayEvent.Allowed(CLIENT),
                        new RelayEffect.StartTimer(RelayTimer.HOST, Duration.ofSeconds(5)),
                        new RelayEffect.Queue(CLIENT));
    }

    private static final Party HOST = HostSession.party(HOST_ADDRESS, NAMED);

    private static Script<ClientState> served() {
        return queued().on(new RelayEvent.Signalled(new Signal.Accepted(CALL, HOST)),
                new RelayEffect.StopTimer(RelayTimer.HOST),
                new RelayEffect.Served(),
                new RelayEffect.Splice(CALL, CLIENT, HOST, true),
                new RelayEffect.Tell(HOST.address(), new Signal.Confirmed(CALL)));
    }

    @Test
    void aClientWithoutAHostInTimeIsClosed() {
        Script<ClientState> late = queued()
                .on(new RelayEvent.TimedOut(RelayTimer.HOST),
                        new RelayEffect.Forget(), new RelayEffect.Close(RelayClose.NO_HOST));
        late.on(new RelayEvent.Signalled(new Signal.Accepted(CALL, HOST)),
                new RelayEffect.Tell(HOST.address(), new Signal.Gone(CALL)));
        late.over();
    }

    @Test
    void aClientThatIsNotAllowedIsClosed() {
        new Script<ClientState>(new ClientSession(TIMES), new ClientState.Asking())
                .on(new RelayEvent.Refused(RelayClose.REFUSED), new RelayEffect.Close(RelayClose.REFUSED))
                .over();
    }

    @Test
    void aClientWhosePipeIsIdleForTooLongIsClosed() {
        served().on(new RelayEvent.TimedOut(RelayTimer.IDLE),
                        new RelayEffect.Unsplice(), new RelayEffect.Close(RelayClose.IDLE))
                .over();
    }

    @Test
    void aClientThatHasFinishedBeforeItsHostComesStillGetsOne() {
        queued().on(new RelayEvent.InputClosed())
                .on(new RelayEvent.Signalled(new Signal.Answered(CALL, CallOutcome.UNAVAILABLE)),
                        new RelayEffect.Queue(CLIENT));
    }

    @Test
    void theFirstHostThatAcceptsHasTheClientAndTheOthersKeepTheirPlace() {
        served().on(new RelayEvent.Signalled(new Signal.Accepted(OTHER, HOST)),
                new RelayEffect.Tell(HOST.address(), new Signal.Gone(OTHER)));
    }

    @Test
    void bothHalvesOfAClosePassAndEndTheClient() {
        served()
                .on(new RelayEvent.PartnerFinished(),
                        new RelayEffect.FinishPeer(),
                        new RelayEffect.StartTimer(RelayTimer.HALF_CLOSE, Duration.ofSeconds(60)))
                .on(new RelayEvent.InputDrained(),
                        new RelayEffect.FinishPartner(), new RelayEffect.Unsplice(),
                        new RelayEffect.Close(RelayClose.FINISHED))
                .over();
        served().on(new RelayEvent.Signalled(new Signal.Ended(CALL)),
                        new RelayEffect.Unsplice(), new RelayEffect.Close(RelayClose.PARTNER_GONE))
                .over();
        served().on(new RelayEvent.Disconnected(), new RelayEffect.Unsplice()).over();
    }

    // ---- command connections

    private static Script<CommandState> command(Optional<HostKey> anonymous) {
        return new Script<CommandState>(new CommandSession(TIMES), new CommandState.Silent(anonymous));
    }

    @Test
    void aSilentCommandConnectionIsTheOldHostsAtItsAddress() {
        command(Optional.of(OLD))
                .on(new RelayEvent.Opened(), new RelayEffect.Listen(OLD))
                .on(new RelayEvent.Announced(new RelayReply.Opened(1)),
                        new RelayEffect.Write(new RelayReply.Opened(1)))
                .on(new RelayEvent.Said(HELLO),
                        new RelayEffect.StopTimer(RelayTimer.HELLO), new RelayEffect.Forget(),
                        new RelayEffect.Decide(HELLO))
                .on(new RelayEvent.Admitted(new RelayEvent.Admission(NAMED, 0, "", ""), HOST_ADDRESS),
                        new RelayEffect.Listen(NAMED))
                .on(new RelayEvent.Said(HELLO),
                        new RelayEffect.Forget(), new RelayEffect.Close(RelayClose.PROTOCOL_ERROR));
    }

    @Test
    void whereNobodyIsServedWithoutATokenASilentCommandConnectionIsClosed() {
        command(Optional.empty())
                .on(new RelayEvent.Opened(), new RelayEffect.StartTimer(RelayTimer.HELLO, Duration.ofSeconds(10)))
                .on(new RelayEvent.TimedOut(RelayTimer.HELLO),
                        new RelayEffect.Forget(), new RelayEffect.Close(RelayClose.NO_HELLO));
    }
}
