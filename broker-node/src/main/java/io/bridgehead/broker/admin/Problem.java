package io.bridgehead.broker.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * A refusal as RFC 9457 tells it. Immutable, any thread.
 *
 * @param status HTTP status, 400..599
 * @param detail which field, its value unless it is a secret, and what was expected
 * @param headers further response headers
 */
record Problem(int status, String detail, Map<String, String> headers) {

    private static final String CONTENT_TYPE = "application/problem+json";

    Problem {
        detail = Shown.sentence(detail);
    }

    static Problem of(int status, String detail) {
        return new Problem(status, detail, Map.of());
    }

    /** It as something to fail a future with. */
    Refusal refusal() {
        return new Refusal(this);
    }

    Answer answer() {
        JsonObject json = new JsonObject()
                .put("type", "about:blank")
                .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
                .put("status", status)
                .put("detail", detail);
        return new Answer(status, CONTENT_TYPE, json.toBuffer(), headers);
    }

    /** Carries a problem through a failed future. No trace: it is an expected outcome. */
    static final class Refusal extends RuntimeException {

        private final transient Problem problem;

        private Refusal(Problem problem) {
            super(problem.detail(), null, false, false);
            this.problem = problem;
        }

        Problem problem() {
            return problem;
        }
    }
}
