package io.bridgehead.broker.admin;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * {@code openapi.yaml}: the text that is served, and the contract that requests are held to. Immutable, any thread.
 *
 * @param text as it is in the jar
 * @param contract the same without the contents of responses: vertx-openapi refuses a document that names a media type
 *     it does not know, {@code application/problem+json} among them, and we do not check our own answers by it
 */
record ApiDocument(Buffer text, OpenAPIContract contract) {

    /** Where it is served; the one path that needs no token. */
    static final String PATH = "/openapi.yaml";

    private static final String RESOURCE = "openapi.yaml";

    static Future<ApiDocument> load(Vertx vertx) {
        return vertx.executeBlocking(() -> {
                    Buffer text = read();
                    return new Read(text, withoutResponseContents(parse(text)));
                })
                .compose(document -> OpenAPIContract.from(vertx, document.contract())
                        .map(contract -> new ApiDocument(document.text(), contract)));
    }

    private record Read(Buffer text, JsonObject contract) {}

    /** Not by Vert.x, which unpacks the whole jar into a temporary directory for one file of it: 0.6 s of a start. */
    private static Buffer read() throws IOException {
        try (InputStream text = ApiDocument.class.getResourceAsStream(RESOURCE)) {
            return Buffer.buffer(text.readAllBytes());
        }
    }

    private static JsonObject parse(Buffer text) {
        Map<String, Object> tree = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(text.toString(StandardCharsets.UTF_8));
        // through text, so that every level is a JsonObject
        return new JsonObject(new JsonObject(tree).encode());
    }

    private static JsonObject withoutResponseContents(JsonObject level) {
        for (String key : level.fieldNames()) {
            if (level.getValue(key) instanceof JsonObject below) {
                withoutResponseContents(below);
                if (key.equals("responses")) {
                    below.fieldNames().forEach(response -> below.getJsonObject(response).remove("content"));
                }
            }
        }
        return level;
    }
}
