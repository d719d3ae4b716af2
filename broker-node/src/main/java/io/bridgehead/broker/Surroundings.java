package io.bridgehead.broker;

import java.io.InputStream;
import java.time.Clock;
import java.util.Map;

/** What a command takes from its process beside its arguments. */
record Surroundings(Map<String, String> environment, InputStream in, Clock clock) {}
