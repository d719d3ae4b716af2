package io.bridgehead.broker.admin;

import io.bridgehead.broker.account.AccountConflict;
import io.bridgehead.broker.account.AccountRefused;
import io.bridgehead.broker.account.HashingBusy;
import io.bridgehead.broker.account.StoreFull;
import io.bridgehead.broker.account.StoreUnavailable;
import io.bridgehead.broker.listener.HeaderHygiene;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.OpenAPIContract;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API's routes, made from {@code openapi.yaml}: every operation of the document must be implemented, and nothing
 * else is. In order: header hygiene, token, route, headers, body, document, operation. Any context.
 */
final class AdminApi {

    private static final String BEARER = "Bearer ";
    private static final String RETRY_AFTER_SECONDS = "5";

    /** How long a refused client may go on sending before the connection is cut, so that it can read the answer. */
    private static final long LINGER_MILLIS = 1_000;

    private static final Pattern UNBROKEN_PATH = Pattern.compile("(?:[^%]|%[0-9A-Fa-f]{2})*+");

    private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);

    private final Vertx vertx;
    private final AdminToken token;
    private final OpenAPIContract contract;

    private AdminApi(Vertx vertx, AdminToken token, OpenAPIContract contract) {
        this.vertx = vertx;
        this.token = token;
        this.contract = contract;
    }

    /** The router; fails when document and implementation differ. */
    static Future<Router> router(Vertx vertx, AdminToken token, AdminCore core) {
        return ApiDocument.load(vertx).map(document -> {
            Map<String, Operations.Operation> operations = new HashMap<>();
            operations.put("getDocument", request -> Future.succeededFuture(
                    new Answer(200, "application/yaml", document.text(), Map.of())));
            operations.putAll(new AccountRoutes(core.accounts(), core.homeDomain()).byId());
            operations.putAll(new SessionRoutes(core).byId());
            operations.putAll(new NodeRoutes(core.nodes()).byId());
            operations.putAll(new RelayRoutes(core.relay()).byId());
            operations.putAll(new ConsentRoutes(core.consents()).byId());
            return new AdminApi(vertx, token, document.contract()).router(operations);
        });
    }

    private Router router(Map<String, Operations.Operation> operations) {
        RouterBuilder builder = RouterBuilder.create(vertx, contract);
        builder.rootHandler(this::guard);
        TreeSet<String> described = new TreeSet<>();
        for (OpenAPIRoute route : builder.getRoutes()) {
            String id = route.getOperation().getOperationId();
            described.add(id);
            RequestCheck check = new RequestCheck(contract.getSchemaRepository(), route.getOperation());
            // validation and security are our own, see RequestCheck and guard
            route.setDoValidation(false).setDoSecurity(false)
                    .addHandler(context -> serve(context, id, check, operations.get(id)));
        }
        if (!described.equals(operations.keySet())) {
            throw new IllegalStateException(
                    "openapi.yaml describes " + described + ", implemented are " + new TreeSet<>(operations.keySet()));
        }
        Router router = builder.createRouter();
        router.route().failureHandler(context -> refuse(context, problem(context)));
        for (int status : new int[] {400, 404, 405, 500}) {
            router.errorHandler(status, context -> refuse(context, problem(context)));
        }
        return router;
    }

    /** Lets pass what has clear borders and the token; the document itself is for everybody, once a connection. */
    private void guard(RoutingContext context) {
        Optional<String> unclear = HeaderHygiene.problemIn(context.request());
        if (unclear.isPresent()) {
            refuse(context, Problem.of(400, unclear.get()));
        } else if (!UNBROKEN_PATH.matcher(context.request().path()).matches()) {
            // vertx-web would answer 500
            refuse(context, problemOfStatus(context, 400));
        } else if (hasToken(context.request())) {
            context.next();
        } else if (isDocument(context.request())) {
            context.response().putHeader("Connection", "close");
            context.addEndHandler(sent -> context.request().connection().close());
            context.next();
        } else {
            refuse(context, new Problem(401, "Authorization: missing or wrong (expected: Bearer and the admin token)",
                    Map.of("WWW-Authenticate", "Bearer realm=\"bridgehead\"")));
        }
    }

    private static boolean isDocument(HttpServerRequest request) {
        return request.method().equals(HttpMethod.GET) && request.path().equals(ApiDocument.PATH);
    }

    private boolean hasToken(HttpServerRequest request) {
        List<String> given = request.headers().getAll("Authorization");
        return given.size() == 1
                && given.get(0).regionMatches(true, 0, BEARER, 0, BEARER.length())
                && token.matches(given.get(0).substring(BEARER.length()).strip());
    }

    private void serve(RoutingContext context, String id, RequestCheck check, Operations.Operation operation) {
        Optional<Problem> problem = check.problemInHeaders(context.request());
        if (problem.isPresent()) {
            refuse(context, problem.get());
            return;
        }
        Context own = vertx.getOrCreateContext();
        body(context, check)
                .map(body -> check.check(context, body))
                .compose(operation::answer)
                .onComplete(done -> own.runOnContext(back -> {
                    if (done.succeeded()) {
                        logChange(context, id, done.result().status());
                        send(context.response(), done.result());
                    } else {
                        context.fail(done.cause());
                    }
                }));
    }

    private Future<Buffer> body(RoutingContext context, RequestCheck check) {
        return check.takesBody()
                ? BodyReader.read(vertx, context.request())
                : Future.succeededFuture(Buffer.buffer());
    }

    private static void logChange(RoutingContext context, String operation, int status) {
        if (!context.request().method().equals(HttpMethod.GET)) {
            LOG.atInfo().addKeyValue("operation", operation).addKeyValue("status", status)
                    .addKeyValue("remote", context.request().remoteAddress()).log("admin change");
        }
    }

    private static void send(HttpServerResponse response, Answer answer) {
        response.setStatusCode(answer.status());
        answer.headers().forEach(response::putHeader);
        if (!answer.contentType().isEmpty()) {
            response.putHeader("Content-Type", answer.contentType());
        }
        response.putHeader("Cache-Control", "no-store").putHeader("X-Content-Type-Options", "nosniff");
        response.end(answer.body());
    }

    private Problem problem(RoutingContext context) {
        Throwable failure = context.failure();
        return switch (failure) {
            case null -> problemOfStatus(context, context.statusCode());
            case Problem.Refusal refusal -> refusal.problem();
            case AccountConflict conflict -> Problem.of(409, conflict.getMessage());
            case AccountRefused refused -> Problem.of(400, refused.getMessage());
            case StoreFull full ->
                new Problem(503, full.getMessage() + "; nothing was changed",
                        Map.of("Retry-After", RETRY_AFTER_SECONDS));
            case StoreUnavailable down -> {
                // StoreWatch has warned
                LOG.atDebug().addKeyValue("reason", down.getMessage()).log("account store unavailable");
                yield new Problem(503, "the account store cannot answer now; nothing was changed",
                        Map.of("Retry-After", RETRY_AFTER_SECONDS));
            }
            case HashingBusy busy ->
                new Problem(503, "too many PINs are being checked now; nothing was changed",
                        Map.of("Retry-After", String.valueOf(Math.max(1, busy.after().toSeconds()))));
            default -> unexpected(context, failure);
        };
    }

    private Problem problemOfStatus(RoutingContext context, int status) {
        String path = Shown.text(context.request().path());
        return switch (status) {
            case 404 -> Problem.of(404, "path: nothing at " + path + " (see " + ApiDocument.PATH + ")");
            case 405 -> new Problem(405, "method: " + context.request().method() + " at " + path + " (expected: "
                    + allowed(context) + ")", Map.of("Allow", allowed(context)));
            case 400 -> Problem.of(400, "path: " + path + " is malformed");
            default -> Problem.of(status < 0 ? 500 : status, "the request failed");
        };
    }

    private String allowed(RoutingContext context) {
        return String.join(", ", new TreeSet<>(contract.findPath(context.request().path()).getOperations().stream()
                .map(operation -> operation.getHttpMethod().name())
                .toList()));
    }

    private static Problem unexpected(RoutingContext context, Throwable failure) {
        if (context.statusCode() >= 400 && context.statusCode() < 500) {
            return Problem.of(context.statusCode(), "the request is malformed");
        }
        LOG.atError().addKeyValue("path", Shown.text(context.request().path())).setCause(failure)
                .log("admin request failed");
        return Problem.of(500, "an error of the broker's, see its log");
    }

    /**
     * Answers. A refused request that has a body ends its connection, so that no rest of it is read as a request; so does
     * one without the token: else strangers could hold all connections there may be.
     */
    private void refuse(RoutingContext context, Problem problem) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        boolean last = RequestCheck.hasBody(request)
                || HeaderHygiene.problemIn(request).isPresent()
                || problem.status() == 401;
        if (last) {
            response.putHeader("Connection", "close");
        }
        send(response, problem.answer());
        if (last) {
            closeAfter(request);
        }
    }

    private void closeAfter(HttpServerRequest request) {
        if (request.isEnded()) {
            request.connection().close();
            return;
        }
        long timer = vertx.setTimer(LINGER_MILLIS, over -> request.connection().close());
        request.handler(ignored -> {});
        request.exceptionHandler(gone -> vertx.cancelTimer(timer));
        request.endHandler(end -> {
            vertx.cancelTimer(timer);
            request.connection().close();
        });
    }

    /** Answers a request that the decoder could not read, and ends its connection. */
    static void refuseMalformed(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        int status = switch (cause) {
            case TooLongHttpLineException line -> 414;
            case TooLongHttpHeaderException header -> 431;
            case null, default -> 400;
        };
        Problem problem = Problem.of(status, "the request's line or headers are malformed or too long");
        request.response().putHeader("Connection", "close");
        send(request.response(), problem.answer());
        request.connection().close();
    }
}
