/** Facts about the relay that the client goes by. Source: docs/signalling.md. */

/** Of these types only the relay sends. */
export const RESERVED = new Set(["HELLO", "PEER_JOINED", "PEER_GONE", "ERROR"]);

/** Close codes after which another connection, to another node perhaps, may do. All that are not here are for good. */
const COMES_BACK = new Set([1001, 1005, 1006, 1012, 1013, 1014, 1015, 4408]);

/**
 * Refusals of messages that the relay has not counted as received.
 *
 * @type {Set<unknown>}
 */
export const NOT_RECEIVED = new Set([
  "not-json", "bad-message", "wrong-from", "reserved-type", "schema", "binary", "too-fast",
]);

/**
 * @param {number} code
 * @returns {boolean} whether to connect again
 */
export function comesBack(code) {
  return COMES_BACK.has(code);
}
