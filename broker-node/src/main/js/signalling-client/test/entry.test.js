import assert from "node:assert/strict";
import { test } from "node:test";
import { entry } from "../src/entry.js";

const BASE = "wss://broker.example.org:8080";

test("a server, plain and with all there is", () => {
  assert.deepEqual(entry(BASE, {}), { url: `${BASE}/server`, protocols: ["bridgehead.v1"] });
  const all = entry(BASE, { words: true, serverInfo: "a b&c", passphrase: "a:b\u00e4" });
  assert.equal(all.url, `${BASE}/server?token=words&serverInfo=a+b%26c`);
  assert.deepEqual(all.protocols, ["bridgehead.v1", `auth.${Buffer.from(":a:b\u00e4").toString("base64url")}`]);
  assert.deepEqual(entry(BASE, { account: { id: "alice", pin: "12" } }).protocols[1],
    `auth.${Buffer.from("alice:12").toString("base64url")}`);
});

test("a client, with what its backend gave it", () => {
  assert.deepEqual(entry(`${BASE}/`, { token: "Able Baker", joinToken: "a.b.c" }),
    { url: `${BASE}/client/Able%20Baker`, protocols: ["bridgehead.v1", "join.a.b.c"] });
});

test("who comes back shows its secret and nothing else", () => {
  assert.deepEqual(entry(BASE, { token: "t", joinToken: "j", resume: { secret: "a.b", seen: 7 } }),
    { url: `${BASE}/client/t`, protocols: ["bridgehead.v1", "resume.a.b", "seen.7"] });
  assert.deepEqual(entry(BASE, { passphrase: "p", words: true, resume: { secret: "a.b", seen: 0 } }),
    { url: `${BASE}/server`, protocols: ["bridgehead.v1", "resume.a.b", "seen.0"] });
});

test("a page's own origin will do, and a path before the broker's", () => {
  assert.equal(entry("https://example.org/broker/", {}).url, "wss://example.org/broker/server");
  assert.equal(entry("http://example.org", {}).url, "ws://example.org/server");
});

test("what is no such URL is refused by name", () => {
  for (const bad of ["ftp://example.org", "wss://example.org/?a=b", "wss://example.org/#a"]) {
    assert.throws(() => entry(bad, {}), /expected: a URL like/);
  }
  assert.throws(() => entry("example.org", {}), TypeError);
});
