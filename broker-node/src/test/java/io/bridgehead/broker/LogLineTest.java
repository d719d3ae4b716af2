package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The log as it is configured for the node: one event is one line. */
class LogLineTest {

    private static final String HOSTILE = "a\n\u001b[2Jlevel=error \"b\" \u202e\u2028\\";

    @Test
    void aHostileValueStaysOnItsLine() {
        String out = logged("text", log -> log.atInfo().addKeyValue("reason", HOSTILE).log("session closed"));

        assertThat(out.lines()).hasSize(1);
        assertThat(out)
                .contains(" level=info logger=io.bridgehead.test msg=\"session closed\" reason=\"a\\u000A\\u001B[2J")
                .endsWith("level=error \\\"b\\\" \\u202E\\u2028\\\\\"\n");
    }

    @Test
    void aHostileMessageOrKeyStaysOnItsLine() {
        assertThat(logged("text", log -> log.atInfo().addKeyValue("k\n", "v").log("x\r\ny")))
                .satisfies(out -> assertThat(out.lines()).hasSize(1))
                .endsWith(" msg=\"x\\u000D\\u000Ay\" k\\u000A=v\n");
    }

    @Test
    void aStackTraceStaysOnItsLine() {
        String out = logged("text", log -> log.error("failed", new IllegalStateException("two\nlines")));

        assertThat(out.lines()).hasSize(1);
        assertThat(out).contains("error=\"java.lang.IllegalStateException: two\\u000Alines\"", " | at ");
    }

    @Test
    void jsonHasTheKeysAndStaysOnItsLine() {
        String out = logged("json", log -> log.atInfo().addKeyValue("reason", HOSTILE).log("session closed"));

        assertThat(out.lines()).hasSize(1);
        assertThat(new JsonObject(out).getString("reason")).isEqualTo(HOSTILE);
        assertThat(new JsonObject(out).getString("message")).isEqualTo("session closed");
    }

    @Test
    void debugIsOffUnlessAskedFor() {
        assertThat(logged("text", log -> log.debug("quiet"))).isEmpty();
    }

    private static String logged(String format, Consumer<Logger> event) {
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        context.putProperty("BRIDGEHEAD_LOG", format);
        try {
            JoranConfigurator configurator = new JoranConfigurator();
            configurator.setContext(context);
            configurator.doConfigure(LogLineTest.class.getResource("/logback.xml"));
            Appender<ILoggingEvent> console = context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("console");
            ((OutputStreamAppender<ILoggingEvent>) console).setOutputStream(captured);
            event.accept(context.getLogger("io.bridgehead.test"));
        } catch (JoranException broken) {
            throw new AssertionError(broken);
        } finally {
            context.stop();
        }
        return captured.toString(StandardCharsets.UTF_8);
    }
}
