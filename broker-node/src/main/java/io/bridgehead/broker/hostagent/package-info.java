/**
 * {@code bridgehead host}: the program that runs beside a server which nobody can dial, and offers it through relays. It
 * is a client of the relay's protocol: it shares the messages with the relay's room and nothing else (ADR 0021).
 *
 * <p>{@link io.bridgehead.broker.hostagent.PoolState} decides, without I/O; a driver per service carries that out.
 */
package io.bridgehead.broker.hostagent;
