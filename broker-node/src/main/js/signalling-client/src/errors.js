/** Nothing is sent any more: this end was closed, or the relay said so. */
export class ClosedError extends Error {
  /**
   * @param {number} code the WebSocket's close code
   * @param {string} reason
   */
  constructor(code, reason) {
    super(`signalling is closed: ${code}${reason && ` ${reason}`}`);
    this.name = "ClosedError";
    this.code = code;
    this.reason = reason;
  }
}

/** More waits to be sent than may; the message was not taken. */
export class QueueFullError extends Error {
  /** @param {string} bound what is full, and how much of it there may be */
  constructor(bound) {
    super(`too much waits to be sent (expected: at most ${bound}); the message was not taken`);
    this.name = "QueueFullError";
  }
}

/** The relay would not take it. */
export class MessageTooLargeError extends Error {
  /**
   * @param {number} bytes of the whole message
   * @param {number} limit
   */
  constructor(bytes, limit) {
    super(`a message of ${bytes} bytes (expected: at most ${limit})`);
    this.name = "MessageTooLargeError";
  }
}
