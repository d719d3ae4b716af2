package io.bridgehead.broker;

import io.bridgehead.broker.listener.Doors;
import io.vertx.core.Future;

/** The doors of two rooms as one. */
record AllDoors(Doors first, Doors second) implements Doors {

    @Override
    public Future<Void> stopAccepting() {
        return Future.join(first.stopAccepting(), second.stopAccepting()).mapEmpty();
    }

    @Override
    public Future<Void> acceptAgain() {
        return first.acceptAgain().compose(open -> second.acceptAgain().recover(failure -> first.stopAccepting()
                .transform(closed -> Future.failedFuture(failure))));
    }

    @Override
    public int open() {
        return first.open() + second.open();
    }
}
