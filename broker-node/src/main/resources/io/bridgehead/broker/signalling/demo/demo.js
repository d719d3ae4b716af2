import { joinServer, linkPeer, openServer } from "./client/index.js";

/** Lines that stay on the page. */
const MAX_LINES = 200;

const at = (id) => document.getElementById(id);

/** Data channels by the peer's id. */
const channels = new Map();

function show(line) {
  const item = document.createElement("li");
  item.textContent = line;
  at("log").append(item);
  while (at("log").childElementCount > MAX_LINES) {
    at("log").firstElementChild.remove();
  }
}

function showPeers() {
  at("peers").textContent = [...channels.keys()].map((id) => id.slice(0, 8)).join(", ") || "nobody yet";
}

function take(peer, connection, channel) {
  channel.onopen = () => {
    channels.set(peer, channel);
    showPeers();
  };
  channel.onclose = () => {
    channels.delete(peer);
    showPeers();
    connection.close();
  };
  channel.onmessage = ({ data }) => show(`${peer.slice(0, 8)}: ${data}`);
}

function enter(signalling) {
  at("open").hidden = true;
  at("join").hidden = true;
  at("meeting").hidden = false;
  const onerror = (failure) => show(`! ${failure}`);
  signalling.on("state", ({ state, code, reason }) => {
    at("state").textContent = code ? `${state} (${code} ${reason})` : state;
  });
  signalling.on("error", ({ code, reason }) => show(`! ${code}: ${reason}`));
  at("leave").onclick = () => {
    signalling.close();
    channels.forEach((channel) => channel.close());
  };
  return onerror;
}

function login() {
  const text = at("login").value;
  if (text === "") {
    return {};
  }
  const colon = text.indexOf(":");
  return colon < 0 ? { passphrase: text } : { account: { id: text.slice(0, colon), pin: text.slice(colon + 1) } };
}

at("open").onsubmit = (event) => {
  event.preventDefault();
  const server = openServer(location.origin, login());
  const onerror = enter(server);
  server.on("hello", ({ id }) => {
    const link = new URL(location.href);
    link.hash = id;
    at("link").href = link.href;
    at("link").textContent = link.href;
    at("invitation").hidden = false;
  });
  server.on("peer-joined", ({ id }) => {
    const { connection } = linkPeer(server, id, { onerror });
    connection.ondatachannel = ({ channel }) => take(id, connection, channel);
  });
};

at("join").onsubmit = async (event) => {
  event.preventDefault();
  const client = joinServer(location.origin, at("token").value, { joinToken: at("join-token").value || undefined });
  const onerror = enter(client);
  try {
    const { server } = await client.ready();
    const { connection } = linkPeer(client, server, { onerror });
    take(server, connection, connection.createDataChannel("demo"));
  } catch (failure) {
    onerror(failure);
  }
};

at("say").onsubmit = (event) => {
  event.preventDefault();
  const text = at("text").value;
  if (text !== "") {
    channels.forEach((channel) => channel.send(text));
    show(`you: ${text}`);
    at("text").value = "";
  }
};

at("token").value = decodeURIComponent(location.hash.slice(1));
