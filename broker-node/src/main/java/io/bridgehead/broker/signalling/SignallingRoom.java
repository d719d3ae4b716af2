package io.bridgehead.broker.signalling;

import io.bridgehead.broker.config.SignallingConfig;
import io.bridgehead.broker.listener.SessionHost;
import io.bridgehead.broker.presence.ServerRegistry;

/** What all connections of the room share. Any thread. */
record SignallingRoom(
        SignallingConfig config,
        SessionHost host,
        SignallingPost post,
        ServerRegistry registry,
        Meetings meetings,
        SignallingEntrance entrance,
        SignallingSession session,
        Schemas schemas,
        SignallingMeters meters) {

    /** The command, unless its message breaks its type's schema. */
    SignallingCommand checked(SignallingCommand command) {
        return switch (command) {
            case SignallingCommand.Malformed malformed -> malformed;
            case SignallingCommand.Message message -> schemas.problem(message.type(), message.message())
                    .<SignallingCommand>map(problem ->
                            new SignallingCommand.Malformed(ErrorCode.SCHEMA, problem, false))
                    .orElse(message);
        };
    }
}
