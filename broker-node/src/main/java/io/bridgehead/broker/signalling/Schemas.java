package io.bridgehead.broker.signalling;

import io.vertx.core.file.FileSystem;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaException;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * JSON schemas (draft 2020-12) that messages must meet, by type: {@code TYPE.json} in a directory. A type without a file
 * is not looked at. {@code uniqueItems} is refused: checking it costs the square of the items (CVE-2026-102461); so is a
 * {@code $ref} to another document. Any thread.
 */
final class Schemas {

    private static final String SUFFIX = ".json";
    private static final String BASE = "https://example.org/";

    private static final String META_SCHEMA = "https://json-schema.org/draft/2020-12/schema";

    private final Path directory;
    private final FileSystem files;
    private volatile Map<String, Validator> validators = Map.of();

    /**
     * @param directory empty: no schemas
     * @param files reads the schema of schemas from the class path
     */
    Schemas(Path directory, FileSystem files) {
        this.directory = directory;
        this.files = files;
    }

    /**
     * Reads the directory, all or nothing: if a file is bad, what was read before stays. Blocks.
     *
     * @throws IllegalArgumentException with one line that says which file and why
     */
    void load() {
        if (directory.toString().isEmpty()) {
            return;
        }
        Validator ofSchemas = SchemaRepository.create(options())
                .preloadMetaSchema(files, Draft.DRAFT202012)
                .validator(META_SCHEMA);
        Map<String, Validator> fresh = new TreeMap<>();
        for (Path file : found()) {
            String name = file.getFileName().toString();
            fresh.put(name.substring(0, name.length() - SUFFIX.length()), validator(file, ofSchemas));
        }
        validators = fresh;
    }

    int count() {
        return validators.size();
    }

    private List<Path> found() {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.getFileName().toString().endsWith(SUFFIX)).toList();
        } catch (IOException unreadable) {
            throw refused(directory, "a readable directory");
        }
    }

    private static JsonSchemaOptions options() {
        return new JsonSchemaOptions()
                .setBaseUri(BASE)
                .setDraft(Draft.DRAFT202012)
                .setOutputFormat(OutputFormat.Basic);
    }

    private static Validator validator(Path file, Validator ofSchemas) {
        try {
            JsonObject schema = new JsonObject(Files.readString(file));
            requireCheap(schema, file);
            if (!Boolean.TRUE.equals(ofSchemas.validate(schema).getValid())) {
                throw refused(file, "a JSON schema, draft 2020-12");
            }
            Validator validator = Validator.create(JsonSchema.of(schema), options());
            // some mistakes only show when the schema is used
            validator.validate(new JsonObject());
            return validator;
        } catch (IOException unreadable) {
            throw refused(file, "a readable file");
        } catch (DecodeException | SchemaException | ClassCastException malformed) {
            throw refused(file, "a JSON schema, draft 2020-12");
        }
    }

    private static void requireCheap(Object part, Path file) {
        if (part instanceof JsonArray array) {
            array.forEach(each -> requireCheap(each, file));
        } else if (part instanceof JsonObject object) {
            if (object.containsKey("uniqueItems")) {
                throw refused(file, "no uniqueItems");
            }
            if (object.getValue("$ref") instanceof String ref && !ref.startsWith("#")) {
                throw refused(file, "no $ref to another document");
            }
            object.forEach(each -> requireCheap(each.getValue(), file));
        }
    }

    private static IllegalArgumentException refused(Path file, String expected) {
        return new IllegalArgumentException("signalling.schemas: " + file + " (expected: " + expected + ")");
    }

    /** What is wrong with the message, if its type has a schema that it does not meet. */
    Optional<String> problem(String type, String message) {
        Validator validator = validators.get(type);
        if (validator == null) {
            return Optional.empty();
        }
        OutputUnit outcome = validator.validate(Json.decodeValue(message));
        if (Boolean.TRUE.equals(outcome.getValid())) {
            return Optional.empty();
        }
        String where = outcome.getErrors() == null || outcome.getErrors().isEmpty()
                ? ""
                : " at " + outcome.getErrors().getLast().getInstanceLocation();
        return Optional.of("message: not as the schema of " + type + " wants it" + where);
    }
}
