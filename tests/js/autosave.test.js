import assert from "node:assert/strict";
import { test } from "node:test";

import { answersOf, changes, isAsked, meaning, putBack } from "../../static/js/autosave.js";

const json = { "Content-Type": "application/json" };

test("a form's answers are its fields without the machinery", () => {
  const entries = [["csrfmiddlewaretoken", "x"], ["version", "3"], ["mobility", "lifted"], ["confirm", "a"], ["goals", ""]];
  assert.deepEqual(answersOf(entries), { mobility: "lifted", goals: "" });
});

test("ticks of one name are a list, with the empty one that says that the question was there", () => {
  const entries = [["issues", ""], ["issues", "pain"], ["issues", "fatigue"], ["transport", ""]];
  assert.deepEqual(answersOf(entries), { issues: ["", "pain", "fatigue"], transport: "" });
});

test("a list is another when a tick is", () => {
  assert.deepEqual(changes({ issues: ["", "pain"] }, { issues: ["", "pain"] }), {});
  assert.deepEqual(changes({ issues: ["", "pain"] }, { issues: "" }), { issues: "" });
});

test("an answer is put back into ticks, buttons and texts", () => {
  const tick = (value, checked) => ({ type: "checkbox", value, checked });
  const ticks = [{ type: "hidden", value: "" }, tick("pain", false), tick("fatigue", true)];
  putBack(ticks, ["", "pain"]);
  assert.deepEqual(ticks.map(({ checked }) => checked), [undefined, true, false]);
  assert.equal(ticks[0].value, "");
  const text = [{ type: "text", value: "" }];
  putBack(text, "Voir la mer");
  assert.equal(text[0].value, "Voir la mer");
});

test("only what changed is sent", () => {
  assert.deepEqual(changes({ goals: "", mobility: "lifted" }, { goals: "École", mobility: "lifted" }), { goals: "École" });
  assert.deepEqual(changes({}, { has_chair: "no" }), { has_chair: "no" });
  assert.deepEqual(changes({ mass_kg: "12" }, { mass_kg: "" }), { mass_kg: "" });
});

test("no answer and a broken server mean: try again later", () => {
  assert.equal(meaning(null), "offline");
  assert.equal(meaning(new Response("", { status: 503 })), "offline");
});

test("a page instead of data means that one is signed out", () => {
  assert.equal(meaning(new Response("", { status: 403 })), "signed-out");
  const signIn = { ok: true, status: 200, redirected: true, headers: new Headers({ "Content-Type": "text/html" }) };
  assert.equal(meaning(signIn), "signed-out");
});

test("data mean saved, or that somebody else was there first", () => {
  assert.equal(meaning(new Response("{}", { status: 200, headers: json })), "saved");
  assert.equal(meaning(new Response("{}", { status: 409, headers: json })), "conflict");
  assert.equal(meaning(new Response("", { status: 404 })), "refused");
});

test("a question that depends on another is asked after that answer only", () => {
  assert.equal(isAsked("has_chair=yes", { has_chair: "yes" }), true);
  assert.equal(isAsked("has_chair=yes", { has_chair: "no" }), false);
  assert.equal(isAsked("has_chair=yes", {}), false);
});

test("a question may depend on one of several answers, on a tick, or on no answer", () => {
  assert.equal(isAsked("issues=bladder|bowel", { issues: ["", "pain", "bowel"] }), true);
  assert.equal(isAsked("issues=bladder|bowel", { issues: "" }), false);
  assert.equal(isAsked("height_method=|standing", {}), true);
  assert.equal(isAsked("height_method=|standing", { height_method: "arm_span" }), false);
});
