import assert from "node:assert/strict";
import { test } from "node:test";
import { inbox, meet, NODES } from "./fixture.js";

const PROCESS = Number(process.env.BRIDGEHEAD_FIRST_PROCESS);

test("a server and a client of a killed node go on by the other", async () => {
  const [opened, near] = await meet(NODES, NODES);
  const up = inbox(opened, "message");
  const down = inbox(near, "message");
  const lost = [inbox(opened, "lost"), inbox(near, "lost")];
  const gone = inbox(opened, "peer-gone");
  const ids = [opened.id, near.id];
  near.send(near.server, "before", 1);
  await up.next();

  process.kill(PROCESS, "SIGKILL");

  // what was kept for them is gone with the node, and both are told so
  for (const each of lost) {
    assert.deepEqual(await each.next(), { incoming: "unknown", outgoing: "unknown" });
  }
  assert.deepEqual([opened.id, near.id], ids);
  near.send(near.server, "after", 2);
  assert.deepEqual(await up.next(), { from: near.id, type: "after", message: 2 });
  opened.send(near.id, "after", 3);
  assert.deepEqual(await down.next(), { from: opened.id, type: "after", message: 3 });
  assert.deepEqual(gone.events, []);

  const hellos = inbox(near, "hello");
  near.reconnect();
  assert.equal((await hellos.next()).lost, 0);
  near.send(near.server, "again", 4);
  assert.equal((await up.next()).message, 4);
});
