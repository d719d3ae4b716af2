/**
 * @typedef {import("../types/index.js").Options} Options
 * @typedef {Required<Options>} Settings
 */

/** Below the relay's defaults, 50 a second and 200 at once. */
const RATE = 40;
const BURST = 150;

/**
 * @param {Options} options
 * @returns {Settings} with defaults
 */
export function settings(options) {
  const all = {
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
    maxQueuedMessages: options.maxQueuedMessages ?? 256,
    maxQueuedBytes: options.maxQueuedBytes ?? 256 * 1024,
    maxMessageBytes: options.maxMessageBytes ?? 60 * 1024,
    messagesPerSecond: options.messagesPerSecond ?? RATE,
    messageBurst: options.messageBurst ?? BURST,
    connectMillis: options.connectMillis ?? 5_000,
    helloMillis: options.helloMillis ?? 20_000,
    firstRetryMillis: options.firstRetryMillis ?? 500,
    maxRetryMillis: options.maxRetryMillis ?? 10_000,
    giveUpMillis: options.giveUpMillis ?? 120_000,
  };
  if (typeof all.WebSocket !== "function") {
    throw new TypeError("WebSocket: none here (expected: a constructor, like that of the package ws)");
  }
  for (const [name, value] of Object.entries(all)) {
    if (name !== "WebSocket" && !(typeof value === "number" && value > 0)) {
      throw new RangeError(`${name}: ${value} (expected: a number above 0)`);
    }
  }
  return all;
}
