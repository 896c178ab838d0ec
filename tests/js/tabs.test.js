import assert from "node:assert/strict";
import { test } from "node:test";

import { wayTo } from "../../static/js/tabs.js";

test("the page's own tab comes to the middle, from either side", () => {
  const room = { left: 16, right: 344 };
  assert.equal(wayTo({ left: 400, right: 500 }, room), 270);
  assert.equal(wayTo({ left: -140, right: -40 }, room), -270, "where one reads from the right");
  assert.equal(wayTo({ left: 130, right: 230 }, room), 0);
});
