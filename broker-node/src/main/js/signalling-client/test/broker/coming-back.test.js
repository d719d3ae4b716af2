import assert from "node:assert/strict";
import { test } from "node:test";
import { client, inbox, lostConnection, meet, network, NODES, server } from "./fixture.js";

const [one, two] = NODES;
const EACH_WAY = 120;

test("a cut connection costs no message, doubles none, and the other is not told", async () => {
  const nearOne = await network(one);
  const nearTwo = await network(two);
  const [opened, joined] = await meet([nearOne.url, nearTwo.url], [nearTwo.url, nearOne.url]);
  const id = joined.id;
  const up = inbox(opened, "message");
  const down = inbox(joined, "message");
  const gone = inbox(opened, "peer-gone");
  const hellos = inbox(joined, "hello");
  let cuts = 0;
  for (let n = 0; n < EACH_WAY; n++) {
    joined.send(joined.server, "n", n);
    opened.send(joined.id, "n", n);
    if (n % 30 === 10) {
      // what was just written is on its way
      (n % 60 === 10 ? nearTwo : nearOne).cut();
      cuts++;
      await hellos.next().then((hello) => assert.equal(hello.resumed, true));
    }
  }
  for (let n = 0; n < EACH_WAY; n++) {
    assert.equal((await up.next()).message, n);
    assert.equal((await down.next()).message, n);
  }
  assert.equal(cuts, 4);
  assert.equal(joined.id, id);
  assert.deepEqual([up.events, down.events, gone.events], [[], [], []]);
});

test("a server comes back with its token and its clients, by the other node", async () => {
  const way = await network(one);
  const [opened, joined] = await meet([way.url, two], two);
  const { id } = opened;
  const states = inbox(opened, "state");
  const hellos = inbox(opened, "hello");
  way.down();
  const up = inbox(opened, "message");
  joined.send(id, "while-away", 1);
  assert.equal((await up.next()).type, "while-away");
  assert.equal((await hellos.next()).resumed, true);
  assert.equal(opened.id, id);
  assert.deepEqual(states.events.map(({ state }) => state).slice(0, 1), ["waiting"]);
  const down = inbox(joined, "message");
  opened.send(joined.id, "back", 1);
  assert.equal((await down.next()).type, "back");
});

test("it says what is lost when more came than the relay keeps", async () => {
  const way = await network(two);
  const [opened, joined] = await meet(one, way.url);
  const lost = inbox(joined, "lost");
  const down = inbox(joined, "message");
  const noticed = lostConnection(joined);
  way.down();
  await noticed;
  for (let n = 0; n < 4; n++) {
    opened.send(joined.id, "n", n + "x".repeat(30_000));
  }
  // once this one has heard, all before has come
  opened.on("peer-joined", ({ id }) => opened.send(id, "go", 1));
  await inbox(client(two, opened.id), "message").next();
  way.mend();
  assert.deepEqual(await lost.next(), { incoming: 2, outgoing: 0 });
  assert.equal((await down.next()).message[0], "2");
  assert.equal((await down.next()).message[0], "3");
});

test("it comes back at will, for fresh credentials, and nothing is lost", async () => {
  const [opened, joined] = await meet(one, NODES);
  const hellos = inbox(joined, "hello");
  const up = inbox(opened, "message");
  joined.send(joined.server, "n", 1);
  joined.reconnect();
  joined.send(joined.server, "n", 2);
  assert.equal((await hellos.next()).resumed, true);
  assert.equal((await up.next()).message, 1);
  assert.equal((await up.next()).message, 2);
  joined.reconnect();
  joined.reconnect();
  await hellos.next();
  joined.send(joined.server, "n", 3);
  assert.equal((await up.next()).message, 3);
  assert.deepEqual(up.events, []);
});

test("a page that was loaded anew comes back with its ticket", async () => {
  const [opened, joined] = await meet(one, two);
  joined.send(joined.server, "n", 1);
  const up = inbox(opened, "message");
  await up.next();
  const closed = inbox(joined, "closed");
  const after = client(one, opened.id, { ticket: { ...joined.ticket } });
  assert.equal((await after.ready()).id, joined.id);
  assert.equal((await closed.next()).code, 4409);
  after.send(after.server, "n", 2);
  assert.equal((await up.next()).message, 2);
  const again = server(two, { ticket: opened.ticket });
  assert.equal((await again.ready()).id, opened.id);
});

test("who lets the grace time pass finds nothing to come back to", async () => {
  const way = await network(one);
  const [opened, joined] = await meet(one, way.url);
  const gone = inbox(opened, "peer-gone");
  const closed = inbox(joined, "closed");
  way.down();
  assert.equal((await gone.next()).id, joined.id);
  way.mend();
  assert.equal((await closed.next()).code, 4404);
});
