// Suggestions under the search box: arrows walk through them, Enter opens the one that is marked (or the page of results),
// Escape closes them and leaves the box. htmx asks for them. Hook: <input data-hajar-search aria-controls="id of the list">.

/** Which of `count` options is marked after a key: -1 is none, the ends meet. */
export function step(key, marked, count) {
  if (!count) return -1;
  if (key === "ArrowDown") return marked + 1 >= count ? 0 : marked + 1;
  if (key === "ArrowUp") return marked <= 0 ? count - 1 : marked - 1;
  return marked;
}

class Suggestions {
  constructor(box, list) {
    this.box = box;
    this.list = list;
    this.marked = -1;
    box.addEventListener("keydown", (event) => this.press(event));
    box.addEventListener("input", () => box.value.trim().length < 2 && this.close());
    box.addEventListener("focus", () => this.open());
    box.form.addEventListener("focusout", (event) => box.form.contains(event.relatedTarget) || this.close());
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the cursor until the click
    list.addEventListener("htmx:afterSwap", () => this.refill());
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  refill() {
    this.mark(-1);
    if (document.activeElement === this.box && this.box.value.trim().length > 1) this.open();
    else this.close();
  }

  open() {
    const isFilled = this.list.textContent.trim() !== "" && this.box.value.trim().length > 1;
    this.list.hidden = !isFilled;
    this.box.setAttribute("aria-expanded", String(isFilled));
  }

  close() {
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.mark(-1);
  }

  mark(place) {
    this.marked = place;
    this.options.forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    const option = this.options[place];
    if (option) {
      this.box.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.box.removeAttribute("aria-activedescendant");
    }
  }

  press(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      if (this.list.hidden) this.box.blur();
      else this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (this.list.hidden) this.open();
      if (this.list.hidden) return;
      event.preventDefault();
      this.mark(step(event.key, this.marked, this.options.length));
    } else if (event.key === "Enter" && !this.list.hidden && this.marked >= 0) {
      event.preventDefault();
      this.options[this.marked].click();
    }
  }
}

if (typeof document !== "undefined") {
  for (const box of document.querySelectorAll("[data-hajar-search]")) {
    const list = document.getElementById(box.getAttribute("aria-controls"));
    if (list) new Suggestions(box, list);
  }
}
