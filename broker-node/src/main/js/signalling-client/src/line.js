import { Backoff } from "./backoff.js";
import { entry } from "./entry.js";
import { comesBack } from "./relay.js";

/** What this end closes with to come back; 1000 would be for good. */
const AGAIN = 4000;

/**
 * Who the line is for.
 *
 * @typedef {object} Owner
 * @property {() => Promise<import("./entry.js").Ask>} ask what to connect with now
 * @property {(message: any) => void} heard
 * @property {(state: "connecting" | "waiting", why?: { code: number, reason: string }) => void} became
 * @property {() => boolean} mayComeBack after a lost connection
 * @property {(code: number, reason: string) => void} ended for good
 */

/** The connection of a peer: one after the other, to one node after the other, until it ends for good. */
export class Line {
  #settings;
  #urls;
  #owner;
  #backoff;
  /** @type {WebSocket | undefined} */
  #socket;
  /** Counts attempts; the first goes to the first of the URLs. */
  #attempt = 0;
  #greeted = false;
  #ended = false;
  /** When it was last in, or began to connect: from then on it gives up in a while. */
  #alone = Date.now();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #online = () => this.retryNow();

  /**
   * @param {import("./options.js").Settings} settings
   * @param {string[]} urls
   * @param {Owner} owner
   */
  constructor(settings, urls, owner) {
    this.#settings = settings;
    this.#urls = urls;
    this.#owner = owner;
    this.#backoff = new Backoff(settings.firstRetryMillis, settings.maxRetryMillis);
    globalThis.addEventListener?.("online", this.#online);
  }

  async connect() {
    const attempt = ++this.#attempt;
    this.#owner.became("connecting");
    let target;
    try {
      target = entry(this.#urls[(attempt - 1) % this.#urls.length], await this.#owner.ask());
    } catch (failure) {
      this.#retry(attempt, 0, `no join token: ${failure}`);
      return;
    }
    if (attempt === this.#attempt && !this.#ended) {
      this.#open(attempt, target);
    }
  }

  /** It is in. */
  greeted() {
    clearTimeout(this.#timer);
    this.#backoff.reset();
    this.#greeted = true;
  }

  /** @returns {number} bytes that the socket has not written yet */
  get buffered() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** @param {string} text when it is in */
  send(text) {
    this.#socket?.send(text);
  }

  /** Lets go of the connection, and takes another at once. */
  reconnect() {
    if (this.#socket !== undefined) {
      this.#alone = Date.now();
      this.#drop(AGAIN, "reconnecting");
    }
    this.retryNow();
  }

  retryNow() {
    if (!this.#ended && this.#socket === undefined) {
      clearTimeout(this.#timer);
      this.connect();
    }
  }

  /** For good. */
  end() {
    this.#ended = true;
    this.#drop(1000, "");
    globalThis.removeEventListener?.("online", this.#online);
  }

  /**
   * @param {number} attempt
   * @param {{ url: string, protocols: string[] }} target
   */
  #open(attempt, target) {
    const socket = new this.#settings.WebSocket(target.url, target.protocols);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#lose(attempt, 0, "no connection in time"), this.#settings.connectMillis);
    socket.onopen = () => {
      if (socket === this.#socket) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#lose(attempt, 0, "no HELLO in time"), this.#settings.helloMillis);
      }
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket) {
        this.#owner.heard(JSON.parse(String(event.data)));
      }
    };
    // what went wrong is told by the close event that follows
    socket.onerror = () => {};
    socket.onclose = (event) => {
      if (socket === this.#socket) {
        this.#lose(attempt, event.code, event.reason);
      }
    };
  }

  /**
   * The connection is gone.
   *
   * @param {number} attempt
   * @param {number} code 0: this end noticed
   * @param {string} reason
   */
  #lose(attempt, code, reason) {
    if (this.#greeted) {
      this.#alone = Date.now();
    }
    this.#drop(AGAIN, reason);
    if ((code !== 0 && !comesBack(code)) || !this.#owner.mayComeBack()) {
      this.#owner.ended(code || 1006, reason);
    } else {
      this.#retry(attempt, code, reason);
    }
  }

  /**
   * @param {number} attempt
   * @param {number} code
   * @param {string} reason
   */
  #retry(attempt, code, reason) {
    if (attempt !== this.#attempt || this.#ended) {
      return;
    }
    const wait = this.#backoff.next();
    if (Date.now() + wait - this.#alone > this.#settings.giveUpMillis) {
      this.#owner.ended(code || 1006, `given up after ${this.#settings.giveUpMillis} ms: ${reason}`);
      return;
    }
    this.#timer = setTimeout(() => this.connect(), wait);
    this.#owner.became("waiting", { code, reason });
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  #drop(code, reason) {
    clearTimeout(this.#timer);
    this.#greeted = false;
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined && socket.readyState < 2) {
      socket.close(code, reason);
    }
  }
}
