// A form of filters sends itself: at once when a choice changes, after a pause when one types. Hook: data-hajar-autosubmit.
const PAUSE = 350;
const waiting = new WeakMap();

function send(form) {
  clearTimeout(waiting.get(form));
  form.requestSubmit();
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-hajar-autosubmit]");
  if (form && !event.target.matches("input[type=search], input[type=text]")) send(form);
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-hajar-autosubmit]");
  // Without htmx the page would reload under one's fingers: there the button sends.
  if (!form || !form.hasAttribute("hx-get") || !event.target.matches("input[type=search], input[type=text]")) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => send(form), PAUSE));
});
