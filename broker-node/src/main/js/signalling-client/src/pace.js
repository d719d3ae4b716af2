/** Keeps a connection below the relay's rate: more would be refused, and counted against the peer. */
export class Pace {
  #free = Number.NEGATIVE_INFINITY;

  /**
   * @param {number} perSecond messages in the long run
   * @param {number} burst messages at once
   */
  constructor(perSecond, burst) {
    this.interval = 1000 / perSecond;
    this.burst = burst;
  }

  /**
   * @param {number} now milliseconds
   * @returns {number} 0: a message may go, and is counted; else the milliseconds after which to ask again
   */
  take(now) {
    const from = Math.max(now, this.#free);
    const wait = from - now - this.interval * (this.burst - 1);
    if (wait > 0) {
      return Math.ceil(wait);
    }
    this.#free = from + this.interval;
    return 0;
  }

  /** The relay counts anew for each connection. */
  reset() {
    this.#free = Number.NEGATIVE_INFINITY;
  }
}
