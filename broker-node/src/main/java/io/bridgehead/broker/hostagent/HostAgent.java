package io.bridgehead.broker.hostagent;

import io.bridgehead.broker.config.HostAgentConfig;
import io.bridgehead.broker.config.HostServiceConfig;
import io.bridgehead.broker.config.TlsFiles;
import io.bridgehead.broker.listener.EventLoops;
import io.bridgehead.broker.listener.MetricsServer;
import io.bridgehead.broker.listener.NativeTransport;
import io.bridgehead.broker.listener.Readiness;
import io.bridgehead.broker.metrics.Meters;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offers the services of a {@link HostAgentConfig} and changes with it: a new service begins, one that is gone drains,
 * and one that was changed does both, the new one first. One thread calls, any; nothing here blocks but {@link #start}.
 */
public final class HostAgent {

    private static final Logger LOG = LoggerFactory.getLogger(HostAgent.class);

    private final Vertx vertx;
    private final List<Context> contexts;
    private final PrometheusMeterRegistry registry;
    private final Meters meters;
    private final EventLoops loops;
    private final HostMeters counts;
    private final SecureRandom random = new SecureRandom();
    /** Those that are offered. */
    private final List<HostService> services = new CopyOnWriteArrayList<>();
    /** Those that are not, and still have clients. */
    private final List<HostService> leaving = new CopyOnWriteArrayList<>();
    private HostAgentConfig config;
    private List<Integer> metricsPorts = List.of();

    private HostAgent(HostAgentConfig config) {
        this.config = config;
        this.registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        this.meters = new Meters(registry);
        int cores = Runtime.getRuntime().availableProcessors();
        this.vertx = NativeTransport.best(meters).builder(new VertxOptions().setEventLoopPoolSize(cores)).build();
        this.contexts = Stream.generate(() -> (Context) ((VertxInternal) vertx).createEventLoopContext())
                .limit(cores)
                .toList();
        this.loops = new EventLoops(vertx, meters);
        this.counts = new HostMeters(meters, () -> sum(HostService::waiting), () -> sum(HostService::serving));
    }

    /** Fails with a {@code ListenFailure} when the metrics' port cannot be had. Blocks. */
    public static HostAgent start(HostAgentConfig config) {
        HostAgent agent = new HostAgent(config);
        try {
            agent.listen().toCompletionStage().toCompletableFuture().join();
        } catch (RuntimeException refused) {
            agent.stop();
            throw refused.getCause() instanceof RuntimeException told ? told : refused;
        }
        config.services().forEach(agent::offer);
        return agent;
    }

    private Future<Void> listen() {
        if (config.metrics().isEmpty()) {
            return Future.succeededFuture();
        }
        meters.bindProcess();
        List<Readiness> checks = List.of(new Readiness("services", this::isReady));
        return new MetricsServer(vertx, config.metrics(), TlsFiles.NONE, meters, registry::scrape, loops, checks)
                .start()
                .map(ports -> {
                    metricsPorts = ports;
                    LOG.atInfo().addKeyValue("metrics", ports).log("agent answers");
                    return null;
                });
    }

    /** The ports of {@link HostAgentConfig#metrics}, in their order. */
    public List<Integer> metricsPorts() {
        return metricsPorts;
    }

    /** Whether every service would serve a client that comes now. */
    public boolean isReady() {
        return services.stream().allMatch(HostService::isReady);
    }

    /** Connections that wait for a client. */
    public int waiting() {
        return sum(HostService::waiting);
    }

    /** Clients that are served. */
    public int serving() {
        return sum(HostService::serving);
    }

    /** Becomes what {@code next} says, but for where metrics are. */
    public void apply(HostAgentConfig next) {
        if (!next.metrics().equals(config.metrics())) {
            LOG.warn("metrics.listen: a change takes a restart");
        }
        List<HostServiceConfig> wanted = new ArrayList<>(next.services());
        List<HostService> unwanted = new ArrayList<>();
        for (HostService service : services) {
            if (!wanted.remove(service.config())) {
                unwanted.add(service);
            }
        }
        wanted.forEach(this::offer);
        unwanted.forEach(this::withdraw);
        config = next;
        LOG.atInfo()
                .addKeyValue("begun", wanted.size())
                .addKeyValue("ended", unwanted.size())
                .log("configuration is in use");
    }

    /** Withdraws everything; done when the last client has gone or the drain time is over. Never fails. */
    public Future<Void> drain() {
        List<HostService> all = List.copyOf(services);
        all.forEach(this::withdraw);
        List<Future<Void>> ends = leaving.stream().map(HostService::drain).toList();
        long millis = Math.max(1, config.drainTime().toMillis());
        LOG.atInfo().addKeyValue("clients", sum(HostService::serving)).log("agent drains");
        long timer = vertx.setTimer(millis, late -> leaving.forEach(HostService::cut));
        return Future.join(ends)
                .<Void>mapEmpty()
                .otherwiseEmpty()
                .onComplete(done -> vertx.cancelTimer(timer));
    }

    /** Ends at once what is left. Blocks. */
    public void stop() {
        loops.close();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
            meters.close();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("the agent did not stop cleanly: {}", e.toString());
        }
    }

    private void offer(HostServiceConfig service) {
        HostService offered = new HostService(service, vertx, contexts, counts, random);
        services.add(offered);
        offered.start();
    }

    private void withdraw(HostService service) {
        leaving.add(service);
        services.remove(service);
        service.drain().onComplete(done -> {
            leaving.remove(service);
            LOG.atInfo().addKeyValue("service", service.config().name()).log("service has ended");
        });
    }

    private int sum(ToIntFunction<HostService> count) {
        return Stream.concat(services.stream(), leaving.stream()).mapToInt(count).sum();
    }
}
