package io.bridgehead.broker.account;

import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes down what it is told; can fail. Any thread. */
final class RecordingListener implements ChangeListener {

    final List<Subscription> told = new CopyOnWriteArrayList<>();
    final AtomicInteger missed = new AtomicInteger();
    final AtomicInteger failures = new AtomicInteger();

    @Override
    public Future<Void> changed(Subscription state) {
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return Future.failedFuture(new IllegalStateException("not enforced in this test"));
        }
        told.add(state);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> missed() {
        missed.incrementAndGet();
        return Future.succeededFuture();
    }
}
