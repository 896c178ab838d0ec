import assert from "node:assert/strict";
import test from "node:test";

import { stamp } from "../../static/mobile/clock.js";

test("the time of an entry is taken once", () => {
  const field = { value: "" };
  stamp(field, new Date("2026-12-03T10:00:00Z"));
  stamp(field, new Date("2026-12-03T11:30:00Z"));
  assert.equal(field.value, "2026-12-03T10:00:00.000Z");
});
