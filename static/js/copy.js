// Copies an address or a code and says so on the button. Hook: <button data-hajar-copy="text" data-done="Copied">.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-hajar-copy]");
  if (!button) return;
  const words = button.querySelector("[data-words]") ?? button;
  const before = words.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.hajarCopy || location.href);
  } catch {
    return; // the browser forbids it: the text stays on the page to be selected
  }
  words.textContent = button.dataset.done ?? before;
  setTimeout(() => { words.textContent = before; }, 2000);
});
