// Asks at once about a measure that cannot be right, without waiting for the network: static/js/autosave.js brings the
// server's own words, which then take their place. Hook: <div data-hajar-measure="hip_width_mm" data-hard="120 550"
// data-soft="150 430" data-slips="10" data-asks-under="" data-unit="mm"> around the field; words on the form (data-words-*).
const DIGITS = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹";

/** The number that was typed, in any digits, with a point or a comma; null when it is none. */
export function parseNumber(text) {
  const western = [...String(text)].map((letter) => {
    const place = DIGITS.indexOf(letter);
    return place < 0 ? letter : String(place % 10);
  }).join("");
  const plain = western.replace(/[\s\u200e\u200f\u061c]/g, "").replace(/[,\u066b]/, ".");
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

function within(value, [low, high]) {
  return value >= low && value <= high;
}

/**
 * What to say about a value: null, or {kind: "impossible" | "unusual", low, high} or {kind: "slip" | "small", suggestion}.
 * `limits` is {hard: [low, high], soft: [low, high] or [], slips: [factor, …], asksUnder}, as beneficiaries/measures.py
 * has them.
 */
export function judge(value, { hard, soft = [], slips = [], asksUnder = 0 }) {
  if (value === null) return null;
  if (!within(value, hard)) {
    for (const factor of slips) {
      const suggestion = Math.round(value * factor * 10) / 10;
      if (within(suggestion, hard)) return { kind: "slip", suggestion };
    }
    return { kind: "impossible", low: hard[0], high: hard[1] };
  }
  if (value > 0 && value < asksUnder) return { kind: "small", suggestion: value * 10 };
  if (soft.length && !within(value, soft)) return { kind: "unusual", low: soft[0], high: soft[1] };
  return null;
}

/** "Take {suggestion} {unit}" with its words in place. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

function numbers(text) {
  return (text || "").split(" ").filter(Boolean).map(Number);
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Put a value in place of the one typed, as a person would. */
function take(form, name, value) {
  const field = form.querySelector(`[name="${name}"]`);
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
}

function look(box) {
  const form = box.closest("form");
  const field = box.querySelector("input");
  const place = form.querySelector(`[data-said="${box.dataset.hajarMeasure}"]`);
  const verdict = judge(parseNumber(field.value), {
    hard: numbers(box.dataset.hard),
    soft: numbers(box.dataset.soft),
    slips: numbers(box.dataset.slips),
    asksUnder: Number(box.dataset.asksUnder || 0),
  });
  if (!verdict) {
    place.replaceChildren();
    return;
  }
  const words = { ...verdict, unit: box.dataset.unit };
  const key = { impossible: "wordsImpossible", unusual: "wordsUnusual" }[verdict.kind] || "wordsSlip";
  const tone = verdict.kind === "impossible" || verdict.kind === "slip" ? "error" : "ask";
  place.replaceChildren(element("p", `said said--${tone}`, fill(form.dataset[key], words)));
  if ("suggestion" in verdict) {
    const offer = element("button", "btn btn-outline-primary said__offer", fill(form.dataset.wordsTake, words));
    offer.type = "button";
    offer.dataset.hajarTake = box.dataset.hajarMeasure;
    offer.dataset.value = verdict.suggestion;
    place.append(offer);
  }
}

if (typeof document !== "undefined") {
  document.addEventListener("change", (event) => {
    const box = event.target.closest("[data-hajar-measure]");
    if (box) look(box);
  });
  document.addEventListener("click", (event) => {
    const offer = event.target.closest("[data-hajar-take]");
    if (!offer) return;
    event.preventDefault(); // without JavaScript the button sends the form, and the server takes the value
    take(offer.closest("form"), offer.dataset.hajarTake, offer.dataset.value);
  });
}
