import "./loading.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";

const { isAnotherChair, missing, numberInCode, numberOf, said } = await import("../../static/mobile/hand_over.js");
const stop = { id: "s", chair: "CH-0012" };
const well = {
  is_healthy: true,
  outcome: "delivered",
  receiver_name: " Khadija ",
  receiver_relation: "mother",
  is_this_chair: true,
  chair_label: "",
  fits_width: "yes",
  brakes_shown: "no",
  reason: "typed before the outcome changed",
  note: " porte verte ",
};

test("the number on a label is read in any digits", () => {
  for (const label of ["CH-0012", "12", "٠٠١٢", " ۱۲ ", "ch 0012"]) assert.equal(numberOf(label), "12");
  assert.equal(numberOf(""), "");
  assert.equal(numberOf(undefined), "");
});

test("a code is read whatever host its label was printed for, and what is no label is not", () => {
  for (const code of ["https://hajar.example/c/12/", "http://localhost:8000/c/0012", "CH-0012", "ch 12", " 12 "]) {
    assert.equal(numberInCode(code), "12", code);
  }
  for (const code of ["https://hajar.example/c/", "https://hajar.example/chairs/12/", "javascript:12", "12a", "", null]) {
    assert.equal(numberInCode(code), "", String(code));
  }
});

test("nothing is missing where all is said", () => {
  assert.deepEqual(missing(well, stop), []);
  assert.deepEqual(missing({ ...well, is_this_chair: false, chair_label: "١٢" }, stop), []);
});

test("what is missing is named", () => {
  assert.deepEqual(missing({}, stop), ["is_healthy", "outcome"]);
  assert.deepEqual(missing({ ...well, receiver_name: " ", receiver_relation: "" }, stop), ["receiver_name", "receiver_relation"]);
  assert.deepEqual(missing({ ...well, is_this_chair: false }, stop), ["is_this_chair"]);
  assert.deepEqual(missing({ ...well, outcome: "refused", reason: "" }, stop), ["reason"]);
  assert.deepEqual(missing({ is_healthy: true, outcome: "not_at_home" }, stop), []);
});

test("another chair needs a reason, and is told as a spare one", () => {
  const other = { ...well, chair_label: "13" };
  assert.ok(isAnotherChair(other, stop));
  assert.deepEqual(missing(other, stop), ["spare_reason"]);
  assert.deepEqual(missing({ ...other, spare_reason: "cassé" }, stop), []);
  const told = said({ ...other, spare_reason: " cassé " }, { stop, round: { id: "r" }, proof: "p" });
  assert.deepEqual(told.spare, { chair: "13", reason: "cassé" });
});

test("what belongs to another outcome is left out", () => {
  const context = { stop, round: { id: "r" }, proof: "p" };
  const delivered = said(well, context);
  assert.deepEqual([delivered.reason, delivered.receiver_name, delivered.note], ["", "Khadija", "porte verte"]);
  assert.deepEqual(delivered.checks, { fits_width: "yes", brakes_shown: "no" });
  assert.equal(delivered.spare, undefined);
  const tried = said({ ...well, outcome: "did_not_fit" }, context);
  assert.deepEqual([tried.receiver_name, tried.checks], ["", { fits_width: "yes" }]);
  assert.deepEqual(said({ ...well, outcome: "not_at_home" }, context).checks, {});
});
