package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusalAuditTest {

    private final RefusalAudit audit = new RefusalAudit();
    private final Logger logger = (Logger) LoggerFactory.getLogger("audit");
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();

    @BeforeEach
    void listen() {
        written.start();
        logger.setAdditive(false);
        logger.addAppender(written);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(written);
        logger.setAdditive(true);
    }

    private List<String> flushed() {
        written.list.clear();
        audit.flush();
        return written.list.stream().map(event -> event.getMessage() + " " + event.getKeyValuePairs()).toList();
    }

    @Test
    void aThousandGuessesFromOneAddressAreOneLine() {
        IntStream.range(0, 1000).forEach(n -> audit.note(RefusalAudit.Kind.OVER_LIMIT, "192.0.2.1"));
        audit.note(RefusalAudit.Kind.WRONG_PASSPHRASE, "192.0.2.1");

        assertThat(flushed()).containsExactlyInAnyOrder(
                "refused [protocol=\"signalling\", reason=\"over_limit\", address=\"192.0.2.1\", count=\"1000\"]",
                "refused [protocol=\"signalling\", reason=\"wrong_passphrase\", address=\"192.0.2.1\", count=\"1\"]");
        assertThat(flushed()).isEmpty();
    }

    @Test
    void anIpv6NetworkIsOneLine() {
        IntStream.range(0, 300).forEach(
                n -> audit.note(RefusalAudit.Kind.UNKNOWN_TOKEN, "2001:db8:0:1::" + Integer.toHexString(n)));

        assertThat(flushed()).singleElement().asString().contains("2001:db8:0:1::0", "count=\"300\"");
    }

    @Test
    void aFloodFromMoreAddressesThanAreListedIsANumber() {
        for (int n = 0; n < RefusalAudit.MAX_ROWS + 5; n++) {
            audit.note(RefusalAudit.Kind.UNKNOWN_TOKEN, "10.0." + n / 256 + "." + n % 256);
        }
        audit.note(RefusalAudit.Kind.UNKNOWN_TOKEN, "10.0.0.0");

        List<String> lines = flushed();
        assertThat(lines).hasSize(RefusalAudit.MAX_ROWS + 1);
        assertThat(lines.getLast())
                .isEqualTo("refused, from more addresses than are listed [protocol=\"signalling\", count=\"5\"]");
        assertThat(lines).anyMatch(line -> line.contains("\"10.0.0.0\", count=\"2\""));
    }
}
