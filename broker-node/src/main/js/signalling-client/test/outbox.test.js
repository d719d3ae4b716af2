import assert from "node:assert/strict";
import { test } from "node:test";
import { QueueFullError } from "../src/errors.js";
import { Outbox } from "../src/outbox.js";

/** @param {Outbox} outbox */
function rest(outbox) {
  const texts = [];
  for (let text = outbox.next(); text !== undefined; text = outbox.next()) {
    texts.push(text);
  }
  return texts.join("");
}

/** Each letter is a message of one byte. */
function outboxOf(letters, maxMessages = 100, maxBytes = 100) {
  const outbox = new Outbox(maxMessages, maxBytes);
  [...letters].forEach((text) => outbox.add({ text, bytes: 1 }));
  return outbox;
}

test("what waits goes out in order, once", () => {
  const outbox = outboxOf("abc");
  assert.equal(outbox.nextBytes, 1);
  assert.equal(rest(outbox), "abc");
  assert.equal(outbox.nextBytes, 0);
});

test("one more than may wait is refused with the bound, and the others stay", () => {
  const messages = outboxOf("abc", 3);
  assert.throws(() => messages.add({ text: "d", bytes: 1 }), (e) => e instanceof QueueFullError && /3 messages/.test(e.message));
  assert.equal(rest(messages), "abc");
  const bytes = outboxOf("abc", 10, 4);
  assert.throws(() => bytes.add({ text: "dd", bytes: 2 }), (e) => e instanceof QueueFullError && /4 bytes/.test(e.message));
  bytes.add({ text: "d", bytes: 1 });
  assert.equal(rest(bytes), "abcd");
  bytes.add({ text: "efgh", bytes: 4 });
});

test("what the relay did not take goes out again, before what waits", () => {
  const outbox = outboxOf("abcd");
  rest(outbox);
  outbox.add({ text: "e", bytes: 1 });
  assert.equal(outbox.resumed(2), 0);
  assert.equal(rest(outbox), "cde");
  assert.equal(outbox.resumed(5), 0);
  assert.equal(rest(outbox), "");
});

test("a refused message is none of those that were taken", () => {
  const outbox = outboxOf("abcd");
  rest(outbox);
  outbox.refused();
  assert.equal(outbox.resumed(2), 0);
  assert.equal(rest(outbox), "d");
});

test("no more is kept than may wait, and it says how many are lost", () => {
  const outbox = outboxOf("abc", 3);
  rest(outbox);
  outbox.add({ text: "d", bytes: 1 });
  rest(outbox);
  assert.equal(outbox.resumed(0), 1);
  assert.equal(rest(outbox), "bcd");
  const bytes = outboxOf("ab", 10, 2);
  rest(bytes);
  bytes.add({ text: "cc", bytes: 2 });
  rest(bytes);
  assert.equal(bytes.resumed(1), 1);
  assert.equal(rest(bytes), "cc");
});

test("when nobody knows what was taken, only what waits goes out", () => {
  const outbox = outboxOf("abc");
  rest(outbox);
  outbox.add({ text: "d", bytes: 1 });
  outbox.forget(0);
  assert.equal(rest(outbox), "d");
  assert.equal(outbox.resumed(1), 0);
  assert.equal(rest(outbox), "");
});
