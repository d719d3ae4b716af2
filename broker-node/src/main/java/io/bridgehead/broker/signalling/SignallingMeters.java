package io.bridgehead.broker.signalling;

import io.bridgehead.broker.metrics.CounterBy;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted of the room's connections. Any thread. */
final class SignallingMeters {

    /** How coming back ended, as a metric's tag. */
    enum ResumeResult {
        /** With every message it missed. */
        COMPLETE,
        /** Some messages are lost, or nobody knows. */
        INCOMPLETE,
        REFUSED
    }

    private final AtomicInteger present = new AtomicInteger();
    private final Counter messages;
    private final CounterBy<ErrorCode> errors;
    private final CounterBy<SignallingClose> closes;
    private final CounterBy<ResumeResult> resumes;

    SignallingMeters(Meters meters) {
        this.messages = meters.counter(Meter.SIGNALLING_MESSAGES);
        this.errors = meters.counters(Meter.SIGNALLING_ERRORS, ErrorCode.class);
        this.closes = meters.counters(Meter.SIGNALLING_CLOSES, SignallingClose.class);
        this.resumes = meters.counters(Meter.SIGNALLING_RESUMES, ResumeResult.class);
        meters.gauge(Meter.SIGNALLING_PEERS, present::get);
    }

    void entered() {
        present.incrementAndGet();
    }

    void left() {
        present.decrementAndGet();
    }

    void message() {
        messages.increment();
    }

    void error(ErrorCode code) {
        errors.increment(code);
    }

    void closed(SignallingClose close) {
        closes.increment(close);
    }

    void resumed(ResumeResult result) {
        resumes.increment(result);
    }
}
