package io.bridgehead.broker.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.bus.LoopAddress;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.bus.NodeMessage;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionId;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusSeatsTest {

    private final EventLoop loop = new DefaultEventLoop();
    private Optional<EventLoop> known = Optional.of(loop);
    private final BusSeats seats = new BusSeats(new NodeBus() {
        @Override
        public void send(LoopAddress to, NodeMessage message) {
            throw new IllegalStateException("a seat is nobody else's affair");
        }

        @Override
        public Future<Answer> ask(LoopAddress to, NodeMessage message, Duration limit) {
            throw new IllegalStateException("a seat is nobody else's affair");
        }

        @Override
        public Set<NodeId> others() {
            return Set.of();
        }

        @Override
        public Optional<EventLoop> loop() {
            return known;
        }
    });

    @AfterEach
    void end() {
        loop.shutdownGracefully();
    }

    @Test
    void thereAreFewAndWhoLeavesMakesRoom() {
        LongStream.range(0, BusSeats.MAX).forEach(number -> assertThat(seats.take(session(number))).hasValue(loop));
        assertThat(seats.take(session(BusSeats.MAX))).isEmpty();
        assertThat(seats.take(session(0))).as("its own").hasValue(loop);

        seats.leave(session(0));
        seats.leave(session(0));
        assertThat(seats.take(session(BusSeats.MAX))).hasValue(loop);
        assertThat(seats.take(session(0))).isEmpty();
    }

    @Test
    void beforeTheBusHasAConnectionThereAreNone() {
        known = Optional.empty();
        assertThat(seats.take(session(1))).isEmpty();
        known = Optional.of(loop);
        LongStream.range(0, BusSeats.MAX).forEach(number -> assertThat(seats.take(session(number))).hasValue(loop));
    }

    private static SessionId session(long number) {
        return new SessionId(1, number);
    }
}
