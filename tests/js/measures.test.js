import assert from "node:assert/strict";
import { test } from "node:test";

import { fill, judge, parseNumber } from "../../static/js/measures.js";

const HIPS = { hard: [120, 550], soft: [150, 430], slips: [10] };
const HEIGHT = { hard: [60, 200], slips: [100, 0.1] };

test("numbers are read in any digits, with a point or a comma", () => {
  assert.equal(parseNumber("270"), 270);
  assert.equal(parseNumber("٢٧٠"), 270);
  assert.equal(parseNumber("۲۷,۵"), 27.5);
  assert.equal(parseNumber("26,4"), 26.4);
  assert.equal(parseNumber("٢٦٫٤"), 26.4);
  assert.equal(parseNumber(" \u200f128 "), 128);
});

test("what is no number is none", () => {
  for (const text of ["", "deux", "-3", "1,2,3", "1e3"]) assert.equal(parseNumber(text), null, text);
});

test("a usual measure and an empty field are left in peace", () => {
  assert.equal(judge(270, HIPS), null);
  assert.equal(judge(null, HIPS), null);
});

test("centimetres are offered in millimetres", () => {
  assert.deepEqual(judge(27, HIPS), { kind: "slip", suggestion: 270 });
  assert.deepEqual(judge(27.5, HIPS), { kind: "slip", suggestion: 275 });
});

test("metres and millimetres of height are offered in centimetres", () => {
  assert.deepEqual(judge(1.28, HEIGHT), { kind: "slip", suggestion: 128 });
  assert.deepEqual(judge(1280, HEIGHT), { kind: "slip", suggestion: 128 });
});

test("a small gap between the knees may be centimetres, and none is none", () => {
  const knees = { hard: [0, 300], slips: [10], asksUnder: 20 };
  assert.deepEqual(judge(6, knees), { kind: "small", suggestion: 60 });
  assert.equal(judge(0, knees), null);
  assert.equal(judge(20, knees), null);
});

test("what no unit explains is impossible, what is rare is asked about", () => {
  assert.deepEqual(judge(3000, HIPS), { kind: "impossible", low: 120, high: 550 });
  assert.deepEqual(judge(440, HIPS), { kind: "unusual", low: 150, high: 430 });
});

test("a measure without a usual range is not asked about", () => {
  assert.equal(judge(199, HEIGHT), null);
});

test("words are put in place, and what is not known stays", () => {
  assert.equal(fill("Take {suggestion} {unit} {else}", { suggestion: 270, unit: "mm" }), "Take 270 mm {else}");
});
