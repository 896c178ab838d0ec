import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.FormData = class {};
const { open } = await import("../../static/mobile/opening.js");

function form() {
  return { action: "/mobile/rounds/1/open/", hidden: false };
}

test("the button goes once the office knows", async () => {
  const button = form();
  const sent = [];
  await open(button, async (...said) => {
    sent.push(said);
    assert.equal(button.hidden, true); // nobody presses it meanwhile
    return { type: "opaqueredirect" };
  });
  assert.equal(sent.length, 1);
  assert.equal(sent[0][0], button.action);
  assert.equal(sent[0][1].method, "POST");
  assert.equal(button.hidden, true);
});

test("the button stays when the office refuses", async () => {
  const button = form();
  await open(button, async () => ({ type: "basic", status: 403 }));
  assert.equal(button.hidden, false);
});

test("the button stays without a network", async () => {
  const button = form();
  await open(button, async () => {
    throw new TypeError("Failed to fetch");
  });
  assert.equal(button.hidden, false);
});
