package io.bridgehead.broker.estim;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.session.Registration.Refusal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reply's golden text. */
class EstimEncoderTest {

    private final EstimEncoder encoder = new EstimEncoder("estim broker", "0.2");

    static Stream<Arguments> replies() {
        return Stream.of(
                row(new EstimReply.Info(0),
                        ";info:estim broker 0.2 - 0 users registered - use ;help for assistance"),
                row(new EstimReply.Info(12345),
                        ";info:estim broker 0.2 - 12345 users registered - use ;help for assistance"),
                row(new EstimReply.Registered("master@example.org"), ";registered:master@example.org"),
                row(new EstimReply.RegisteredV2("abc", Optional.of(LocalDate.of(2027, 1, 9)), "Zoë"),
                        ";registered:abc;expires:2027-01-09;nick:Zoë"),
                row(new EstimReply.RegisteredV2("abc", Optional.empty(), "abc"), ";registered:abc;expires:;nick:abc"),
                row(new EstimReply.Failed(Refusal.NO_ACCOUNT), ";failed:1=no account found"),
                row(new EstimReply.Failed(Refusal.NO_ACCOUNT_OR_WRONG_PIN),
                        ";failed:1=no account found or wrong PIN"),
                row(new EstimReply.Failed(Refusal.EXPIRED), ";failed:2=subscription expired"),
                row(new EstimReply.Failed(Refusal.BANNED), ";failed:3=banned"),
                row(new EstimReply.Failed(Refusal.WRONG_PIN), ";failed:4=wrong PIN"),
                row(new EstimReply.Failed(Refusal.TOO_MANY_ATTEMPTS), ";failed:5=too many attempts"),
                row(new EstimReply.PinChanged(), ";failed:4=PIN changed"),
                row(new EstimReply.Asked("master@example.org"), ";connect=master@example.org"),
                row(new EstimReply.Notice("web: 192.0.2.7 asks for a connection"), ";info:web: 192.0.2.7 asks for a connection"),
                row(new EstimReply.Busy("slave@example.org"), ";busy:slave@example.org"),
                row(new EstimReply.Unavailable("slave@example.org"), ";unavailable:slave@example.org"),
                row(new EstimReply.Connected(), ";connected"),
                row(new EstimReply.Denied(), ";denied"),
                row(new EstimReply.Disconnected(), ";disconnected"),
                row(new EstimReply.UserList(List.of(), 3), ";total:3"),
                row(new EstimReply.UserList(List.of("abc", "def"), 2), ";user:abc", ";user:def", ";total:2"),
                row(new EstimReply.RetryIn(Duration.ofMillis(1_730)), ";info:try again in 1730 ms"),
                row(new EstimReply.Problem("not registered"), ";error:not registered"));
    }

    private static Arguments row(EstimReply reply, String... lines) {
        return Arguments.of(reply, List.of(lines));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void aReplyReads(EstimReply reply, List<String> lines) {
        assertThat(encoder.lines(reply)).isEqualTo(lines);
    }

    @Test
    void everyReplyHasAGoldenText() {
        Set<Class<?>> covered = replies().map(row -> row.get()[0].getClass()).collect(Collectors.toSet());
        covered.add(EstimReply.Help.class);
        assertThat(covered).containsExactlyInAnyOrder(EstimReply.class.getPermittedSubclasses());
        assertThat(replies().map(row -> row.get()[0])
                        .filter(EstimReply.Failed.class::isInstance)
                        .map(failed -> ((EstimReply.Failed) failed).refusal()))
                .containsExactlyInAnyOrder(Refusal.values());
    }

    @Test
    void helpNamesEveryCommand() {
        Set<String> named = encoder.lines(new EstimReply.Help()).stream()
                .map(line -> line.replaceAll("^;help:([a-z]+).*", "$1"))
                .collect(Collectors.toSet());
        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(EstimCommand.class.getPermittedSubclasses())
                        .map(type -> type.getSimpleName().toLowerCase(Locale.ROOT))
                        .toList());
    }

    @Test
    void numbersAreAsciiWhateverTheMachinesLanguage() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertThat(encoder.lines(new EstimReply.Info(7)).getFirst()).contains("- 7 users");
            assertThat(encoder.lines(new EstimReply.UserList(List.of(), 7))).containsExactly(";total:7");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void noReplyIsMoreThanItsLines() {
        assertThat(Stream.concat(replies().map(row -> (EstimReply) row.get()[0]), Stream.of(new EstimReply.Help()))
                        .flatMap(reply -> encoder.lines(reply).stream()))
                .allMatch(line -> line.startsWith(";") && line.chars().noneMatch(Character::isISOControl));
    }
}
