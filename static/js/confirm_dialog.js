// Asks before an act. Hook: data-hajar-confirm="question" on a form or a submit button; data-verb names the act on the
// button that confirms, data-tone="danger" colours it. htmx requests of such elements are held back too.
const dialog = document.querySelector("#confirm-dialog");
const agreed = new WeakSet();

function ask(element) {
  const yes = dialog.querySelector("[value=yes]");
  dialog.querySelector(".dialog__question").textContent = element.dataset.hajarConfirm;
  yes.textContent = element.dataset.verb || yes.dataset.default;
  yes.classList.toggle("btn-danger", element.dataset.tone === "danger");
  yes.classList.toggle("btn-primary", element.dataset.tone !== "danger");
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}

if (dialog) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const asker = event.submitter?.closest("[data-hajar-confirm]") ?? form.closest("[data-hajar-confirm]");
    if (!asker || form.method === "dialog") return;
    if (agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await ask(asker)) {
      agreed.add(form);
      form.requestSubmit(event.submitter);
    }
  }, true);

  document.addEventListener("htmx:confirm", async (event) => {
    const element = event.detail.elt;
    if (element.matches("form") || !element.matches("[data-hajar-confirm]")) return; // a form is asked on submit
    event.preventDefault();
    if (await ask(element)) event.detail.issueRequest(true);
  });

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-hajar-confirm]");
    if (!link || link.hasAttribute("hx-get") || link.hasAttribute("hx-post")) return;
    event.preventDefault();
    if (await ask(link)) location.assign(link.href);
  });
}
