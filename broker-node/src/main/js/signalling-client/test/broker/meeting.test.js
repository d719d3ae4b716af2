import assert from "node:assert/strict";
import { test } from "node:test";
import { ClosedError, MessageTooLargeError, QueueFullError } from "bridgehead-signalling";
import { client, inbox, lostConnection, meet, network, NODES, server } from "./fixture.js";

const [one, two] = NODES;

test("peers on two nodes meet, talk and part", async () => {
  const [opened, joined] = await meet(one, two, { serverInfo: "room 7" });
  const up = inbox(opened, "message");
  const down = inbox(joined, "message");
  const gone = inbox(opened, "peer-gone");
  assert.equal(opened.server, opened.id);
  assert.equal(joined.server, opened.id);
  assert.equal(joined.serverInfo, "room 7");
  assert.deepEqual(joined.iceServers, [{ urls: ["stun:stun.example.org:3478"] }]);

  joined.send(joined.server, "offer", { sdp: "v=0\r\n", text: "\u00e4\ud83d\ude00" });
  assert.deepEqual(await up.next(), { from: joined.id, type: "offer", message: { sdp: "v=0\r\n", text: "\u00e4\ud83d\ude00" } });
  opened.send(joined.id, "answer", undefined);
  assert.deepEqual(await down.next(), { from: opened.id, type: "answer", message: null });

  joined.close();
  assert.equal(joined.state, "closed");
  assert.deepEqual(await gone.next(), { id: joined.id });
  assert.throws(() => joined.send(joined.server, "x", 1), ClosedError);
  const errors = inbox(opened, "error");
  opened.send(joined.id, "late", 1);
  assert.equal((await errors.next()).code, "peer-gone");
});

test("a client is told that its server has left, and is closed", async () => {
  const [opened, joined] = await meet(one, two);
  const gone = inbox(joined, "peer-gone");
  const closed = inbox(joined, "closed");
  opened.close();
  assert.deepEqual(await gone.next(), { id: opened.id });
  assert.equal((await closed.next()).code, 4410);
});

test("a token of words may be typed as people do", async () => {
  const opened = server(one, { words: true });
  const { id } = await opened.ready();
  assert.match(id, /^[a-z]+(-[a-z]+){7}$/);
  const joined = client(two, id.toUpperCase().replaceAll("-", " "));
  const up = inbox(opened, "message");
  joined.send(id.toUpperCase().replaceAll("-", " "), "early", 1);
  assert.equal((await joined.ready()).server, id);
  assert.equal((await up.next()).type, "early");
});

test("an unknown token is for good", async () => {
  const nobody = client(NODES, "0".repeat(32));
  await assert.rejects(nobody.ready(), (e) => e instanceof ClosedError && e.code === 4404);
  await assert.rejects(nobody.ready(), ClosedError);
  assert.equal(nobody.state, "closed");
});

test("what the relay would refuse is refused here, by name", async () => {
  const [opened, joined] = await meet(one, two);
  assert.throws(() => joined.send("somebody", "x", 1), /to: somebody/);
  assert.throws(() => joined.send(joined.server, "HELLO", 1), /type: HELLO/);
  assert.throws(() => joined.send(joined.server, "", 1), /type/);
  assert.throws(() => joined.send(joined.server, "x".repeat(65), 1), /64 characters/);
  assert.throws(() => joined.send(joined.server, "x", "\u00e4".repeat(31_000)), MessageTooLargeError);
  const up = inbox(opened, "message");
  joined.send(joined.server, "x", "\u00e4".repeat(30_000));
  assert.equal((await up.next()).message.length, 30_000);
});

test("what waits for a connection is bounded, and arrives in order", async () => {
  const [opened, joined] = await meet(one, two);
  const way = await network(two);
  way.down();
  const late = client(way.url, opened.id, { maxQueuedMessages: 20, maxQueuedBytes: 4_000 });
  for (let n = 0; n < 20; n++) {
    late.send(opened.id, "n", n);
  }
  assert.throws(() => late.send(opened.id, "n", 20), (e) => e instanceof QueueFullError && /20 messages/.test(e.message));
  const up = inbox(opened, "message");
  way.mend();
  for (let n = 0; n < 20; n++) {
    assert.equal((await up.next()).message, n);
  }
  const noticed = lostConnection(late);
  way.down();
  await noticed;
  late.send(opened.id, "n", "x".repeat(3_900));
  assert.throws(() => late.send(opened.id, "n", "x".repeat(100)), /4000 bytes/);
});

test("a flood is slowed to what the relay takes", async () => {
  const [opened, joined] = await meet(one, two);
  const up = inbox(opened, "message");
  const errors = inbox(joined, "error");
  for (let n = 0; n < 230; n++) {
    joined.send(joined.server, "n", n);
  }
  for (let n = 0; n < 230; n++) {
    assert.equal((await up.next()).message, n);
  }
  assert.deepEqual(errors.events, []);
});

test("who finds no node gives up in time", async () => {
  const way = await network(one);
  way.down();
  const lonely = server(way.url, { giveUpMillis: 300 });
  await assert.rejects(lonely.ready(), /given up after 300 ms/);
});

test("a listener that throws disturbs nobody else", async () => {
  const [opened, joined] = await meet(one, two);
  const thrown = [];
  globalThis.reportError = (failure) => thrown.push(failure.message);
  const off = opened.on("message", () => {
    throw new Error("mine");
  });
  const up = inbox(opened, "message");
  joined.send(joined.server, "x", 1);
  await up.next();
  off();
  joined.send(joined.server, "x", 2);
  await up.next();
  delete globalThis.reportError;
  assert.deepEqual(thrown, ["mine"]);
});
