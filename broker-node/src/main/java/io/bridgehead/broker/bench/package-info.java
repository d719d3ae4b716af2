/**
 * {@code bridgehead bench}: a load client over plain sockets, and over WebSockets for signalling. It knows the protocols
 * from outside only and imports nothing of the broker, so that the same code measures the broker and what stands beside it.
 */
package io.bridgehead.broker.bench;
