/**
 * Times between attempts: a random time below a bound that doubles from attempt to attempt, so that the peers of a node
 * that went do not come back all at once.
 */
export class Backoff {
  #failed = 0;

  /**
   * @param {number} firstMillis bound of the first time
   * @param {number} maxMillis highest bound
   * @param {() => number} random in 0..1, 1 excluded
   */
  constructor(firstMillis, maxMillis, random = Math.random) {
    this.firstMillis = firstMillis;
    this.maxMillis = maxMillis;
    this.random = random;
  }

  /** @returns {number} milliseconds to wait now */
  next() {
    const bound = Math.min(this.maxMillis, this.firstMillis * 2 ** this.#failed);
    this.#failed = Math.min(this.#failed + 1, 30);
    return Math.floor(this.random() * bound);
  }

  /** It worked. */
  reset() {
    this.#failed = 0;
  }
}
