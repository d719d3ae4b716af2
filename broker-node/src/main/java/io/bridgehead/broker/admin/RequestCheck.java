package io.bridgehead.broker.admin;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.json.schema.Validator;
import io.vertx.json.schema.common.dsl.SchemaType;
import io.vertx.openapi.contract.Location;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Holds the requests of one operation to the OpenAPI document.
 *
 * <p>Not vertx-openapi's RequestValidator: that decodes a query twice and a path as if it were a form (so that
 * {@code a+b@example.org} would become another id), reads JSON without limits, and runs on the shared worker pool.
 * Stateless after construction, any thread.
 */
final class RequestCheck {

    private static final String MEDIA_TYPE = "application/json";

    private final List<Parameter> parameters;
    private final Map<Parameter, Validator> parameterRules = new HashMap<>();
    private final Optional<Validator> bodyRule;

    RequestCheck(SchemaRepository schemas, Operation operation) {
        this.parameters = operation.getParameters();
        parameters.forEach(parameter -> parameterRules.put(parameter, schemas.validator(parameter.getSchema())));
        this.bodyRule = Optional.ofNullable(operation.getRequestBody()).map(body -> {
            JsonSchema schema = body.getContent().get(MEDIA_TYPE).getSchema();
            return schemas.validator(schema);
        });
    }

    /** Refuses with 415 or 400 by the headers alone, before any of the body is read. */
    Optional<Problem> problemInHeaders(HttpServerRequest request) {
        if (bodyRule.isEmpty()) {
            return hasBody(request)
                    ? Optional.of(Problem.of(400, "request body: present (expected: none)"))
                    : Optional.empty();
        }
        String type = Optional.ofNullable(request.getHeader("Content-Type")).orElse("");
        String plain = type.toLowerCase(Locale.ROOT).replaceAll("[\\s\"]", "");
        return plain.equals(MEDIA_TYPE) || plain.equals(MEDIA_TYPE + ";charset=utf-8")
                ? Optional.empty()
                : Optional.of(Problem.of(415, "Content-Type: " + Shown.text(type) + " (expected: " + MEDIA_TYPE + ")"));
    }

    static boolean hasBody(HttpServerRequest request) {
        return BodyReader.announced(request) > 0 || request.headers().contains("Transfer-Encoding");
    }

    boolean takesBody() {
        return bodyRule.isPresent();
    }

    /** The request, decoded; throws {@link Problem.Refusal} when the document does not allow it. */
    CheckedRequest check(RoutingContext request, Buffer body) {
        Map<String, Object> path = new HashMap<>();
        Map<String, Object> query = new HashMap<>();
        MultiMap given = request.queryParams();
        refuseUnknown(given);
        for (Parameter parameter : parameters) {
            boolean inPath = parameter.getIn() == Location.PATH;
            String text = inPath ? request.pathParam(parameter.getName()) : given.get(parameter.getName());
            if (text != null) {
                (inPath ? path : query).put(parameter.getName(), value(parameter, text));
            } else if (parameter.isRequired()) {
                throw Problem.of(400, parameter.getName() + ": missing").refusal();
            }
        }
        return new CheckedRequest(path, query, bodyRule.map(rule -> object(rule, body)).orElseGet(JsonObject::new));
    }

    private void refuseUnknown(MultiMap given) {
        for (String name : given.names()) {
            boolean known = parameters.stream()
                    .anyMatch(parameter -> parameter.getIn() == Location.QUERY && parameter.getName().equals(name));
            if (!known) {
                throw Problem.of(400, "query parameter " + Shown.text(name) + ": unknown here").refusal();
            }
            if (given.getAll(name).size() > 1) {
                throw Problem.of(400, "query parameter " + name + ": given more than once").refusal();
            }
        }
    }

    private Object value(Parameter parameter, String text) {
        boolean number = parameter.getSchemaType() == SchemaType.INTEGER;
        if (number && !text.matches("-?[0-9]{1,9}")) {
            throw Problem.of(400, parameter.getName() + ": " + Shown.text(text) + " (expected: a number)").refusal();
        }
        Object value = number ? (Object) Integer.valueOf(text) : text;
        fault(parameterRules.get(parameter).validate(value)).ifPresent(fault -> {
            throw Problem.of(400, parameter.getName() + ": " + Shown.text(text) + ": " + fault.getError()).refusal();
        });
        return value;
    }

    private static JsonObject object(Validator rule, Buffer text) {
        Object body = JsonText.read(text);
        fault(rule.validate(body)).ifPresent(fault -> {
            throw Problem.of(400, describe(fault, body)).refusal();
        });
        return (JsonObject) body;
    }

    /** The fault nearest to the field it is about, rather than the ones that only say that there is another. */
    private static Optional<OutputUnit> fault(OutputUnit result) {
        if (result.getValid()) {
            return Optional.empty();
        }
        List<OutputUnit> faults = Optional.ofNullable(result.getErrors()).orElse(List.of());
        return Optional.of(faults.stream()
                .max(Comparator.<OutputUnit>comparingInt(fault -> fault.getInstanceLocation().length())
                        .thenComparing(fault -> !fault.getError().endsWith("does not match schema")))
                .orElse(result));
    }

    private static String describe(OutputUnit fault, Object body) {
        String field = fault.getInstanceLocation().replaceFirst("^#/?", "");
        if (field.isEmpty() || !(body instanceof JsonObject object) || !object.containsKey(field)) {
            return "request body: " + fault.getError();
        }
        String value = field.equals("pin") ? "(not shown)" : Shown.text(String.valueOf(object.getValue(field)));
        return field + ": " + value + ": " + fault.getError();
    }
}
