import assert from "node:assert/strict";
import test from "node:test";

import { isId, newId } from "../../static/mobile/identity.js";

test("each entry gets an id of its own", () => {
  const ids = new Set(Array.from({ length: 1000 }, () => newId()));
  assert.equal(ids.size, 1000);
  for (const id of ids) assert.ok(isId(id), id);
});

test("a phone without randomUUID makes the same kind of id", () => {
  const old = { getRandomValues: (bytes) => crypto.getRandomValues(bytes) };
  const ids = new Set(Array.from({ length: 1000 }, () => newId(old)));
  assert.equal(ids.size, 1000);
  for (const id of ids) assert.ok(isId(id), id);
});

test("the version and the variant are set whatever the dice say", () => {
  for (const value of [0, 255]) {
    const id = newId({ getRandomValues: (bytes) => bytes.fill(value) });
    assert.ok(isId(id), id);
  }
  assert.ok(!isId("00000000-0000-0000-0000-000000000000"));
});
