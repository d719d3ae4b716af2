/** What a relay tells first, and again whenever this peer has come back. */
export interface Hello {
  /** This peer's own. */
  id: string;
  /** Of a client: its server's id. */
  server?: string;
  serverInfo?: string;
  /** Ready for `RTCPeerConnection`. */
  iceServers?: RTCIceServer[];
  secret?: string;
  /** Seconds this peer has to come back after a lost connection. */
  graceSeconds?: number;
  resumed?: true;
  received?: number;
  lost?: number | "unknown";
}

export type State = "connecting" | "open" | "waiting" | "closed";

export interface Events {
  /** It is in, or back: `resumed` tells which. */
  hello: Hello;
  /** To a server; `who` is from the client's join token. */
  "peer-joined": { id: string; who?: string };
  /** To a server: a client has left. To a client: the server has, and `closed` follows. */
  "peer-gone": { id: string };
  message: { from: string; type: string; message: unknown };
  /** The relay refused or could not deliver a message; see the broker's docs/signalling.md for the codes. */
  error: { code: string; reason: string };
  /** It is back, but so many messages to it, or of it, are lost: ask the peers for what is needed. */
  lost: { incoming: number | "unknown"; outgoing: number | "unknown" };
  /** `code` and `reason` tell of the connection that was lost; 0: this end noticed. */
  state: { state: State; code?: number; reason?: string };
  /** For good, once. */
  closed: ClosedError;
}

/** What of a page survives its reload, in `sessionStorage` for example. Whoever has it is this peer. */
export interface Ticket {
  secret: string;
  seen: number;
}

/** The part of a WebSocket's constructor that is used. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocket;

export interface Options {
  /** For a Node without a global WebSocket: that of the package `ws`, for example. */
  WebSocket?: WebSocketConstructor;
  /** Messages that may wait to be sent; 256. */
  maxQueuedMessages?: number;
  /** Bytes that may wait to be sent, and as many again in the socket; 256 KiB. */
  maxQueuedBytes?: number;
  /** The relay's `signalling.max-message-bytes`; 60 KiB. */
  maxMessageBytes?: number;
  /** Messages a second in the long run, below the relay's `signalling.messages-per-second`; 40. */
  messagesPerSecond?: number;
  /** Messages at once, below the relay's `signalling.message-burst`; 150. */
  messageBurst?: number;
  /** Time for a connection, before the next URL is tried; 5,000. */
  connectMillis?: number;
  /** Time from the connection to HELLO; 20,000. */
  helloMillis?: number;
  /** The first attempt to come back is made within this time, at random; each further one within twice as much; 500. */
  firstRetryMillis?: number;
  /** No attempt waits longer; 10,000. */
  maxRetryMillis?: number;
  /** Without a connection for so long it is closed; 120,000. */
  giveUpMillis?: number;
}

export interface ServerOptions extends Options {
  /** A token of words that a person can read out. */
  words?: boolean;
  /** Told to every client; at most 1,024 characters. */
  serverInfo?: string;
  /** Where the relay has `signalling.server-auth: passphrase`. */
  passphrase?: string;
  /** Where the relay has `signalling.server-auth: account`. */
  account?: { id: string; pin?: string };
  /** Comes back as the server it was before the page was loaded anew. */
  ticket?: Ticket;
}

export interface ClientOptions extends Options {
  /** From the app's backend, where the relay has `signalling.join-secret`. Each counts once: a function gives fresh ones. */
  joinToken?: string | (() => string | Promise<string>);
  /** Comes back as the client it was before the page was loaded anew. */
  ticket?: Ticket;
}

export interface Signalling {
  readonly state: State;
  /** Its own; a server's is the token that clients need. Undefined before the first HELLO. */
  readonly id: string | undefined;
  /** The server's id: a client writes to it only. */
  readonly server: string | undefined;
  readonly serverInfo: string | undefined;
  readonly iceServers: RTCIceServer[];
  /** Undefined before the first HELLO, and when the relay lets nobody come back. */
  readonly ticket: Ticket | undefined;
  /** Resolves once it is in; rejects with a `ClosedError` when it will not be. */
  ready(): Promise<Hello>;
  /** Returns what takes the listener away. */
  on<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): () => void;
  /**
   * Sends now, or once it is connected. Throws `QueueFullError`, `MessageTooLargeError`, `ClosedError`, or a
   * `RangeError` for a `to` or `type` that the relay would refuse.
   */
  send(to: string, type: string, message: unknown): void;
  /** Lets go of the connection and comes back by another: for fresh TURN credentials, or when the network changed. */
  reconnect(): void;
  /** Leaves for good. */
  close(): void;
}

/** Opens a server; `urls` are those of one or several nodes, tried in turn. */
export function openServer(urls: string | string[], options?: ServerOptions): Signalling;

/** Joins the server with this token. */
export function joinServer(urls: string | string[], token: string, options?: ClientOptions): Signalling;

export interface LinkOptions {
  /** Beside `iceServers` from HELLO. */
  configuration?: RTCConfiguration;
  /** For Node. */
  RTCPeerConnection?: new (configuration?: RTCConfiguration) => RTCPeerConnection;
  /** What went wrong with what the peer sent, or with the connection; the link goes on. */
  onerror?: (failure: unknown) => void;
}

export interface PeerLink {
  readonly connection: RTCPeerConnection;
  readonly peer: string;
  /** Ends the connection and listens to the peer no more. */
  close(): void;
}

/**
 * An `RTCPeerConnection` with a peer: offers, answers and candidates go through `signalling` as messages of type `offer`,
 * `answer` and `candidate`, whoever begins. For a server: `peer` is the client's id; for a client: the server's.
 */
export function linkPeer(signalling: Signalling, peer: string, options?: LinkOptions): PeerLink;

/** Nothing is sent any more: this end was closed, or the relay said so. */
export class ClosedError extends Error {
  constructor(code: number, reason: string);
  code: number;
  reason: string;
}

/** More waits to be sent than may; the message was not taken. */
export class QueueFullError extends Error {
  constructor(bound: string);
}

/** The relay would not take it. */
export class MessageTooLargeError extends Error {
  constructor(bytes: number, limit: number);
}
