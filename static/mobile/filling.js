// Fills an empty page with what the phone keeps. Text goes in as text only, never as HTML.
// data-text="key" ("." is the thing itself), data-href="key", data-if="key", data-unless="key", data-each="key".
const value = (key, data) => (key === "." ? data : data?.[key]);
const isThere = (found) => (Array.isArray(found) ? found.length > 0 : Boolean(found));

// Only addresses that a stop can have: our own pages, a call, a map, WhatsApp.
export const isSafe = (address) => /^(\/(?!\/)|tel:|geo:|https:\/\/wa\.me\/)/.test(address);

export function fill(root, data) {
  for (const element of [...root.querySelectorAll("[data-each]")]) {
    if (!root.contains(element)) continue; // inside one that was filled already
    const key = element.dataset.each;
    for (const item of value(key, data) ?? []) {
      const copy = element.cloneNode(true);
      copy.removeAttribute("data-each");
      const holder = document.createDocumentFragment();
      holder.append(copy);
      fill(holder, item);
      element.before(holder);
    }
    element.remove();
  }
  for (const element of root.querySelectorAll("[data-if]")) if (!isThere(value(element.dataset.if, data))) element.remove();
  for (const element of root.querySelectorAll("[data-unless]")) if (isThere(value(element.dataset.unless, data))) element.remove();
  for (const element of root.querySelectorAll("[data-text]")) element.textContent = value(element.dataset.text, data) ?? "";
  for (const element of root.querySelectorAll("[data-href]")) {
    const address = String(value(element.dataset.href, data) ?? "");
    if (isSafe(address)) element.setAttribute("href", address);
  }
  for (const element of root.querySelectorAll("[data-text], [data-href], [data-if], [data-unless]")) {
    for (const name of ["text", "href", "if", "unless"]) delete element.dataset[name];
  }
  return root;
}

// A copy of a <template>, filled.
export function page(name, data = {}) {
  return fill(document.getElementById(name).content.cloneNode(true), data);
}

// Puts the stop's own words into the holes that the server left in a form (⟨name⟩).
export function fillHoles(root, words) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    node.data = node.data.replace(/⟨(\w+)⟩/g, (hole, key) => words[key] ?? hole);
  }
  return root;
}
