package io.bridgehead.broker.admin;

import io.vertx.core.Future;
import java.util.Map;

/** What the operations of the document do, by operationId. */
interface Operations {

    /** One of them. May throw {@link Problem.Refusal}; its future may complete on any thread. */
    @FunctionalInterface
    interface Operation {
        Future<Answer> answer(CheckedRequest request);
    }

    Map<String, Operation> byId();
}
