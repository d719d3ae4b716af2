package io.bridgehead.planted.estim;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.time.Instant;

record InnocentDecoder(ByteBuf bytes, Instant given, Duration limit) {}
