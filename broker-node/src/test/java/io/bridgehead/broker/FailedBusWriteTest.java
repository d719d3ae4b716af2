package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.spi.FilterReply;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.impl.EventBusImpl;
import io.vertx.core.eventbus.impl.OutboundDeliveryContext;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With the log as it is configured for the node. */
class FailedBusWriteTest {

    private static final String CONTEXT = "io.vertx.core.impl.ContextImpl";
    private static final String TWICE = "Promise already completed";
    private static final StackTraceElement FAIL = frame("io.vertx.core.Promise", "fail");
    private static final StackTraceElement COMPLETE = frame("io.vertx.core.Promise", "complete");
    private static final StackTraceElement WRITE =
            frame("io.vertx.core.net.impl.DelegatingChannelPromise", "setFailure");
    private static final StackTraceElement OTHER = frame("io.bridgehead.broker.Node", "stop");

    @Test
    void aWriteThatFailsIsNotLoggedAsCompletedTwice() throws JoranException {
        assertThat(reply(CONTEXT, thrown(TWICE, FAIL, COMPLETE, WRITE, OTHER))).isEqualTo(FilterReply.DENY);
    }

    @Test
    void everythingElseIsLogged() throws JoranException {
        assertThat(List.of(
                        reply(CONTEXT, thrown(TWICE, FAIL, COMPLETE, OTHER)),
                        reply(CONTEXT, thrown(TWICE, COMPLETE, WRITE)),
                        reply(CONTEXT, thrown("something else", FAIL, WRITE)),
                        reply("io.bridgehead.broker.Node", thrown(TWICE, FAIL, WRITE)),
                        reply(CONTEXT, new IOException(TWICE)),
                        reply(CONTEXT, null)))
                .containsOnly(FilterReply.NEUTRAL);
    }

    /** When this fails, Vert.x has mended it: the filter can go. */
    @Test
    void vertxStillSaysSoOfAWriteThatFailsOnce() {
        Vertx vertx = Vertx.vertx();
        try {
            EventBusImpl bus = (EventBusImpl) vertx.eventBus();
            OutboundDeliveryContext<Object> write = bus.newSendContext(
                    bus.createMessage(true, false, "anybody", null, "text", null), new DeliveryOptions(), null);
            IOException broken = new IOException("broken");
            assertThatThrownBy(() -> write.fail(broken)).isInstanceOf(IllegalStateException.class).hasMessage(TWICE);
            assertThat(write.writePromise.future().cause()).isSameAs(broken);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static FilterReply reply(String logger, Throwable thrown) throws JoranException {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(FailedBusWriteTest.class.getResource("/logback.xml"));
        Logger named = context.getLogger(logger);
        assertThat(named.isErrorEnabled()).isTrue();
        return context.getTurboFilterList()
                .getTurboFilterChainDecision(null, named, Level.ERROR, "Unhandled exception", null, thrown);
    }

    private static StackTraceElement frame(String type, String method) {
        return new StackTraceElement(type, method, "X.java", 1);
    }

    private static Throwable thrown(String message, StackTraceElement... frames) {
        IllegalStateException exception = new IllegalStateException(message);
        exception.setStackTrace(frames);
        return exception;
    }
}
