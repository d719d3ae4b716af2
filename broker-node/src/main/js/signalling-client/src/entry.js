/** The sub-protocol: I know numbers and secrets. */
const PROTOCOL = "bridgehead.v1";

/**
 * Where to connect, and what to show there. Everything secret is a sub-protocol: URLs end up in logs.
 *
 * @typedef {object} Ask
 * @property {string} [token] of the server to join; none: to open one
 * @property {boolean} [words] a token of words
 * @property {string} [serverInfo]
 * @property {string} [passphrase]
 * @property {{ id: string, pin?: string }} [account]
 * @property {string} [joinToken]
 * @property {{ secret: string, seen: number }} [resume] comes back: nothing else is shown
 */

/**
 * @param {string} base like wss://broker.example.org:8080
 * @param {Ask} ask
 * @returns {{ url: string, protocols: string[] }}
 */
export function entry(base, ask) {
  const url = baseUrl(base);
  const path = url.pathname.replace(/\/$/, "");
  const protocols = [PROTOCOL];
  if (ask.token === undefined) {
    url.pathname = `${path}/server`;
  } else {
    url.pathname = `${path}/client/${encodeURIComponent(ask.token)}`;
  }
  if (ask.resume !== undefined) {
    protocols.push(`resume.${ask.resume.secret}`, `seen.${ask.resume.seen}`);
    return { url: url.href, protocols };
  }
  if (ask.words) {
    url.searchParams.set("token", "words");
  }
  if (ask.serverInfo !== undefined) {
    url.searchParams.set("serverInfo", ask.serverInfo);
  }
  if (ask.account !== undefined) {
    protocols.push(`auth.${base64url(`${ask.account.id}:${ask.account.pin ?? ""}`)}`);
  } else if (ask.passphrase !== undefined) {
    // an empty name before it: the passphrase may have a colon of its own
    protocols.push(`auth.${base64url(`:${ask.passphrase}`)}`);
  }
  if (ask.joinToken !== undefined) {
    protocols.push(`join.${ask.joinToken}`);
  }
  return { url: url.href, protocols };
}

/**
 * @param {string} base
 * @returns {URL} with ws: or wss:
 */
export function baseUrl(base) {
  const url = new URL(base.replace(/^http/, "ws"));
  if (!["ws:", "wss:"].includes(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new TypeError(`${base} (expected: a URL like wss://broker.example.org:8080)`);
  }
  return url;
}

/** @param {string} text */
function base64url(text) {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
  return btoa(bytes.join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
