package io.bridgehead.broker.admin;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** What a route answers when it does what it was asked. Immutable, any thread. */
record Answer(int status, String contentType, Buffer body, Map<String, String> headers) {

    static Answer json(int status, JsonObject body) {
        return new Answer(status, "application/json", body.toBuffer(), Map.of());
    }

    static Answer noContent() {
        return new Answer(204, "", Buffer.buffer(), Map.of());
    }

    Answer withHeader(String name, String value) {
        return new Answer(status, contentType, body, Map.of(name, value));
    }
}
