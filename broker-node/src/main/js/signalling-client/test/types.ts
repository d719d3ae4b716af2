// Read by the compiler, never run: the declarations say what the code does, and refuse what it would.
import * as code from "../src/index.js";
import * as declared from "../types/index.js";
import { joinServer, linkPeer, openServer, QueueFullError, type Hello, type Signalling } from "../types/index.js";

const same: typeof declared = code;
void same;

async function server(): Promise<void> {
  const server: Signalling = openServer(["wss://n1.example.org:8080", "wss://n2.example.org:8080"], {
    words: true,
    account: { id: "alice@example.org", pin: "1234" },
  });
  const hello: Hello = await server.ready();
  server.on("peer-joined", ({ id, who }) => {
    const name: string = who ?? id;
    linkPeer(server, name).connection.ondatachannel = ({ channel }) => channel.send(hello.id);
  });
  const off: () => void = server.on("state", ({ state }) => state === "closed");
  off();
}

const client = joinServer("wss://broker.example.org:8080", "token", { joinToken: async () => "jwt" });
client.on("message", ({ message }) => {
  // @ts-expect-error what a peer sends is unknown
  message.text;
});
try {
  client.send("token", "offer", { sdp: "" });
} catch (failure) {
  if (failure instanceof QueueFullError) {
    client.close();
  }
}
// @ts-expect-error no such event
client.on("peer-came", () => undefined);
// @ts-expect-error a client shows no passphrase
joinServer("wss://broker.example.org:8080", "token", { passphrase: "" });
// @ts-expect-error not for writing
client.state = "open";
void server;
