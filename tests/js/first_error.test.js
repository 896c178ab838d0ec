import assert from "node:assert/strict";
import { test } from "node:test";

import { firstWrong, isRefused } from "../../static/js/first_error.js";

const field = (name, more = {}) => ({ name, type: "text", disabled: false, matches: () => true, ...more });

test("only a form that was not taken moves the keyboard", () => {
  assert.equal(isRefused({ responseStatus: 422 }), true);
  assert.equal(isRefused({ responseStatus: 200 }), false);
  assert.equal(isRefused({}), false, "a browser that does not tell the status");
  assert.equal(isRefused(undefined), false);
});

test("the first field that one can write in is the one", () => {
  const frame = field("frame", { matches: () => false });
  const fields = [field("version", { type: "hidden" }), frame, field("day", { disabled: true }), field("phone"), field("note")];
  assert.equal(firstWrong(fields).name, "phone");
  assert.equal(firstWrong([]), undefined);
});

test("the sentence about the whole comes first where it stands first", () => {
  const refused = { matches: (places) => places.includes("[data-hajar-refused]") };
  assert.equal(firstWrong([refused, field("relation")]), refused);
  assert.equal(firstWrong([field("phone"), refused]).name, "phone");
});
