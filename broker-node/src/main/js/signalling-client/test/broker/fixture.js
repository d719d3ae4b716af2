import net from "node:net";
import { afterEach } from "node:test";
import { WebSocket } from "ws";
import { joinServer, openServer } from "bridgehead-signalling";

/** Of the two nodes that the test of the build has started. */
export const NODES = (process.env.BRIDGEHEAD_NODES ?? "").split(",").filter((url) => url !== "");

const PATIENCE = 30_000;

/** Retries are fast: the tests wait for them. */
const QUICK = { WebSocket, firstRetryMillis: 50, maxRetryMillis: 500 };

/** What a test opened is closed when it ends, however it does. */
const open = [];

afterEach(() => open.splice(0).forEach((each) => each.close()));

function closedAtTheEnd(each) {
  open.push(each);
  return each;
}

export function server(urls, options = {}) {
  return closedAtTheEnd(openServer(urls, { ...QUICK, ...options }));
}

export function client(urls, token, options = {}) {
  return closedAtTheEnd(joinServer(urls, token, { ...QUICK, ...options }));
}

/** Events of one type as they came, and a wait for the next. */
export function inbox(signalling, type) {
  const events = [];
  let arrived = () => {};
  signalling.on(type, (event) => {
    events.push(event);
    arrived();
  });
  return {
    events,
    async next() {
      const deadline = Date.now() + PATIENCE;
      while (events.length === 0) {
        let timer;
        const came = await new Promise((resolve) => {
          arrived = () => resolve(true);
          timer = setTimeout(() => resolve(false), deadline - Date.now());
        });
        clearTimeout(timer);
        if (!came) {
          throw new Error(`no ${type} within ${PATIENCE} ms; state ${signalling.state}`);
        }
      }
      return events.shift();
    },
  };
}

/** A server on the first URLs and a client on the second, who have met. */
export async function meet(serverUrls, clientUrls, serverOptions, clientOptions) {
  const one = server(serverUrls, serverOptions);
  const joined = inbox(one, "peer-joined");
  const { id } = await one.ready();
  const two = client(clientUrls, id, clientOptions);
  await two.ready();
  await joined.next();
  return [one, two];
}

/** A network before a node that can be cut, and mended. */
export async function network(url) {
  const { hostname, port } = new URL(url);
  const sockets = new Set();
  let up = true;
  const listener = net.createServer((near) => {
    if (!up) {
      near.destroy();
      return;
    }
    const far = net.connect(Number(port), hostname);
    for (const [one, other] of [[near, far], [far, near]]) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return closedAtTheEnd({
    url: `ws://127.0.0.1:${listener.address().port}`,
    /** Both ends of each connection notice, and what was on its way is lost. */
    cut() {
      sockets.forEach((socket) => socket.resetAndDestroy());
    },
    down() {
      up = false;
      this.cut();
    },
    mend() {
      up = true;
    },
    close() {
      this.cut();
      listener.close();
    },
  });
}

/** Resolves when the peer has noticed that its connection is gone. */
export function lostConnection(signalling) {
  return new Promise((resolve) => {
    const off = signalling.on("state", ({ state }) => {
      if (state === "waiting") {
        off();
        resolve();
      }
    });
  });
}
