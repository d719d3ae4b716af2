/** What a peer may send before it was worked through; a real one sends a few dozen. */
const MAX_PENDING = 256;

const TYPES = new Set(["offer", "answer", "candidate"]);

/**
 * @param {import("../types/index.js").Signalling} signalling
 * @param {string} peer
 * @param {import("../types/index.js").LinkOptions} [options]
 * @returns {import("../types/index.js").PeerLink}
 */
export function linkPeer(signalling, peer, options = {}) {
  return new PeerLink(signalling, peer, options);
}

/**
 * "Perfect negotiation" (WebRTC 1.0, section 10.7): both ends run the same code, and when both make an offer at once, the
 * client's gives way.
 */
class PeerLink {
  /** @type {(() => void)[]} */
  #off = [];
  /** What the peer sent is worked through one after the other. */
  #turn = Promise.resolve();
  #pending = 0;
  #offering = false;
  #ignored = false;
  #closed = false;
  #signalling;
  #polite;
  #onerror;

  /**
   * @param {import("../types/index.js").Signalling} signalling
   * @param {string} peer
   * @param {import("../types/index.js").LinkOptions} options
   */
  constructor(signalling, peer, options) {
    const Connection = options.RTCPeerConnection ?? globalThis.RTCPeerConnection;
    if (typeof Connection !== "function") {
      throw new TypeError("RTCPeerConnection: none here (expected: a browser, or a constructor)");
    }
    if (signalling.id === undefined) {
      throw new Error("linkPeer: before HELLO (expected: after ready(), or in a listener of peer-joined)");
    }
    this.peer = peer;
    this.#signalling = signalling;
    this.#polite = peer === signalling.server;
    this.#onerror = options.onerror ?? ((failure) => console.warn("linkPeer:", failure));
    this.connection = new Connection({ iceServers: signalling.iceServers, ...options.configuration });
    this.connection.onnegotiationneeded = () => this.#offer();
    this.connection.onicecandidate = ({ candidate }) => this.#send("candidate", candidate);
    this.connection.oniceconnectionstatechange = () => {
      if (this.connection.iceConnectionState === "failed") {
        this.connection.restartIce();
      }
    };
    this.#off.push(
      signalling.on("message", (message) => this.#heard(message)),
      // an offer or an answer may be among what was lost
      signalling.on("lost", () => this.connection.restartIce()),
      signalling.on("peer-gone", ({ id }) => {
        if (id === peer) {
          this.#unlink();
        }
      }),
    );
  }

  close() {
    this.#unlink();
    this.connection.close();
  }

  /** The peers may go on without signalling: only what needs it ends. */
  #unlink() {
    this.#closed = true;
    this.#off.forEach((each) => each());
    this.connection.onnegotiationneeded = null;
    this.connection.onicecandidate = null;
    this.connection.oniceconnectionstatechange = null;
  }

  async #offer() {
    this.#offering = true;
    try {
      await this.connection.setLocalDescription();
      this.#describe();
    } catch (failure) {
      this.#failed(failure);
    } finally {
      this.#offering = false;
    }
  }

  #describe() {
    const description = this.connection.localDescription;
    if (description !== null) {
      this.#send(description.type, { type: description.type, sdp: description.sdp });
    }
  }

  /**
   * @param {string} type
   * @param {unknown} message
   */
  #send(type, message) {
    if (!this.#closed) {
      try {
        this.#signalling.send(this.peer, type, message);
      } catch (failure) {
        this.#failed(failure);
      }
    }
  }

  /** @param {{ from: string, type: string, message: unknown }} heard */
  #heard({ from, type, message }) {
    if (from !== this.peer || !TYPES.has(type)) {
      return;
    }
    if (this.#pending >= MAX_PENDING) {
      this.#failed(new Error(`${type}: over ${MAX_PENDING} messages of the peer wait; this one is dropped`));
      return;
    }
    this.#pending++;
    this.#turn = this.#turn
      .then(() => (this.#closed ? undefined : this.#take(type, message)))
      .catch((failure) => this.#failed(failure))
      .then(() => {
        this.#pending--;
      });
  }

  /**
   * @param {string} type
   * @param {any} message
   */
  async #take(type, message) {
    if (type === "candidate") {
      await this.#candidate(message);
      return;
    }
    const collision = type === "offer" && (this.#offering || this.connection.signalingState !== "stable");
    this.#ignored = collision && !this.#polite;
    if (this.#ignored) {
      return;
    }
    await this.connection.setRemoteDescription({ type: /** @type {RTCSdpType} */ (type), sdp: message?.sdp });
    if (type === "offer") {
      await this.connection.setLocalDescription();
      this.#describe();
    }
  }

  /** @param {any} candidate */
  async #candidate(candidate) {
    try {
      await this.connection.addIceCandidate(candidate ?? undefined);
    } catch (failure) {
      // candidates of an offer that gave way fit nothing
      if (!this.#ignored) {
        throw failure;
      }
    }
  }

  /** @param {unknown} failure */
  #failed(failure) {
    if (!this.#closed) {
      this.#onerror(failure);
    }
  }
}
