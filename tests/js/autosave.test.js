import assert from "node:assert/strict";
import { test } from "node:test";

import { answersOf, changes, isAsked, meaning } from "../../static/js/autosave.js";

const json = { "Content-Type": "application/json" };

test("a form's answers are its fields without the machinery", () => {
  const entries = [["csrfmiddlewaretoken", "x"], ["version", "3"], ["mobility", "lifted"], ["confirm", "a"], ["goals", ""]];
  assert.deepEqual(answersOf(entries), { mobility: "lifted", goals: "" });
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
