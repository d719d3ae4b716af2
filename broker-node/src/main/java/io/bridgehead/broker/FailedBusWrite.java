package io.bridgehead.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Arrays;
import org.slf4j.Marker;

/**
 * Leaves one event of Vert.x out of the log: when a connection of the event bus breaks, each message that was written
 * to it and did not go out is an ERROR "Promise already completed", hundreds at once under load. Nothing was completed
 * twice: {@code OutboundDeliveryContext.tryFail} of 5.0.12 passes the failure on, and then answers false, which is
 * taken for "too late". The sender hears of the failure; the break itself is logged besides. Any thread.
 */
public final class FailedBusWrite extends TurboFilter {

    private static final String LOGGER = "io.vertx.core.impl.ContextImpl";
    private static final String MESSAGE = "Promise already completed";
    private static final String THROWER = "io.vertx.core.Promise";
    private static final String WRITE = "io.vertx.core.net.impl.DelegatingChannelPromise";

    @Override
    public FilterReply decide(
            Marker marker, Logger logger, Level level, String format, Object[] params, Throwable thrown) {
        return thrown instanceof IllegalStateException
                        && LOGGER.equals(logger.getName())
                        && MESSAGE.equals(thrown.getMessage())
                        && isOfAWrite(thrown.getStackTrace())
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }

    private static boolean isOfAWrite(StackTraceElement[] frames) {
        return frames.length > 0
                && frames[0].getClassName().equals(THROWER)
                && frames[0].getMethodName().equals("fail")
                && Arrays.stream(frames).anyMatch(frame -> frame.getClassName().equals(WRITE));
    }
}
