// Warns before what was typed is lost. Hook: <form data-hajar-unsaved>. A form that has saved itself says so with
// form.dispatchEvent(new Event("hajar:saved")).
const changed = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-hajar-unsaved]");
  if (form) changed.add(form);
});
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) changed.delete(event.target);
});
document.addEventListener("hajar:saved", (event) => changed.delete(event.target), true);

window.addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});
