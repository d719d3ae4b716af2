package io.bridgehead.broker;

import io.bridgehead.broker.listener.Doors;
import io.vertx.core.Future;
import java.util.List;

/** The doors of all rooms as one. */
record AllDoors(List<Doors> rooms) implements Doors {

    AllDoors {
        rooms = List.copyOf(rooms);
    }

    @Override
    public Future<Void> stopAccepting() {
        return Future.join(rooms.stream().map(Doors::stopAccepting).toList()).mapEmpty();
    }

    @Override
    public Future<Void> acceptAgain() {
        return acceptAgain(0);
    }

    /** In turn; what was opened is shut again behind a room that cannot open. */
    private Future<Void> acceptAgain(int from) {
        if (from == rooms.size()) {
            return Future.succeededFuture();
        }
        Doors room = rooms.get(from);
        return room.acceptAgain().compose(open -> acceptAgain(from + 1)
                .recover(failure -> room.stopAccepting().transform(closed -> Future.failedFuture(failure))));
    }

    @Override
    public int open() {
        return rooms.stream().mapToInt(Doors::open).sum();
    }
}
