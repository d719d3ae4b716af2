package io.bridgehead.broker.listener;

import io.bridgehead.broker.config.Endpoint;
import io.bridgehead.broker.config.ListenerLimits;
import io.bridgehead.broker.config.TlsFiles;
import io.bridgehead.broker.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators and their tools ask a node, on a port of its own: {@code /metrics}, {@code /health/live} (the event
 * loops of this process turn, nothing else) and {@code /health/ready} (all named checks hold). GET and HEAD; one request
 * a connection, within 10 s; at most 64 connections. Scraping runs on a thread of its own. Any thread.
 */
public final class MetricsServer {

    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String OPEN_METRICS_1 = OPEN_METRICS + "; version=1.0.0; charset=utf-8";
    private static final int MAX_CONNECTIONS = 64;
    private static final Duration REQUEST_TIME = Duration.ofSeconds(10);
    /** Loops that have not turned for so long will not: Kubernetes may start the process afresh. */
    private static final Duration LIVE = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final UnaryOperator<String> scrape;
    private final EventLoops loops;
    private final List<Readiness> checks;
    private final WorkerExecutor worker;
    private final Servers<HttpServerOptions> servers;

    /**
     * @param vertx built by {@link NativeTransport}
     * @param tls PEM certificate and key, looked at for changes; {@link TlsFiles#NONE}: plain HTTP
     * @param scrape answers the meters in the given content type, as {@code PrometheusMeterRegistry::scrape}
     * @param checks all must hold for the node to be ready
     */
    public MetricsServer(Vertx vertx, List<Endpoint> endpoints, TlsFiles tls, Meters meters,
            UnaryOperator<String> scrape, EventLoops loops, List<Readiness> checks) {
        this(vertx, endpoints, tls, meters, scrape, loops, checks, REQUEST_TIME);
    }

    MetricsServer(Vertx vertx, List<Endpoint> endpoints, TlsFiles tls, Meters meters,
            UnaryOperator<String> scrape, EventLoops loops, List<Readiness> checks, Duration requestTime) {
        this.vertx = vertx;
        this.scrape = scrape;
        this.loops = loops;
        this.checks = List.copyOf(checks);
        this.worker = vertx.createSharedWorkerExecutor("bridgehead-metrics", 1);
        ListenerLimits limits = new ListenerLimits(MAX_CONNECTIONS, 0, 1, MAX_CONNECTIONS, requestTime, requestTime,
                requestTime, List.of(), tls);
        this.servers = new Servers<>(vertx, ListenerKey.METRICS, endpoints, limits, meters, new Http());
    }

    /** Listens; the actual port of each endpoint, in order. Fails with a {@link ListenFailure}. */
    public Future<List<Integer>> start() {
        return servers.start();
    }

    /** Looks at the certificate's files now, as for SIGHUP. */
    public Future<CertificateReload.Result> reloadCertificate() {
        return servers.reloadCertificate();
    }

    public Future<Void> close() {
        return servers.close().eventually(worker::close);
    }

    private void answerFirst(HttpServerRequest request) {
        Optional<String> unclear = HeaderHygiene.problemIn(request);
        if (!settled(request, unclear.isEmpty() ? ConnectionResult.ACCEPTED : ConnectionResult.HTTP_MALFORMED)) {
            // a second request that was sent along with the first
            return;
        }
        request.response().putHeader(HttpHeaders.CONNECTION, "close");
        request.response().exceptionHandler(gone -> LOG.debug("metrics.listen: {}", gone.getMessage()));
        unclear.map(problem -> end(request, 400, TEXT, problem + "\n"))
                .orElseGet(() -> answer(request))
                .onComplete(done -> request.connection().close());
    }

    /** False for any but the first request of a connection. */
    private static boolean settled(HttpServerRequest request, ConnectionResult result) {
        return HttpKind.admission(request).end(result);
    }

    private Future<Void> answer(HttpServerRequest request) {
        if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
            request.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
            return end(request, 405, TEXT, "");
        }
        return switch (request.path() == null ? "" : request.path()) {
            case "/metrics" -> metrics(request);
            case "/health/live" -> health(request, new JsonObject().put("event-loops", loops.turnedWithin(LIVE)));
            case "/health/ready" -> {
                JsonObject body = new JsonObject();
                checks.forEach(check -> body.put(check.name(), check.holds().getAsBoolean()));
                yield health(request, body);
            }
            default -> end(request, 404, TEXT, "");
        };
    }

    private Future<Void> metrics(HttpServerRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        String type = accept != null && accept.contains(OPEN_METRICS) ? OPEN_METRICS_1 : TEXT;
        return worker.executeBlocking(() -> scrape.apply(type), false).transform(text -> {
            if (text.failed()) {
                LOG.warn("metrics.listen: the scrape failed", text.cause());
                return end(request, 500, TEXT, "");
            }
            return end(request, 200, type, text.result());
        });
    }

    private static Future<Void> health(HttpServerRequest request, JsonObject checks) {
        boolean good = checks.stream().allMatch(check -> Boolean.TRUE.equals(check.getValue()));
        return end(request, good ? 200 : 503, "application/json", checks.encode());
    }

    /** For HEAD, Vert.x sends the head with the body's length and no body. */
    private static Future<Void> end(HttpServerRequest request, int status, String type, String body) {
        return request.response().setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, type).end(body);
    }

    private final class Http implements HttpKind {

        @Override
        public Vertx vertx() {
            return vertx;
        }

        @Override
        public ListenerKey listener() {
            return ListenerKey.METRICS;
        }

        @Override
        public HttpServerOptions options() {
            HttpServerOptions options = new HttpServerOptions()
                    .setHttp2ClearTextEnabled(false)
                    .setMaxInitialLineLength(1024)
                    .setMaxHeaderSize(4096);
            // a scraper that does not read its answer: the deadline is for the request
            options.setIdleTimeout((int) REQUEST_TIME.toMillis()).setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
            return options;
        }

        @Override
        public void requested(HttpServerRequest request) {
            answerFirst(request);
        }

        /** Vert.x could not read the request; its own handler answers 400, 414 or 431 and closes. */
        @Override
        public void unreadable(HttpServerRequest request) {
            if (settled(request, ConnectionResult.HTTP_MALFORMED)) {
                HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
            }
        }
    }
}
