package io.bridgehead.broker.listener;

import io.bridgehead.broker.config.TlsFiles;
import io.bridgehead.broker.listener.ServerCertificate.BadCertificate;
import io.bridgehead.broker.listener.ServerCertificate.Pem;
import io.bridgehead.broker.metrics.CounterBy;
import io.bridgehead.broker.metrics.Meter;
import io.bridgehead.broker.metrics.Meters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a listener's certificate the one in its files: looks at them once a second, off the event loops, and gives a
 * new pair to the servers, whose next hand-shakes use it. Files that cannot be used leave the old certificate, are
 * logged once and counted. A change is taken as bad only when it is still there a second later: certificate and key are
 * two files, and between the two writes they do not belong together.
 *
 * <p>Any thread; the checks themselves run one after the other.
 */
public final class CertificateReload {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateReload.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** What a look at the files found. */
    public enum Result {
        /** A new certificate is in use. */
        LOADED,
        /** The files cannot be used; the old certificate stays. */
        FAILED,
        /** Nothing new, or what is new was not judged yet. */
        UNCHANGED
    }

    private final Vertx vertx;
    private final Context context;
    private final ListenerKey listener;
    private final TlsFiles files;
    private final CounterBy<Result> results;
    private volatile ServerCertificate inUse;
    // the ones below: on our context
    private Function<PemKeyCertOptions, Future<?>> servers;
    private Future<Result> last = Future.succeededFuture(Result.UNCHANGED);
    private Look suspect;
    private boolean reported;
    private long timer = -1;

    public CertificateReload(Vertx vertx, ListenerKey listener, TlsFiles files, Meters meters) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.listener = listener;
        this.files = files;
        this.results = meters.counters(Meter.CERTIFICATE_RELOADS, Result.class);
        meters.gauge(Meter.CERTIFICATE_EXPIRY, () -> inUse == null ? 0 : inUse.expiry().getEpochSecond(), listener);
    }

    /** Reads the certificate for the servers to start with. Fails with a {@link ListenFailure} naming files and fault. */
    public Future<PemKeyCertOptions> load() {
        return look().compose(look -> {
            if (look.certificate() == null) {
                return Future.failedFuture(new ListenFailure(listener.key() + ": " + describe(look)));
            }
            inUse = look.certificate();
            return Future.succeededFuture(inUse.options());
        });
    }

    /** The certificate that is in use, after {@link #load}. */
    public PemKeyCertOptions current() {
        return inUse.options();
    }

    /**
     * Begins to look at the files, after {@link #load}.
     *
     * @param update gives a certificate to the servers; its future ends when they use it
     */
    public void watch(Function<PemKeyCertOptions, Future<?>> update) {
        context.runOnContext(now -> {
            servers = update;
            timer = vertx.setPeriodic(PERIOD.toMillis(), tick -> {
                // a slow disk must not pile looks up
                if (last.isComplete()) {
                    check(true);
                }
            });
        });
    }

    /** Looks now and judges at once, as for SIGHUP. Never fails. */
    public Future<Result> reload() {
        Promise<Result> done = Promise.promise();
        context.runOnContext(now -> check(false).onComplete(done));
        return done.future();
    }

    /** Stops looking. */
    public void close() {
        context.runOnContext(now -> vertx.cancelTimer(timer));
    }

    private Future<Result> check(boolean patient) {
        last = last.transform(before -> look()).compose(look -> judge(look, patient));
        return last;
    }

    private Future<Result> judge(Look look, boolean patient) {
        if (look.certificate() == null) {
            return Future.succeededFuture(doubt(look, patient));
        }
        suspect = null;
        if (look.certificate() == inUse) {
            return Future.succeededFuture(Result.UNCHANGED);
        }
        return servers.apply(look.certificate().options()).transform(updated -> {
            if (updated.failed()) {
                return Future.succeededFuture(doubt(new Look(look.pem(), null, updated.cause().getMessage()), patient));
            }
            inUse = look.certificate();
            results.increment(Result.LOADED);
            LOG.info("{}: new certificate in use, serial {}, until {}",
                    listener.key(), inUse.certificate().getSerialNumber().toString(16), inUse.expiry());
            return Future.succeededFuture(Result.LOADED);
        });
    }

    private Result doubt(Look look, boolean patient) {
        boolean known = suspect != null && suspect.sameAs(look);
        suspect = look;
        reported &= known;
        if (reported || patient && !known) {
            return reported && !patient ? Result.FAILED : Result.UNCHANGED;
        }
        reported = true;
        results.increment(Result.FAILED);
        LOG.warn("{}: the old certificate stays in use: {}", listener.key(), describe(look));
        return Result.FAILED;
    }

    private Future<Look> look() {
        return vertx.executeBlocking(() -> {
            Pem pem = null;
            try {
                pem = Pem.read(files);
                ServerCertificate known = inUse;
                return known != null && pem.sameAs(known.pem())
                        ? new Look(pem, known, null)
                        : new Look(pem, ServerCertificate.of(pem, vertx), null);
            } catch (IOException | BadCertificate e) {
                return new Look(pem, null, e.toString());
            }
        });
    }

    private String describe(Look look) {
        return "certificate " + files.cert() + ", key " + files.key() + ": " + look.problem();
    }

    /** What is in the files: a certificate, or what is wrong with them. */
    private record Look(Pem pem, ServerCertificate certificate, String problem) {

        boolean sameAs(Look other) {
            return problem.equals(other.problem) && (pem == null ? other.pem == null : pem.sameAs(other.pem));
        }
    }
}
