/** Listeners by type of event. One that throws disturbs neither the others nor the caller. */
export class Emitter {
  /** @type {Map<string, Set<(event: any) => void>>} */
  #listeners = new Map();

  /**
   * @param {string} type
   * @param {(event: any) => void} listener
   * @returns {() => void} takes the listener away
   */
  on(type, listener) {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    return () => {
      listeners.delete(listener);
    };
  }

  /**
   * @param {string} type
   * @param {unknown} event
   */
  emit(type, event) {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        listener(event);
      } catch (failure) {
        report(failure);
      }
    }
  }
}

/** @param {unknown} failure for whoever listens to uncaught errors */
function report(failure) {
  if (typeof globalThis.reportError === "function") {
    globalThis.reportError(failure);
  } else {
    queueMicrotask(() => {
      throw failure;
    });
  }
}
