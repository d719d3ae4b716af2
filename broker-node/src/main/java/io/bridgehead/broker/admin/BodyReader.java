package io.bridgehead.broker.admin;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** Collects a request's body: at most 64 KiB, complete within 10 s. The request's context. */
final class BodyReader {

    /** The largest sensible request is below 2 KiB. */
    static final int MAX_BYTES = 64 * 1024;

    private static final long MAX_MILLIS = 10_000;

    private BodyReader() {}

    /** Fails with a {@link Problem.Refusal}: 413 beyond the limit, 408 when it takes too long. */
    static Future<Buffer> read(Vertx vertx, HttpServerRequest request) {
        if (announced(request) > MAX_BYTES) {
            return Future.failedFuture(tooLarge());
        }
        Promise<Buffer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        long timer = vertx.setTimer(MAX_MILLIS, late ->
                whole.tryFail(Problem.of(408, "request body: not complete after 10 s").refusal()));
        request.handler(part -> {
            if (body.length() + part.length() > MAX_BYTES) {
                whole.tryFail(tooLarge());
            } else if (!whole.future().isComplete()) {
                body.appendBuffer(part);
            }
        });
        request.exceptionHandler(whole::tryFail);
        request.endHandler(end -> whole.tryComplete(body));
        return whole.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    /** The Content-Length, 0 without one; the decoder has checked that it is a number. */
    static long announced(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return length == null ? 0 : Long.parseLong(length.strip());
    }

    private static Problem.Refusal tooLarge() {
        return Problem.of(413, "request body: too large (expected: at most " + MAX_BYTES + " bytes)").refusal();
    }
}
