export { joinServer, openServer } from "./signalling.js";
export { linkPeer } from "./peer-link.js";
export { ClosedError, MessageTooLargeError, QueueFullError } from "./errors.js";
