import { Emitter } from "./emitter.js";
import { baseUrl } from "./entry.js";
import { ClosedError, MessageTooLargeError } from "./errors.js";
import { Line } from "./line.js";
import { settings } from "./options.js";
import { Outbox } from "./outbox.js";
import { Pace } from "./pace.js";
import { NOT_RECEIVED, RESERVED } from "./relay.js";

/** A socket has no event for "written": while it is full it is looked at so often. */
const FULL_MILLIS = 50;

/**
 * @typedef {import("../types/index.js").Hello} Hello
 * @typedef {import("../types/index.js").State} State
 * @typedef {import("../types/index.js").Ticket} Ticket
 */

/**
 * Opens a server: clients join it by its id.
 *
 * @param {string | string[]} urls
 * @param {import("../types/index.js").ServerOptions} [options]
 * @returns {import("../types/index.js").Signalling}
 */
export function openServer(urls, options = {}) {
  const { words, serverInfo, passphrase, account, ticket, ...rest } = options;
  return new Signalling(urls, rest, { words, serverInfo, passphrase, account }, undefined, ticket);
}

/**
 * Joins the server with this token.
 *
 * @param {string | string[]} urls
 * @param {string} token
 * @param {import("../types/index.js").ClientOptions} [options]
 * @returns {import("../types/index.js").Signalling}
 */
export function joinServer(urls, token, options = {}) {
  if (typeof token !== "string" || token.trim() === "") {
    throw new TypeError("token: empty (expected: the server's)");
  }
  const { joinToken, ticket, ...rest } = options;
  return new Signalling(urls, rest, { token }, joinToken, ticket);
}

/**
 * One peer, over as many connections as it takes:
 *
 *     connecting --HELLO--> open --lost--> waiting --in a while--> connecting
 *     any of them --close(), refused, given up--> closed
 */
class Signalling {
  #emitter = new Emitter();
  #settings;
  #ask;
  #joinToken;
  #outbox;
  #pace;
  #line;
  /** @type {State} */
  #state = "connecting";
  /** @type {Hello | undefined} */
  #hello;
  /** @type {ClosedError | undefined} */
  #closed;
  #secret = "";
  #seen = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #flushTimer;

  /**
   * @param {string | string[]} urls
   * @param {import("../types/index.js").Options} options
   * @param {import("./entry.js").Ask} ask
   * @param {string | (() => string | Promise<string>) | undefined} joinToken
   * @param {Ticket | undefined} ticket
   */
  constructor(urls, options, ask, joinToken, ticket) {
    this.#settings = settings(options);
    const nodes = [urls].flat().map((url) => baseUrl(url).href);
    if (nodes.length === 0) {
      throw new TypeError("urls: none (expected: at least one)");
    }
    this.#ask = ask;
    this.#joinToken = joinToken;
    this.#secret = ticket?.secret ?? "";
    this.#seen = ticket?.seen ?? 0;
    this.#outbox = new Outbox(this.#settings.maxQueuedMessages, this.#settings.maxQueuedBytes);
    this.#pace = new Pace(this.#settings.messagesPerSecond, this.#settings.messageBurst);
    this.#line = new Line(this.#settings, nodes, {
      ask: () => this.#show(),
      heard: (message) => this.#hear(message),
      became: (state, why) => this.#become(state, why),
      mayComeBack: () => this.#hello === undefined || this.#secret !== "",
      ended: (code, reason) => this.#end(code, reason),
    });
    this.#line.connect();
  }

  get state() {
    return this.#state;
  }

  /** Its own; a server's is the token that clients need. Undefined before the first HELLO. */
  get id() {
    return this.#hello?.id;
  }

  /** The server's id: a client writes to it only. */
  get server() {
    return this.#hello?.server ?? this.#ask.token ?? this.#hello?.id;
  }

  get serverInfo() {
    return this.#hello?.serverInfo;
  }

  get iceServers() {
    return this.#hello?.iceServers ?? [];
  }

  /** Undefined when the relay lets nobody come back. */
  get ticket() {
    return this.#secret === "" ? undefined : { secret: this.#secret, seen: this.#seen };
  }

  /** @returns {Promise<Hello>} once it is in; rejected with a {@link ClosedError} when it will not be */
  ready() {
    if (this.#hello !== undefined) {
      return Promise.resolve(this.#hello);
    }
    if (this.#closed !== undefined) {
      return Promise.reject(this.#closed);
    }
    return new Promise((resolve, reject) => {
      const off = [
        this.on("hello", (hello) => {
          off.forEach((each) => each());
          resolve(hello);
        }),
        this.on("closed", (closed) => {
          off.forEach((each) => each());
          reject(closed);
        }),
      ];
    });
  }

  /**
   * @param {string} type
   * @param {(event: any) => void} listener
   * @returns {() => void} takes the listener away
   */
  on(type, listener) {
    return this.#emitter.on(type, listener);
  }

  /**
   * Sends now, or once it is connected. Throws what keeps the message from being taken.
   *
   * @param {string} to
   * @param {string} type
   * @param {unknown} message
   */
  send(to, type, message) {
    if (this.#closed !== undefined) {
      throw this.#closed;
    }
    if (typeof type !== "string" || type.length === 0 || type.length > 64 || RESERVED.has(type)) {
      throw new RangeError(`type: ${type} (expected: 1 to 64 characters, none of ${[...RESERVED].join(", ")})`);
    }
    if (typeof to !== "string" || (this.#ask.token !== undefined && to !== this.#ask.token && to !== this.server)) {
      throw new RangeError(`to: ${to} (expected: ${this.#ask.token === undefined ? "a client's id" : "the server's id"})`);
    }
    const text = JSON.stringify({ to, type, message: message ?? null });
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > this.#settings.maxMessageBytes) {
      throw new MessageTooLargeError(bytes, this.#settings.maxMessageBytes);
    }
    this.#outbox.add({ text, bytes });
    this.#flush();
  }

  /** Lets go of the connection and comes back by another: for fresh TURN credentials, or when the network changed. */
  reconnect() {
    this.#line.reconnect();
  }

  /** Leaves for good; what waits is not sent. */
  close() {
    this.#end(1000, "");
  }

  async #show() {
    if (this.#secret !== "") {
      return { token: this.#ask.token, resume: { secret: this.#secret, seen: this.#seen } };
    }
    const joinToken = typeof this.#joinToken === "function" ? await this.#joinToken() : this.#joinToken;
    return { ...this.#ask, joinToken };
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  #end(code, reason) {
    if (this.#closed === undefined) {
      this.#closed = new ClosedError(code, reason);
      clearTimeout(this.#flushTimer);
      this.#line.end();
      this.#outbox.clear();
      this.#become("closed", { code, reason });
      this.#emitter.emit("closed", this.#closed);
    }
  }

  /**
   * @param {State} state
   * @param {{ code: number, reason: string }} [why]
   */
  #become(state, why) {
    this.#state = state;
    this.#emitter.emit("state", { state, ...why });
  }

  // ---- what the relay says

  /** @param {any} heard */
  #hear(heard) {
    if (heard.seq !== undefined) {
      if (heard.seq <= this.#seen) {
        return;
      }
      this.#seen = heard.seq;
    }
    if (heard.from !== "0") {
      this.#emitter.emit("message", { from: heard.from, type: heard.type, message: heard.message });
      return;
    }
    switch (heard.type) {
      case "HELLO":
        this.#greeted(heard.message);
        break;
      case "PEER_JOINED":
        this.#emitter.emit("peer-joined", heard.message);
        break;
      case "PEER_GONE":
        this.#emitter.emit("peer-gone", heard.message);
        if (this.#ask.token !== undefined) {
          this.#end(4410, "the server has left");
        }
        break;
      case "ERROR":
        if (NOT_RECEIVED.has(heard.message.code) || (heard.message.code === "wrong-to" && this.#ask.token)) {
          this.#outbox.refused();
        }
        this.#emitter.emit("error", heard.message);
        break;
      default:
      // of a later relay: not for us
    }
  }

  /** @param {any} hello */
  #greeted(hello) {
    this.#line.greeted();
    this.#pace.reset();
    const knows = this.#hello !== undefined;
    this.#secret = hello.secret ?? "";
    this.#hello = hello;
    if (hello.resumed) {
      this.#resumed(hello, knows);
    } else {
      this.#seen = 0;
    }
    this.#become("open");
    this.#emitter.emit("hello", hello);
    this.#flush();
  }

  /**
   * @param {{ received: number, lost: number | "unknown" }} hello
   * @param {boolean} knows what was sent before; not after a page was loaded anew
   */
  #resumed({ received, lost }, knows) {
    if (lost === "unknown" || !knows) {
      this.#outbox.forget(received);
    }
    const outgoing = lost === "unknown" ? lost : this.#outbox.resumed(received);
    if (lost !== 0 || outgoing !== 0) {
      this.#emitter.emit("lost", { incoming: lost, outgoing });
    }
  }

  // ---- what goes out

  #flush() {
    clearTimeout(this.#flushTimer);
    while (this.#state === "open" && this.#outbox.nextBytes > 0) {
      const full = this.#line.buffered + this.#outbox.nextBytes > this.#settings.maxQueuedBytes;
      const wait = full ? FULL_MILLIS : this.#pace.take(Date.now());
      if (wait > 0) {
        this.#flushTimer = setTimeout(() => this.#flush(), wait);
        return;
      }
      this.#line.send(/** @type {string} */ (this.#outbox.next()));
    }
  }
}
