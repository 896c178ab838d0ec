// One key does what a link or a button does, unless one is typing somewhere. Hook: data-hajar-key="j" on the element.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], dialog[open]")) return;
  const element = document.querySelector(`[data-hajar-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!element) return;
  event.preventDefault();
  element.click();
});
