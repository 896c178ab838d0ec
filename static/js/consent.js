// The words that go with the chosen purpose and language, and a place to sign where the answer is signed on a screen.
// Hooks: [data-hajar-text="purpose language"] inside the form; data-hajar-signature around the canvas.
import { prepare } from "mobile/signature";

const form = document.querySelector("[data-hajar-texts]")?.closest("form");

function show() {
  const wanted = `${form.elements.purpose.value} ${form.elements.language.value}`;
  form.querySelectorAll("[data-hajar-text]").forEach((text) => {
    text.hidden = text.dataset.hajarText !== wanted;
  });
  form.querySelector("[data-hajar-signature]").hidden = form.elements.method.value !== "screen";
}

if (form) {
  prepare(form.querySelector("[data-hajar-signature]"));
  form.addEventListener("change", show);
  show();
}
