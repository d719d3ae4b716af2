package io.bridgehead.broker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checker finds each kind of broken promise, and none where none was broken. */
class CheckerTest {

    private static final Duration LIMIT = Duration.ofNanos(100);

    private final History history = new History();
    private final History.Fault fault = new History.Fault(1_000, "kill", Set.of("n2"));

    /** Bridge 1 from n1 to n2, bridge 2 inside n1; n2 dies at 1,000. */
    @BeforeEach
    void twoBridges() {
        registered("ann", 11, "n1", 10);
        registered("bob", 12, "n2", 10);
        registered("cid", 13, "n1", 10);
        registered("dan", 14, "n1", 10);
        history.add(new History.Joined(20, 1, "ann", 11, "n1"));
        history.add(new History.Joined(20, 1, "bob", 12, "n2"));
        history.add(new History.Joined(20, 2, "cid", 13, "n1"));
        history.add(new History.Joined(20, 2, "dan", 14, "n1"));
        history.add(fault);
    }

    private void registered(String user, int connection, String node, long at) {
        history.add(new History.Registered(at, user, connection, node));
    }

    private Checker checker() {
        return new Checker(history);
    }

    @Test
    void aGoodHistoryHasNoViolations() {
        history.add(new History.Told(1_050, 1, "ann"));
        history.add(new History.Closed(1_010, "bob", 12, ""));
        registered("bob", 15, "n1", 1_080);
        history.add(new History.Carried(3_000, 1, "ann", "bob", 500, 400, -1));
        history.add(new History.Carried(3_000, 2, "cid", "dan", 500, 500, -1));
        assertThat(checker().told(fault, LIMIT)).isEqualTo(verdict(50, 1));
        assertThat(checker().toldElsewhere(fault, LIMIT)).isEqualTo(verdict(50, 1));
        assertThat(checker().backAgain(fault, LIMIT)).isEqualTo(verdict(70, 1));
        assertThat(checker().bystanders(fault)).isEqualTo(verdict(0, 1));
        assertThat(checker().prefix().violations()).isEmpty();
        assertThat(checker().oneEach().violations()).isEmpty();
    }

    private static Checker.Verdict verdict(long nanos, int judged) {
        return new Checker.Verdict(List.of(), Duration.ofNanos(nanos), judged);
    }

    @Test
    void anEndThatIsNeverTold() {
        history.add(new History.Closed(1_010, "bob", 12, ""));
        assertThat(checker().told(fault, LIMIT).violations()).singleElement().asString().contains("never told", "ann");
    }

    @Test
    void anEndThatIsToldLate() {
        history.add(new History.Closed(1_010, "bob", 12, ""));
        history.add(new History.Told(1_101, 1, "ann"));
        assertThat(checker().told(fault, LIMIT).violations()).singleElement().asString().contains("told after", "ann");
        assertThat(checker().toldElsewhere(fault, LIMIT).violations()).hasSize(1);
    }

    @Test
    void theEndOnAHangingNodeIsJudgedFromWhenItGoesOn() {
        History.Fault goesOn = new History.Fault(5_000, "CONT", Set.of("n2"));
        history.add(new History.Told(5_101, 1, "bob"));
        assertThat(checker().toldThere(fault, goesOn, LIMIT).violations()).singleElement().asString().contains("bob");
        assertThat(checker().toldThere(fault, goesOn, LIMIT.plusNanos(1)).violations()).isEmpty();
    }

    @Test
    void aBridgeThatEndsBeforeTheDeadline() {
        history.add(new History.Told(1_099, 1, "ann"));
        assertThat(checker().nobodyToldBefore(fault, LIMIT).violations()).hasSize(1);
        assertThat(checker().nobodyToldBefore(fault, LIMIT.minusNanos(1)).violations()).isEmpty();
    }

    @Test
    void aBystanderWhoseBridgeEnds() {
        history.add(new History.Told(1_050, 2, "cid"));
        assertThat(checker().bystanders(fault).violations()).singleElement().asString().contains("cid");
    }

    @Test
    void aBystanderWhoLosesBytes() {
        history.add(new History.Carried(3_000, 2, "cid", "dan", 500, 499, -1));
        assertThat(checker().bystanders(fault).violations()).singleElement().asString().contains("lost bytes", "dan");
    }

    @Test
    void wrongBytesTooManyBytesAndBytesFromNowhere() {
        history.add(new History.Carried(3_000, 1, "ann", "bob", 500, 400, 17));
        history.add(new History.Carried(3_000, 2, "cid", "dan", 500, 501, -1));
        history.add(new History.Stray(3_000, "ann", "n1", 9));
        assertThat(checker().prefix().violations()).hasSize(3);
    }

    @Test
    void aBridgeAcrossThatIsNotToldAndOneOnASideThatEnds() {
        history.add(new History.Told(1_050, 1, "ann"));
        history.add(new History.Told(1_050, 2, "cid"));
        assertThat(checker().toldAcross(fault, Set.of("n2"), LIMIT).violations())
                .singleElement().asString().contains("never told", "bob");
        assertThat(checker().sameSide(fault, Set.of("n2")).violations()).singleElement().asString().contains("cid");
    }

    @Test
    void aUserWhoIsInTwice() {
        registered("bob", 15, "n1", 1_080);
        assertThat(checker().oneEach().violations()).singleElement().asString().contains("bob");
        history.add(new History.Closed(1_090, "bob", 12, ";error:registered elsewhere"));
        assertThat(checker().oneEach().violations()).isEmpty();
    }

    @Test
    void aBannedUserWhoStaysLeavesLateOrComesBack() {
        history.add(new History.Banned(2_000, "cid"));
        assertThat(checker().banned(LIMIT).violations()).singleElement().asString().contains("lives on", "cid");
        history.add(new History.Closed(2_101, "cid", 13, ";failed:3=banned"));
        assertThat(checker().banned(LIMIT).violations()).singleElement().asString().contains("after its ban");
        assertThat(checker().banned(LIMIT.plusNanos(1)).violations()).isEmpty();
        registered("cid", 16, "n1", 2_200);
        assertThat(checker().banned(LIMIT.plusNanos(1)).violations()).hasSize(1);
    }

    @Test
    void aUserWhoDoesNotComeBackOrLate() {
        history.add(new History.Closed(1_010, "bob", 12, ""));
        assertThat(checker().backAgain(fault, LIMIT).violations()).singleElement().asString().contains("never in again");
        registered("bob", 15, "n1", 1_111);
        assertThat(checker().backAgain(fault, LIMIT).violations()).singleElement().asString().contains("in again after");
    }

    @Test
    void aCallThatDoesNotComeThrough() {
        history.add(new History.Called(1_500, "ann", "n1", Duration.ofNanos(100), ";unavailable:bob"));
        history.add(new History.Called(2_500, "ann", "n1", Duration.ofNanos(100), ""));
        assertThat(checker().calls(1_400, 3_000)).extracting(each -> each.violations().size(), Checker.Verdict::judged)
                .containsExactly(1, 2);
        assertThat(checker().calls(1_401, 3_000).violations()).isEmpty();
    }

    @Test
    void everyByteHasItsPlace() {
        NumberedBytes stream = new NumberedBytes(7, true);
        byte[] bytes = stream.from(1_000, 500);
        assertThat(new String(stream.from(0, 10_000), StandardCharsets.US_ASCII)).doesNotContain(";");
        assertThat(stream.firstWrong(1_000, bytes, 0, 500)).isEqualTo(-1);
        assertThat(stream.firstWrong(1_100, bytes, 100, 400)).isEqualTo(-1);
        assertThat(stream.firstWrong(1_001, bytes, 0, 499)).isNotNegative();
        assertThat(new NumberedBytes(7, false).firstWrong(1_000, bytes, 0, 500)).isNotNegative();
        assertThat(new NumberedBytes(8, true).firstWrong(1_000, bytes, 0, 500)).isNotNegative();
        bytes[321]++;
        assertThat(stream.firstWrong(1_000, bytes, 0, 500)).isEqualTo(321);
    }
}
