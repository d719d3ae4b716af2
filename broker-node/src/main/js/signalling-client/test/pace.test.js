import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace } from "../src/pace.js";

test("a burst goes at once, then one each interval", () => {
  const pace = new Pace(10, 3);
  assert.deepEqual([1, 2, 3].map(() => pace.take(1_000)), [0, 0, 0]);
  assert.equal(pace.take(1_000), 100);
  assert.equal(pace.take(1_099), 1);
  assert.equal(pace.take(1_100), 0);
  assert.equal(pace.take(1_100), 100);
});

test("who has rested has a burst again, and not more", () => {
  const pace = new Pace(10, 3);
  [1, 2, 3].forEach(() => pace.take(0));
  assert.deepEqual([1, 2, 3].map(() => pace.take(60_000)), [0, 0, 0]);
  assert.equal(pace.take(60_000), 100);
});

test("another connection begins with a burst", () => {
  const pace = new Pace(10, 1);
  pace.take(0);
  pace.reset();
  assert.equal(pace.take(0), 0);
});
