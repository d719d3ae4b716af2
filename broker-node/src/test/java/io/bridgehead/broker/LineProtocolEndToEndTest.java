package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The line protocol over TCP, as {@code protocols.md} §1 has it. Accounts are per test, the node is shared. */
class LineProtocolEndToEndTest {

    private static final int CROSSINGS = 200;

    @TempDir
    private static Path directory;

    private static TestNode node;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(directory);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    // ---- the seed's own session

    @Test
    void theSeedsExampleSessionRunsAsPrinted(@TempDir Path fresh) throws Exception {
        try (TestNode seed = TestNode.start(fresh);
                LineClient master = LineClient.silent(seed.tcp(), 0);
                LineClient slave = LineClient.silent(seed.tcp(), 0)) {
            seed.accounts("master@example.org", "slave@example.org");
            String greeting = ";info:estim broker 0.2 - 0 users registered - use ;help for assistance";
            master.expect(greeting);
            slave.expect(greeting);
            master.send(";register=master@example.org");
            master.expect(";registered:master@example.org");
            slave.send(";register=slave@example.org");
            slave.expect(";registered:slave@example.org");
            master.send(";connect=slave@example.org");
            slave.expect(";connect=master@example.org");
            slave.send(";accept=master@example.org");
            slave.expect(";connected");
            master.expect(";connected");
            master.write("A50\r\nstatus?\n");
            slave.expectData("A50\r\nstatus?\n");
            slave.write("512:66:100:25:50:1:L:0:2.106\r\n");
            master.expectData("512:66:100:25:50:1:L:0:2.106\r\n");
            slave.close();
            master.expect(";disconnected");
            master.send(";users");
            master.expect(";user:master@example.org", ";total:1");
        }
    }

    // ---- registering

    @Test
    void aBareNameIsOfTheHomeDomain() throws IOException {
        node.accounts("bare@example.org");
        try (LineClient client = node.connect()) {
            client.send(";register=bare");
            client.expect(";registered:bare");
            client.send(";users");
            assertThat(client.line()).startsWith(";user:");
        }
    }

    @Test
    void anUnknownAccountIsTold() throws IOException {
        try (LineClient client = node.connect()) {
            client.send(";register=nobody@example.org");
            client.expect(";failed:1=no account found");
            node.accounts("nobody@example.org");
            client.send(";register=nobody@example.org");
            client.expect(";registered:nobody@example.org");
        }
    }

    @Test
    void anAccountWithAPinMustGiveIt() throws IOException {
        node.account("pin@example.org", Optional.of("4711"), Optional.empty());
        try (LineClient client = node.connect()) {
            client.send(";register=pin@example.org");
            client.expect(";failed:4=wrong PIN");
            client.send(";register=pin@example.org;1234");
            client.expect(";failed:4=wrong PIN");
            client.send(";register=pin@example.org;4711");
            client.expect(";registered:pin@example.org");
        }
    }

    @Test
    void protocolTwoIsToldExpiryAndNickname() throws Exception {
        JsonObject account = new JsonObject()
                .put("id", "two@example.org")
                .put("nickname", "Zwei")
                .put("pin", "4711")
                .put("expiresAt", "2199-12-31T23:00:00Z");
        assertThat(node.admin("POST", "/v1/accounts", account).statusCode()).isEqualTo(201);
        node.accounts("plain@example.org");
        try (LineClient client = node.connect();
                LineClient forEver = node.connect()) {
            client.send(";register=two@example.org;4711;v2;profile one");
            client.expect(";registered:two@example.org;expires:2199-12-31;nick:Zwei");
            forEver.send(";register=plain@example.org;;v2;");
            forEver.expect(";registered:plain@example.org;expires:;nick:plain@example.org");
        }
    }

    @Test
    void registeringTwiceIsHarmlessAndAsAnotherIsRefused() throws IOException {
        node.accounts("once@example.org", "other@example.org");
        try (LineClient client = node.registered("once@example.org")) {
            client.send(";register=once@example.org");
            client.expect(";registered:once@example.org");
            client.send(";register=other@example.org");
            client.expect(";error:already registered as once@example.org");
        }
    }

    @Test
    void theNewestRegistrationWins() throws IOException {
        node.accounts("phone@example.org", "friend@example.org");
        try (LineClient older = node.registered("phone@example.org");
                LineClient friend = node.registered("friend@example.org")) {
            LineClient.bridge(older, "phone@example.org", friend, "friend@example.org");
            try (LineClient newer = node.registered("phone@example.org")) {
                older.expect(";error:registered elsewhere");
                older.expectClosed();
                friend.expect(";disconnected");
                LineClient.bridge(friend, "friend@example.org", newer, "phone@example.org");
            }
        }
    }

    @Test
    void theGreetingCountsTheRegistered() throws IOException {
        node.accounts("counted@example.org");
        try (LineClient counted = node.registered("counted@example.org");
                LineClient next = LineClient.silent(node.tcp(), 0)) {
            assertThat(next.line()).matches(";info:estim broker 0\\.2 - [1-9]\\d* users registered - .*");
            counted.expectNothingElse();
        }
    }

    @Test
    void whoDoesNotRegisterInTimeIsClosed(@TempDir Path fresh) throws Exception {
        try (TestNode hasty = TestNode.start(fresh, "estim.registration-timeout=200ms");
                LineClient client = hasty.connect()) {
            client.write(";regis");
            client.expect(";error:registration time-out");
            client.expectClosed();
            await().untilAsserted(() -> assertThat(
                            hasty.metric("bridgehead_closes_total{reason=\"registration_timeout\"}"))
                    .isEqualTo(1));
        }
    }

    @Test
    void theOpenModeTakesAnybody(@TempDir Path fresh) throws IOException {
        try (TestNode open = TestNode.start(fresh, "accounts.mode=open");
                LineClient ann = open.registered("ann@example.net");
                LineClient bob = open.registered("bob")) {
            LineClient.bridge(ann, "ann@example.net", bob, "bob");
        }
    }

    // ---- calling

    @Test
    void aNicknameIsCalledAndShownLikeAnId() throws IOException {
        node.account("long.name.of.a@example.org", Optional.empty(), Optional.of("Ada"));
        node.account("long.name.of.b@example.org", Optional.empty(), Optional.of("Babbage"));
        try (LineClient ada = node.registered("long.name.of.a@example.org");
                LineClient babbage = node.registered("long.name.of.b@example.org")) {
            ada.send(";connect=babbage");
            babbage.expect(";connect=Ada");
            babbage.send(";reject=Ada");
            ada.expect(";denied");
            LineClient.bridge(ada, "Ada", babbage, "Babbage");
            ada.send(";end");
            babbage.expect(";disconnected");
            ada.send(";connect=long.name.of.b@example.org");
            babbage.expect(";connect=Ada");
            babbage.send(";accept=long.name.of.a@example.org");
            ada.expect(";connected");
            babbage.expect(";connected");
        }
    }

    @Test
    void nothingWorksWithoutARegistration() throws IOException {
        try (LineClient client = node.connect()) {
            for (String line : new String[] {
                ";connect=a@example.org", ";accept=a@example.org", ";reject=a@example.org", ";end", ";users",
                ";visible", ";invisible"
            }) {
                client.send(line);
                client.expect(";error:not registered");
            }
        }
    }

    @Test
    void whoIsNotHereIsUnavailable() throws IOException {
        node.accounts("seeker@example.org", "absent@example.org", "hidden@example.org");
        try (LineClient hidden = node.registered("hidden@example.org")) {
            hidden.send(";invisible");
            hidden.expectNothingElse();
        }
        try (LineClient seeker = node.registered("seeker@example.org")) {
            for (String id : new String[] {
                "absent@example.org", "hidden@example.org", "unknown@example.org", "user@other.example.net"
            }) {
                seeker.send(";connect=" + id);
                seeker.expect(";unavailable:" + id);
            }
            seeker.send(";connect=seeker@example.org");
            seeker.expect(";error:cannot call yourself");
        }
    }

    @Test
    void whoIsBridgedIsBusy() throws IOException {
        node.accounts("busy1@example.org", "busy2@example.org", "third@example.org");
        try (LineClient one = node.registered("busy1@example.org");
                LineClient two = node.registered("busy2@example.org");
                LineClient third = node.registered("third@example.org")) {
            LineClient.bridge(one, "busy1@example.org", two, "busy2@example.org");
            third.send(";connect=busy1@example.org");
            third.expect(";busy:busy1@example.org");
            third.send(";connect=busy2@example.org");
            third.expect(";busy:busy2@example.org");
        }
    }

    @Test
    void ofSeveralCallersOneIsTakenAndTheOthersHearBusy() throws IOException {
        node.accounts("wanted@example.org", "c1@example.org", "c2@example.org", "c3@example.org");
        try (LineClient wanted = node.registered("wanted@example.org");
                LineClient first = node.registered("c1@example.org");
                LineClient second = node.registered("c2@example.org");
                LineClient third = node.registered("c3@example.org")) {
            first.send(";connect=wanted@example.org");
            wanted.expect(";connect=c1@example.org");
            second.send(";connect=wanted@example.org");
            wanted.expect(";connect=c2@example.org");
            third.send(";connect=wanted@example.org");
            wanted.expect(";connect=c3@example.org");
            wanted.send(";reject=c1@example.org");
            first.expect(";denied");
            wanted.send(";accept=c3@example.org");
            third.expect(";connected");
            wanted.expect(";connected");
            second.expect(";busy:wanted@example.org");
        }
    }

    @Test
    void thereIsOneOutgoingCallAndEndWithdrawsIt() throws IOException {
        node.accounts("eager@example.org", "d1@example.org", "d2@example.org");
        try (LineClient eager = node.registered("eager@example.org");
                LineClient first = node.registered("d1@example.org");
                LineClient second = node.registered("d2@example.org")) {
            eager.send(";connect=d1@example.org");
            first.expect(";connect=eager@example.org");
            eager.send(";connect=d2@example.org");
            eager.expect(";error:already calling d1@example.org");
            eager.send(";end");
            eager.expectNothingElse();
            first.send(";accept=eager@example.org");
            first.expect(";unavailable:eager@example.org");
            LineClient.bridge(eager, "eager@example.org", second, "d2@example.org");
        }
    }

    @Test
    void withoutAnOfferThereIsNothingToAnswer() throws IOException {
        node.accounts("lonely@example.org");
        try (LineClient lonely = node.registered("lonely@example.org")) {
            lonely.send(";accept=ghost@example.org");
            lonely.expect(";error:no connect request from ghost@example.org");
            lonely.send(";reject=ghost@example.org");
            lonely.expect(";error:no connect request from ghost@example.org");
        }
    }

    @Test
    void aCallerThatHasGoneIsUnavailable() throws IOException {
        node.accounts("fleeting@example.org", "host@example.org");
        try (LineClient host = node.registered("host@example.org")) {
            try (LineClient fleeting = node.registered("fleeting@example.org")) {
                fleeting.send(";connect=host@example.org");
                host.expect(";connect=fleeting@example.org");
                fleeting.send(";quit");
                fleeting.expectClosed();
            }
            host.send(";accept=fleeting@example.org");
            host.expect(";unavailable:fleeting@example.org");
        }
    }

    @Test
    void aCallNobodyAnswersTimesOut(@TempDir Path fresh) throws Exception {
        try (TestNode hasty = TestNode.start(fresh, "estim.call-timeout=200ms", "accounts.mode=open");
                LineClient caller = hasty.registered("caller");
                LineClient callee = hasty.registered("callee")) {
            caller.send(";connect=callee");
            callee.expect(";connect=caller");
            caller.expect(";unavailable:callee");
            callee.send(";accept=caller");
            callee.expect(";unavailable:caller");
            assertThat(hasty.metric("bridgehead_calls_total{outcome=\"no_answer\"}")).isEqualTo(1);
        }
    }

    /** Both call and accept each other at once: however it falls out, both are told the same. */
    @Test
    void crossingCallsSettle() throws Exception {
        node.accounts("left@example.org", "right@example.org");
        try (LineClient left = node.registered("left@example.org");
                LineClient right = node.registered("right@example.org")) {
            for (int round = 0; round < CROSSINGS; round++) {
                CompletableFuture<Void> other = inBackground(() -> cross(left, "right@example.org"));
                cross(right, "left@example.org");
                other.join();
                left.write("ping " + round + "\n");
                right.expectData("ping " + round + "\n");
                right.write("pong " + round + "\n");
                left.expectData("pong " + round + "\n");
                (round % 2 == 0 ? left : right).send(";end");
                (round % 2 == 0 ? right : left).expect(";disconnected");
                left.expectNothingElse();
                right.expectNothingElse();
            }
        }
    }

    private static void cross(LineClient client, String other) throws IOException {
        client.send(";connect=" + other);
        String line = client.line();
        if (line.equals(";connect=" + other)) {
            client.send(";accept=" + other);
            line = client.line();
        }
        assertThat(line).isEqualTo(";connected");
    }

    // ---- the list

    @Test
    void invisibleUsersAreCountedAndNotShown(@TempDir Path fresh) throws IOException {
        try (TestNode small = TestNode.start(fresh)) {
            small.accounts("seen@example.org", "hidden@example.org");
            try (LineClient seen = small.registered("seen@example.org");
                    LineClient hidden = small.registered("hidden@example.org")) {
                seen.send(";users");
                seen.expect(";user:hidden@example.org", ";user:seen@example.org", ";total:2");
                hidden.send(";invisible");
                hidden.expectNothingElse();
                await().untilAsserted(() -> {
                    hidden.send(";users");
                    hidden.expect(";user:seen@example.org", ";total:2");
                });
                LineClient.bridge(seen, "seen@example.org", hidden, "hidden@example.org");
            }
        }
        try (TestNode again = TestNode.start(fresh);
                LineClient hidden = again.registered("hidden@example.org")) {
            hidden.send(";users");
            hidden.expect(";total:1");
            hidden.send(";visible");
            await().ignoreExceptions().until(() -> {
                hidden.send(";users");
                boolean shown = hidden.line().equals(";user:hidden@example.org");
                return shown && hidden.line().equals(";total:1");
            });
        }
    }

    // ---- lines

    @Test
    void whatIsNoCommandIsIgnored() throws IOException {
        try (LineClient client = node.connect()) {
            client.write("hello\n;HELP\n;hel\n ;help\n;help \n;help=x\n;\n\n\r\n=\n;registered:me\n");
            client.expectNothingElse();
        }
    }

    @Test
    void aCommandWithoutItsArgumentIsToldOrPassed() throws IOException {
        node.accounts("arg1@example.org", "arg2@example.org");
        try (LineClient one = node.registered("arg1@example.org");
                LineClient two = node.registered("arg2@example.org")) {
            one.send(";connect");
            one.expect(";error:;connect needs an id: ;connect=ID");
            one.send(";accept=");
            one.expect(";error:;accept needs an id: ;accept=ID");
            LineClient.bridge(one, "arg1@example.org", two, "arg2@example.org");
            one.write(";connect\n;accept=\r\n;GOTO=12,15,40,63\r\n;disconnected\n");
            two.expectData(";connect\n;accept=\r\n;GOTO=12,15,40,63\r\n;disconnected\n");
            two.write("still here\n");
            one.expectData("still here\n");
        }
    }

    @Test
    void lineEndsAreLfOrCrLf() throws IOException {
        node.accounts("lf@example.org");
        try (LineClient client = node.connect()) {
            client.write(";register=lf@example.org\n");
            client.expect(";registered:lf@example.org");
            client.write(";connect=lf@example.org\r\n");
            client.expect(";error:cannot call yourself");
        }
    }

    @Test
    void aLineBeyondTheLimitClosesAndOneAtItDoesNot() throws IOException {
        try (LineClient client = node.connect()) {
            client.write("x".repeat(1_024) + "\r\n");
            client.expectNothingElse();
            client.write("x".repeat(1_025));
            client.expect(";error:line too long");
            client.expectClosed();
        }
    }

    /** A second is for those who do not close; it would make 20 of it here. */
    @Test
    void whoClosesWhenItIsOverIsNotWaitedFor(@TempDir Path fresh) throws Exception {
        try (TestNode quiet = TestNode.start(fresh)) {
            long began = System.nanoTime();
            for (int n = 0; n < 20; n++) {
                try (LineClient client = quiet.connect()) {
                    client.send(";quit");
                    client.expectClosed();
                }
                await().pollInterval(Duration.ofMillis(10))
                        .until(() -> quiet.metric("bridgehead_connections_open{listener=\"estim\"}") == 0);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void quitClosesAndTellsThePartner() throws IOException {
        node.accounts("q1@example.org", "q2@example.org");
        try (LineClient one = node.registered("q1@example.org");
                LineClient two = node.registered("q2@example.org")) {
            LineClient.bridge(one, "q1@example.org", two, "q2@example.org");
            one.write("last words\n;quit\n");
            two.expectData("last words\n");
            two.expect(";disconnected");
            one.expectClosed();
            two.expectNothingElse();
        }
    }

    @Test
    void aBridgedClientStillGetsItsAnswers() throws IOException {
        node.accounts("ask1@example.org", "ask2@example.org");
        try (LineClient one = node.registered("ask1@example.org");
                LineClient two = node.registered("ask2@example.org")) {
            LineClient.bridge(one, "ask1@example.org", two, "ask2@example.org");
            one.expectNothingElse();
            one.send(";connect=ask2@example.org");
            one.expect(";error:already connected to ask2@example.org");
        }
    }

    // ---- cuts

    @Test
    void bytesRightBehindAcceptBelongToTheBridge() throws IOException {
        node.accounts("quick1@example.org", "quick2@example.org");
        try (LineClient one = node.registered("quick1@example.org");
                LineClient two = node.registered("quick2@example.org")) {
            one.send(";connect=quick2@example.org");
            two.expect(";connect=quick1@example.org");
            two.write(";accept=quick1@example.org\nfirst words\n;GOTO=1\n;end\n;users\n");
            one.expect(";connected");
            one.expectData("first words\n;GOTO=1\n");
            one.expect(";disconnected");
            two.expect(";connected");
            assertThat(two.line()).startsWith(";user:");
        }
    }

    @Test
    void bytesMayComeOneByOne() throws IOException {
        node.accounts("drip1@example.org", "drip2@example.org");
        try (LineClient one = node.connect();
                LineClient two = node.registered("drip2@example.org")) {
            one.drip("ignored\n;register=drip1@example.org\r\n");
            one.expect(";registered:drip1@example.org");
            one.drip(";connect=drip2@example.org\n");
            two.expect(";connect=drip1@example.org");
            two.drip(";accept=drip1@example.org\nx\n;reg\n;endless\n");
            one.expect(";connected");
            one.expectData("x\n;reg\n;endless\n");
            two.drip(";end\r\n");
            one.expect(";disconnected");
        }
    }

    // ---- clients that close their half

    @Test
    void whoShutsDownItsOutputStillGetsItsAnswers() throws IOException {
        node.accounts("half@example.org");
        for (int round = 0; round < 20; round++) {
            try (LineClient client = node.connect()) {
                client.write(";register=half@example.org\n;help\n;users\n");
                client.shutdownOutput();
                client.expect(";registered:half@example.org");
                assertThat(client.line()).startsWith(";help:register");
                String line = client.line();
                while (!line.startsWith(";total:")) {
                    line = client.line();
                }
                client.expectClosed();
            }
        }
    }

    /** More answers than fit into the kernel, asked for before the end and read after it. */
    @Test
    void whoShutsDownItsOutputMayReadSlowly() throws IOException {
        int questions = 5_000;
        try (LineClient client = LineClient.narrow(node.tcp(), 4_096)) {
            CompletableFuture<Void> asked = inBackground(() -> {
                client.write(";help\n".repeat(questions));
                client.shutdownOutput();
            });
            for (int answers = 0; answers < questions; ) {
                if (client.line().startsWith(";help:help")) {
                    answers++;
                }
            }
            asked.join();
            client.expectClosed();
        }
    }

    @Test
    void whoShutsDownItsOutputHearsHowItsCallEnds() throws IOException {
        node.accounts("halfcaller@example.org");
        try (LineClient client = node.connect()) {
            client.write(";register=halfcaller@example.org\n;connect=nobody.there@example.org\n");
            client.shutdownOutput();
            client.expect(";registered:halfcaller@example.org", ";unavailable:nobody.there@example.org");
            client.expectClosed();
        }
    }

    @Test
    void whatWasSentBeforeTheEndArrivesBeforeDisconnected() throws IOException {
        node.accounts("fin1@example.org", "fin2@example.org");
        String much = "0123456789abcdef".repeat(64 * 1024);
        for (int round = 0; round < 10; round++) {
            try (LineClient one = node.registered("fin1@example.org");
                    LineClient two = node.registered("fin2@example.org")) {
                LineClient.bridge(one, "fin1@example.org", two, "fin2@example.org");
                CompletableFuture<Void> sent = inBackground(() -> {
                    one.write(much + ";unfinished");
                    one.shutdownOutput();
                });
                two.expectData(much + ";unfinished");
                two.expect(";disconnected");
                sent.join();
                one.expectClosed();
            }
        }
    }

    /** The data was on its way when the partner left: it is nobody's, and no reason to close. */
    @Test
    void dataThatComesTooLateForTheBridgeIsDropped() throws IOException {
        node.accounts("late1@example.org", "late2@example.org");
        try (LineClient one = node.registered("late1@example.org");
                LineClient two = node.registered("late2@example.org")) {
            LineClient.bridge(one, "late1@example.org", two, "late2@example.org");
            two.send(";end");
            one.expect(";disconnected");
            one.write("x".repeat(100_000));
            one.write("\n");
            one.expectNothingElse();
            one.write("x".repeat(1_025));
            one.expect(";error:line too long");
            one.expectClosed();
        }
    }

    @Test
    void theScrapeCountsWhatHappened(@TempDir Path fresh) throws Exception {
        try (TestNode counted = TestNode.start(fresh, "accounts.mode=open");
                LineClient ann = counted.registered("ann");
                LineClient bob = counted.registered("bob")) {
            LineClient.bridge(ann, "ann", bob, "bob");
            ann.write("12345\n");
            bob.expectData("12345\n");
            assertThat(counted.metric("bridgehead_sessions")).isEqualTo(2);
            assertThat(counted.metric("bridgehead_bridges")).isEqualTo(1);
            assertThat(counted.metric("bridgehead_bridge_bytes_total")).isEqualTo(6);
            assertThat(counted.metric("bridgehead_registrations_total{result=\"registered\"}")).isEqualTo(2);
            assertThat(counted.metric("bridgehead_calls_total{outcome=\"connected\"}")).isEqualTo(1);
            assertThat(counted.metric("bridgehead_connect_seconds_count")).isEqualTo(1);
            ann.send(";quit");
            bob.expect(";disconnected");
            await().untilAsserted(() -> assertThat(counted.metric("bridgehead_closes_total{reason=\"quit\"}"))
                    .isEqualTo(1));
            await().untilAsserted(() -> assertThat(counted.metric("bridgehead_bridges")).isZero());
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static CompletableFuture<Void> inBackground(Step step) {
        return CompletableFuture.runAsync(() -> {
            try {
                step.run();
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
        }, task -> Thread.ofPlatform().daemon().start(task));
    }
}
