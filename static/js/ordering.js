// A list whose rows can be put in another order: dragged, or moved by buttons. Hooks: data-hajar-order on the list,
// data-hajar-order-item on each row. Where rows hold a number (input.order), it follows; where the list names a form
// (data-hajar-order-sends), that form is sent after a drag. Without JavaScript one types the numbers.
const DRAG = "is-dragged";

function items(list) {
  return [...list.querySelectorAll(":scope > [data-hajar-order-item]")];
}

export function renumber(list) {
  items(list).forEach((item, index) => {
    const input = item.querySelector("input.order");
    if (input && input.value !== String(index + 1)) {
      input.value = index + 1;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}

function button(word, icon, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-link";
  made.setAttribute("aria-label", word);
  const mark = document.createElement("i");
  mark.className = `bi bi-${icon}`;
  mark.setAttribute("aria-hidden", "true");
  made.append(mark);
  made.addEventListener("click", act);
  return made;
}

function addButtons(list, item) {
  const box = item.querySelector(".order-box");
  if (!box || !list.dataset.up) return;
  const name = box.querySelector("label")?.textContent.trim() ?? "";
  const move = (step) => (event) => {
    const all = items(list);
    const other = all[all.indexOf(item) + step];
    if (!other) return;
    if (step < 0) other.before(item);
    else other.after(item);
    renumber(list);
    event.currentTarget.focus();
  };
  const acts = document.createElement("div");
  acts.className = "order-acts";
  acts.append(
    button(`${list.dataset.up}: ${name}`, "arrow-up", move(-1)),
    button(`${list.dataset.down}: ${name}`, "arrow-down", move(1)),
  );
  box.append(acts);
}

function follow(list) {
  let dragged = null;
  for (const item of items(list)) {
    item.draggable = true;
    addButtons(list, item);
  }
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-hajar-order-item]");
    dragged?.classList.add(DRAG);
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-hajar-order-item]");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(dragged);
    else over.after(dragged);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    dragged?.classList.remove(DRAG);
    dragged = null;
    renumber(list);
    document.getElementById(list.dataset.hajarOrderSends ?? "")?.requestSubmit();
  });
}

for (const list of document.querySelectorAll("[data-hajar-order]")) follow(list);
