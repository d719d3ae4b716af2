import { QueueFullError } from "./errors.js";

/**
 * @typedef {object} Entry
 * @property {string} text
 * @property {number} bytes
 */

/**
 * What waits to be sent, in order, and the latest of what was sent: after a lost connection the relay says how many of
 * the messages it took, and the rest waits again.
 */
export class Outbox {
  /** @type {Entry[]} */
  #waiting = [];
  /** @type {Entry[]} */
  #kept = [];
  #waitingBytes = 0;
  #keptBytes = 0;
  #sent = 0;

  /**
   * @param {number} maxMessages that wait, and as many are kept
   * @param {number} maxBytes that wait, and as many are kept
   */
  constructor(maxMessages, maxBytes) {
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  /** Of the next; 0 when nothing waits. */
  get nextBytes() {
    return this.#waiting[0]?.bytes ?? 0;
  }

  /** @param {Entry} entry */
  add(entry) {
    if (this.#waiting.length >= this.maxMessages) {
      throw new QueueFullError(`${this.maxMessages} messages`);
    }
    if (this.#waitingBytes + entry.bytes > this.maxBytes) {
      throw new QueueFullError(`${this.maxBytes} bytes`);
    }
    this.#waiting.push(entry);
    this.#waitingBytes += entry.bytes;
  }

  /** @returns {string | undefined} what is to be sent now, and counts as sent */
  next() {
    const entry = this.#waiting.shift();
    if (entry === undefined) {
      return undefined;
    }
    this.#waitingBytes -= entry.bytes;
    this.#kept.push(entry);
    this.#keptBytes += entry.bytes;
    while (this.#kept.length > this.maxMessages || this.#keptBytes > this.maxBytes) {
      this.#keptBytes -= this.#kept.shift()?.bytes ?? 0;
    }
    this.#sent++;
    return entry.text;
  }

  /** The relay refused one of those that were sent: it is not among the ones it took. */
  refused() {
    this.#sent--;
  }

  /**
   * The relay took so many of all that were sent; the last ones it did not take wait again.
   *
   * @param {number} received
   * @returns {number} how many of these are not kept any more
   */
  resumed(received) {
    const missing = Math.max(0, this.#sent - received);
    const again = missing === 0 ? [] : this.#kept.slice(-missing);
    this.#waiting.unshift(...again);
    this.#waitingBytes += again.reduce((sum, entry) => sum + entry.bytes, 0);
    this.forget(received);
    return missing - again.length;
  }

  /**
   * Nobody knows which of those that were sent have arrived; counting begins at what the relay says.
   *
   * @param {number} received
   */
  forget(received) {
    this.#sent = received;
    this.#kept = [];
    this.#keptBytes = 0;
  }

  /** Nothing is sent any more. */
  clear() {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.forget(0);
  }
}
