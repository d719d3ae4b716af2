import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../src/backoff.js";

test("each bound is twice the one before, up to the highest, and begins anew", () => {
  const backoff = new Backoff(100, 1_000, () => 0.999);
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(() => backoff.next()), [99, 199, 399, 799, 999, 999]);
  backoff.reset();
  assert.equal(backoff.next(), 99);
});

test("times are spread over all that is below the bound", () => {
  const dice = [0, 0.5, 0.99];
  const backoff = new Backoff(1_000, 1_000, () => dice.shift() ?? 0);
  assert.deepEqual([1, 2, 3].map(() => backoff.next()), [0, 500, 990]);
});

test("a thousand failures do not overflow the bound", () => {
  const backoff = new Backoff(500, 10_000, () => 0.5);
  for (let n = 0; n < 1_000; n++) {
    assert.ok(backoff.next() <= 5_000);
  }
});
