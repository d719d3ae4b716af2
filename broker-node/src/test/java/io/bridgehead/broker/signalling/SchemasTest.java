package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemasTest {

    private static final String OFFER =
            "{\"type\":\"object\",\"required\":[\"sdp\"],\"properties\":{\"sdp\":{\"type\":\"string\",\"maxLength\":5}}}";

    private static final Vertx VERTX = Vertx.vertx();

    @AfterAll
    static void stop() {
        VERTX.close();
    }

    @TempDir
    private Path directory;

    @Test
    void aTypeWithASchemaIsHeldToItAndOthersAreNot() throws Exception {
        Files.writeString(directory.resolve("offer.json"), OFFER);
        Files.writeString(directory.resolve("README"), "no schema");
        Schemas schemas = new Schemas(directory, VERTX.fileSystem());
        schemas.load();

        assertThat(schemas.problem("offer", "{\"sdp\":\"v=0\"}")).isEmpty();
        assertThat(schemas.problem("offer", "{\"sdp\":\"v=0000\"}")).get().asString()
                .startsWith("message: not as the schema of offer wants it").doesNotContain("v=0000");
        assertThat(schemas.problem("offer", "{}")).isPresent();
        for (String other : new String[] {"null", "1", "\"x\"", "[]", "true", "1e5", "12345678901234567890123"}) {
            assertThat(schemas.problem("offer", other)).as(other).isPresent();
        }
        assertThat(schemas.problem("answer", "1")).isEmpty();
    }

    @Test
    void aBadFileChangesNothing() throws Exception {
        Path file = Files.writeString(directory.resolve("offer.json"), OFFER);
        Schemas schemas = new Schemas(directory, VERTX.fileSystem());
        schemas.load();
        Files.writeString(file, "{");
        Files.writeString(directory.resolve("answer.json"), "{\"type\":\"string\"}");

        assertThatThrownBy(schemas::load)
                .hasMessage("signalling.schemas: " + file + " (expected: a JSON schema, draft 2020-12)");
        assertThat(schemas.problem("offer", "{}")).isPresent();
        assertThat(schemas.problem("answer", "1")).isEmpty();

        Files.writeString(file, "{}");
        schemas.load();
        assertThat(schemas.problem("offer", "{}")).isEmpty();
        assertThat(schemas.problem("answer", "1")).isPresent();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"items":{"anyOf":[{"uniqueItems":true}]}}  | no uniqueItems
            {"$ref":"https://example.net/schema"}       | no $ref to another document
            {"properties":{"a":{"$ref":"other.json"}}}  | no $ref to another document
            []                                          | a JSON schema, draft 2020-12
            {"type":5}                                  | a JSON schema, draft 2020-12
            """)
    void whatCostsTooMuchOrMeansNothingIsRefused(String schema, String expected) throws Exception {
        Path file = Files.writeString(directory.resolve("x.json"), schema);
        assertThatThrownBy(new Schemas(directory, VERTX.fileSystem())::load)
                .hasMessage("signalling.schemas: " + file + " (expected: " + expected + ")");
    }
}
