package io.bridgehead.broker;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.event.KeyValuePair;

/**
 * A log event as {@code key=value} pairs on one line, whatever the values hold: control characters stand as
 * {@code \}{@code uXXXX}, so that nobody's nickname or reason can forge a second event. A stack trace is the value of
 * {@code trace}, its frames parted by {@code |}. Any thread.
 */
public final class LogLine extends LayoutBase<ILoggingEvent> {

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(200);
        line.append("time=").append(event.getInstant());
        line.append(" level=").append(event.getLevel().toString().toLowerCase(Locale.ROOT));
        append(line, "logger", event.getLoggerName());
        append(line, "msg", event.getFormattedMessage());
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                append(line, pair.key, String.valueOf(pair.value));
            }
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            append(line, "error", thrown.getClassName() + ": " + thrown.getMessage());
            append(line, "trace", ThrowableProxyUtil.asString(thrown)
                    .lines()
                    .skip(1)
                    .map(String::strip)
                    .collect(Collectors.joining(" | ")));
        }
        return line.append('\n').toString();
    }

    private static void append(StringBuilder line, String key, String value) {
        line.append(' ');
        escape(line, key);
        line.append('=');
        boolean bare = !value.isEmpty() && value.chars().noneMatch(unit -> unit <= ' ' || unit == '"' || unit == '=');
        if (bare) {
            escape(line, value);
        } else {
            line.append('"');
            escape(line, value);
            line.append('"');
        }
    }

    private static void escape(StringBuilder line, String text) {
        for (int at = 0; at < text.length(); at++) {
            char unit = text.charAt(at);
            if (unit == '"' || unit == '\\') {
                line.append('\\').append(unit);
            } else if (isUnprintable(unit)) {
                line.append("\\u%04X".formatted((int) unit));
            } else {
                line.append(unit);
            }
        }
    }

    /** Control and format characters: the latter turn the writing direction, or cannot be seen. */
    private static boolean isUnprintable(char unit) {
        return Character.isISOControl(unit)
                || Character.getType(unit) == Character.FORMAT
                || unit == '\u2028'
                || unit == '\u2029';
    }
}
