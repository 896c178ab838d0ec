import "./loading.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";

const { cookie, mayShow } = await import("../../static/mobile/owner.js");
const HOUR = 3600 * 1000;
const kept = { owner: "a", kept: "a", contactAt: 1000 * HOUR };

test("a cookie is found by its whole name", () => {
  assert.equal(cookie("hajar_owner", "x_hajar_owner=1; hajar_owner=2"), "2");
  assert.equal(cookie("hajar_owner", ""), "");
});

test("a round is shown to its owner for 72 hours without contact", () => {
  for (const [more, shown] of [
    [{ now: 1000 * HOUR }, true],
    [{ now: 1071 * HOUR }, true],
    [{ now: 1072 * HOUR }, false],
    [{ now: 999 * HOUR }, true],
    [{ now: 900 * HOUR }, false], // a clock set back
    [{ now: 1000 * HOUR, owner: "b" }, false],
    [{ now: 1000 * HOUR, owner: "" }, false],
  ]) {
    assert.equal(mayShow({ ...kept, ...more }), shown);
  }
});
