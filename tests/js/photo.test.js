import assert from "node:assert/strict";
import test from "node:test";

import { fitWithin, smallEnough } from "../../static/mobile/photo.js";

test("the longer side becomes 1280, the shape stays", () => {
  assert.deepEqual(fitWithin(4000, 3000), { width: 1280, height: 960 });
  assert.deepEqual(fitWithin(3000, 4000), { width: 960, height: 1280 });
});

test("a small picture is not blown up, a thin one keeps a pixel", () => {
  assert.deepEqual(fitWithin(640, 480), { width: 640, height: 480 });
  assert.deepEqual(fitWithin(9000, 2), { width: 1280, height: 1 });
});

test("webp is taken where the browser can write it", async () => {
  const blob = await smallEnough(async (type) => ({ type, size: 90_000 }));
  assert.equal(blob.type, "image/webp");
});

test("Safari, which answers with a png, is asked for a jpeg", async () => {
  const blob = await smallEnough(async (type) => ({ type: type === "image/webp" ? "image/png" : type, size: 90_000 }));
  assert.equal(blob.type, "image/jpeg");
});

test("a picture that stays too large is left to the server", async () => {
  const asked = [];
  const blob = await smallEnough(async (type, quality) => { asked.push(quality); return { type, size: 9_000_000 }; });
  assert.equal(blob, null);
  assert.deepEqual(asked, [0.8, 0.8, 0.5]);
});

test("a browser that gives no blob at all is left to the server", async () => {
  assert.equal(await smallEnough(async () => null), null);
});
