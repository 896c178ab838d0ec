// Typing in a paper, stop after stop: a digit chooses what happened, Enter goes to the next stop, and only what belongs
// to the outcome is asked. Hooks: data-hajar-typing on the form, data-hajar-typing-stop on each stop; data-for says of
// which outcomes a field speaks (delivered, tried, reason). Without JavaScript everything is asked.
const NEEDS_REASON = new Set(["refused", "did_not_fit", "other"]);

export function asked(what, outcome, isOther) {
  if (!outcome) return what !== "reason" && what !== "tried";
  if (what === "delivered") return outcome === "delivered";
  if (what === "tried") return outcome === "delivered" || outcome === "did_not_fit";
  return NEEDS_REASON.has(outcome) || (outcome === "delivered" && isOther);
}

function show(stop) {
  const outcome = stop.querySelector("input[type=radio]:checked")?.value ?? "";
  const isOther = Boolean(stop.querySelector("select[name$='-chair']")?.value);
  for (const part of stop.querySelectorAll("[data-for]")) {
    const isWrong = part.querySelector(".is-invalid") !== null;
    part.hidden = !isWrong && !asked(part.dataset.for, outcome, isOther);
  }
}

function choose(stop, digit) {
  const radio = stop.querySelectorAll("input[type=radio]")[digit - 1];
  if (!radio) return false;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  stop.querySelector("input[name$='-at']")?.focus();
  return true;
}

function next(form, stop) {
  const stops = [...form.querySelectorAll("[data-hajar-typing-stop]")].filter((one) => one.offsetParent !== null);
  const following = stops[stops.indexOf(stop) + 1];
  const target = following?.querySelector("input[type=radio]") ?? form.querySelector("button[type=submit]");
  target?.focus();
  target?.scrollIntoView({ block: "center" });
}

for (const form of document.querySelectorAll("[data-hajar-typing]")) {
  for (const stop of form.querySelectorAll("[data-hajar-typing-stop]")) show(stop);
  form.addEventListener("change", (event) => {
    const stop = event.target.closest("[data-hajar-typing-stop]");
    if (stop) show(stop);
  });
  form.addEventListener("keydown", (event) => {
    const stop = event.target.closest("[data-hajar-typing-stop]");
    if (!stop || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.type === "radio" && /^[1-9]$/.test(event.key)) {
      if (choose(stop, Number(event.key))) event.preventDefault();
    } else if (event.key === "Enter" && event.target.matches("input, select")) {
      event.preventDefault();
      next(form, stop);
    }
  });
  const aim = document.querySelector(`${location.hash || "#nowhere"} [data-hajar-typing-stop] input[type=radio]`);
  (aim ?? form.querySelector("[data-hajar-typing-stop] input[type=radio]"))?.focus({ preventScroll: !aim });
}
