import "./loading.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";

const { seal } = await import("../../static/mobile/sealing.js");
const { fromBase64, fromHex, sha256, toBase64, toBytes, toHex } = await import("../../static/mobile/bytes.js");

test("bytes go through hex and base64 unchanged", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  assert.deepEqual(fromHex(toHex(bytes)), bytes);
  assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
});

test("a fingerprint is SHA-256", async () => {
  assert.equal(await sha256(toBytes("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("a box says nothing of what is in it, and is another each time", async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const key = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const boxes = [await seal(toBytes("Khadija"), key), await seal(toBytes("Khadija"), key)];
  assert.equal(boxes[0].length, 4 + 65 + 12 + 7 + 16);
  assert.notDeepEqual(boxes[0], boxes[1]);
  assert.ok(!new TextDecoder("latin1").decode(boxes[0]).includes("Khadija"));
});
