// Keeps the drawing of a body map in step with the answers beside it, and leads from a place on the body to its answers.
// Hook: <div data-hajar-bodymap> with <g class="spot" data-spot="heel_left"> and <fieldset data-spot="heel_left"> of radios.
function show(map, part) {
  const chosen = part.querySelector("input:checked");
  map.querySelector(`.spot[data-spot="${part.dataset.spot}"]`).dataset.mark = chosen ? chosen.value : "";
}

if (typeof document !== "undefined") {
  for (const map of document.querySelectorAll("[data-hajar-bodymap]")) {
    for (const part of map.querySelectorAll("fieldset[data-spot]")) show(map, part);
    map.addEventListener("change", (event) => {
      const part = event.target.closest("fieldset[data-spot]");
      if (part) show(map, part);
    });
    map.addEventListener("click", (event) => {
      const spot = event.target.closest(".spot");
      if (!spot) return;
      const part = map.querySelector(`fieldset[data-spot="${spot.dataset.spot}"]`);
      part.scrollIntoView({ block: "center" });
      (part.querySelector("input:checked") || part.querySelector("input")).focus();
    });
  }
}
