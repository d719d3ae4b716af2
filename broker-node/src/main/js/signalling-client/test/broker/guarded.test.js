import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { test } from "node:test";
import { client, inbox, server } from "./fixture.js";

const GUARDED = process.env.BRIDGEHEAD_GUARDED ?? "";
const KEY = process.env.BRIDGEHEAD_JOIN_SECRET ?? "";
const PASSPHRASE = process.env.BRIDGEHEAD_PASSPHRASE ?? "";

/** As an app's backend does it. */
function joinToken(srv) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({
    sub: "Ann", srv, exp: Math.floor(Date.now() / 1000) + 60, jti: randomUUID(),
  })}`;
  return `${text}.${createHmac("sha256", KEY).update(text).digest("base64url")}`;
}

test("a server needs the passphrase, and a client its join token", async () => {
  await assert.rejects(server(GUARDED).ready(), { code: 4401 });
  await assert.rejects(server(GUARDED, { passphrase: "wrong" }).ready(), { code: 4401 });
  const opened = server(GUARDED, { passphrase: PASSPHRASE });
  const joined = inbox(opened, "peer-joined");
  const { id } = await opened.ready();
  await assert.rejects(client(GUARDED, id).ready(), { code: 4401 });

  const given = client(GUARDED, id, { joinToken: joinToken(id) });
  const { who } = await joined.next();
  assert.equal(who, "Ann");
  const asked = client(GUARDED, id, { joinToken: async () => joinToken(id) });
  assert.equal((await joined.next()).id, (await asked.ready()).id);

  const hellos = inbox(given, "hello");
  given.reconnect();
  assert.equal((await hellos.next()).resumed, true);
});

test("a backend that fails at first is asked again", async () => {
  const opened = server(GUARDED, { passphrase: PASSPHRASE });
  const { id } = await opened.ready();
  let asked = 0;
  const joined = client(GUARDED, id, {
    joinToken: async () => {
      if (++asked < 3) {
        throw new Error("backend is down");
      }
      return joinToken(id);
    },
  });
  await joined.ready();
  assert.equal(asked, 3);
});
