package io.bridgehead.broker.listener;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.Optional;

/**
 * What a request that asks for no WebSocket is answered.
 *
 * @param headers beside those of the connection
 * @param body not sent to HEAD; empty text: none
 */
public record PlainAnswer(int status, Map<String, String> headers, Buffer body) {

    /** Of a room that has nothing for such requests: they hear 426. */
    public static final Source NONE = request -> Optional.empty();

    public PlainAnswer {
        headers = Map.copyOf(headers);
    }

    /** Where answers come from. Called on the connection's event loop; must neither block nor throw. */
    public interface Source {

        /** Empty: the request hears 426. */
        Optional<PlainAnswer> answer(Request request);
    }

    /** @param ifNoneMatch the header of that name; empty: none */
    public record Request(String method, String path, String ifNoneMatch) {}
}
