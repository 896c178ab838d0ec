import "./loading.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";

const { NoReader, look, readerFor, whyNot } = await import("../../static/mobile/scanning.js");
const { numberInCode } = await import("../../static/mobile/hand_over.js");

class Detector {
  static formats = ["qr_code", "ean_13"];
  static getSupportedFormats = async () => Detector.formats;

  constructor({ formats }) {
    this.asked = formats;
  }

  async detect(video) {
    assert.deepEqual(this.asked, ["qr_code"]);
    return video.shows ? [{ rawValue: video.shows }] : [];
  }
}

test("the browser's own reader is used where it reads such codes", async () => {
  const read = await readerFor({}, { BarcodeDetector: Detector });
  assert.equal(await read({ shows: "https://hajar.example/c/12/" }), "https://hajar.example/c/12/");
  assert.equal(await read({}), "");
});

for (const [what, formats] of [["reads none", []], ["reads only others", ["ean_13"]]]) {
  test(`our own reader is fetched where the browser's ${what}`, async () => {
    const scripts = [];
    globalThis.document = {
      createElement: () => Object.assign(new EventTarget(), {}),
      head: {
        append(script) {
          scripts.push(script.src);
          queueMicrotask(() => script.dispatchEvent(new Event("load")));
        },
      },
    };
    let prepared;
    const ZXingWASM = {
      prepareZXingModule: async (options) => {
        prepared = options;
      },
    };
    const address = `/static/reader-${formats.length}.js`;
    const scope = { BarcodeDetector: { getSupportedFormats: async () => formats }, ZXingWASM };
    await readerFor({ reader: address, wasm: "/static/reader.wasm" }, scope);
    assert.deepEqual(scripts, [address]);
    assert.equal(prepared.overrides.locateFile("zxing_reader.wasm", "https://elsewhere.example/"), "/static/reader.wasm");
    delete globalThis.document;
  });
}

test("a reader that has not come is no fault of the camera, and is asked for again", async () => {
  let tries = 0;
  globalThis.document = {
    createElement: () => new EventTarget(),
    head: {
      append(script) {
        tries += 1;
        queueMicrotask(() => script.dispatchEvent(new Event("error")));
      },
    },
  };
  for (const _time of [1, 2]) await assert.rejects(readerFor({ reader: "/absent.js", wasm: "" }, {}), NoReader);
  assert.equal(tries, 2);
  delete globalThis.document;
});

test("it looks until a label is understood, and passes over what is none", async () => {
  const seen = ["", "https://elsewhere.example/menu", "https://hajar.example/c/12/", "CH-0013"];
  const options = { understand: numberInCode, isOver: () => false, wait: async () => {} };
  assert.equal(await look({}, async () => seen.shift(), options), "12");
  assert.deepEqual(seen, ["CH-0013"]);
});

test("it stops looking when nobody waits any more", async () => {
  let looks = 0;
  const options = { understand: numberInCode, isOver: () => looks >= 3, wait: async () => {} };
  const read = async () => {
    looks += 1;
    return "";
  };
  assert.equal(await look({}, read, options), "");
  assert.equal(looks, 3);
});

test("what the camera refuses has a sentence", () => {
  const named = (name) => Object.assign(new Error(name), { name });
  for (const [fault, sentence] of [
    [named("NotAllowedError"), "refused"],
    [named("NotFoundError"), "missing"],
    [named("NotReadableError"), "failed"],
    [new NoReader(), "no-reader"],
  ]) {
    assert.equal(whyNot(fault), sentence);
  }
});
