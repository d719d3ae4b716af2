package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.listener.Doors;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllDoorsTest {

    /** A room's doors, which open unless they are stuck. */
    private static final class Room implements Doors {

        private final boolean stuck;
        private boolean accepts;

        Room(boolean stuck) {
            this.stuck = stuck;
        }

        @Override
        public Future<Void> stopAccepting() {
            accepts = false;
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> acceptAgain() {
            accepts = !stuck;
            return stuck ? Future.failedFuture("address in use") : Future.succeededFuture();
        }

        @Override
        public int open() {
            return accepts ? 1 : 0;
        }
    }

    @Test
    void allRoomsOpenAndShutTogether() {
        AllDoors doors = new AllDoors(List.of(new Room(false), new Room(false), new Room(false)));

        assertThat(doors.acceptAgain().succeeded()).isTrue();
        assertThat(doors.open()).isEqualTo(3);
        assertThat(doors.stopAccepting().succeeded()).isTrue();
        assertThat(doors.open()).isZero();
    }

    @Test
    void whenOneCannotOpenTheOthersAreShutAgain() {
        AllDoors doors = new AllDoors(List.of(new Room(false), new Room(false), new Room(true)));

        assertThat(doors.acceptAgain().cause()).hasMessage("address in use");
        assertThat(doors.open()).isZero();
    }
}
