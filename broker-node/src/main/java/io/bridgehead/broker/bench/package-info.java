/**
 * {@code bridgehead bench}: a load client over plain sockets. It knows the line protocol from outside only and imports
 * nothing of the broker, so that the same code measures the broker and any other TCP proxy.
 */
package io.bridgehead.broker.bench;
