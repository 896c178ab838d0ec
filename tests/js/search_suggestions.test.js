import assert from "node:assert/strict";
import { test } from "node:test";

import { isWanted } from "../../static/js/name_suggestions.js";
import { step } from "../../static/js/search_suggestions.js";

test("arrows walk through the suggestions, and the ends meet", () => {
  assert.equal(step("ArrowDown", -1, 3), 0);
  assert.equal(step("ArrowDown", 2, 3), 0);
  assert.equal(step("ArrowUp", -1, 3), 2);
  assert.equal(step("ArrowUp", 0, 3), 2);
  assert.equal(step("ArrowUp", 2, 3), 1);
});

test("where there is nothing, nothing is marked", () => {
  assert.equal(step("ArrowDown", -1, 0), -1);
  assert.equal(step("ArrowUp", 2, 0), -1);
});

test("a name is offered as long as nobody has written the other script herself", () => {
  assert.equal(isWanted("Karim", "", ""), true);
  assert.equal(isWanted("Karima", "كريم", "كريم"), true); // taken over before, not corrected since
  assert.equal(isWanted("Karim", "كريم", ""), false);
  assert.equal(isWanted("K", "", ""), false);
  assert.equal(isWanted("  ", "", ""), false);
});
