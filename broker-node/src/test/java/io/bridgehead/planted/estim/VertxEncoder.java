package io.bridgehead.planted.estim;

import io.vertx.core.buffer.Buffer;

record VertxEncoder(Buffer buffer) {}
