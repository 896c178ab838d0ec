// Offers a name in the other script while it is typed: one tap takes it over, typing over it corrects it.
// Hook: <input data-hajar-other-script="id of the field in the other script" data-url="where to ask">.
const PAUSE = 350;

/** Whether a suggestion may be shown: something is typed here, and nothing else of one's own stands there. */
export function isWanted(typed, other, taken) {
  return typed.trim().length > 1 && (other.trim() === "" || other === taken);
}

class Pair {
  constructor(field, other) {
    this.field = field;
    this.other = other;
    this.taken = "";
    this.timer = 0;
    this.asked = 0;
    this.place = document.createElement("div");
    this.place.className = "name-offers";
    this.place.setAttribute("aria-live", "polite");
    other.after(this.place);
    field.addEventListener("input", () => this.later());
    field.addEventListener("change", () => this.later(0));
    other.addEventListener("input", () => this.withdraw());
  }

  later(pause = PAUSE) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), pause);
  }

  async ask() {
    const turn = (this.asked += 1);
    if (!isWanted(this.field.value, this.other.value, this.taken)) return this.withdraw();
    const body = new FormData();
    body.set("text", this.field.value);
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    try {
      const response = await fetch(this.field.dataset.url, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!response.ok || response.redirected) return this.show([]);
      const { names } = await response.json();
      if (turn === this.asked) this.show(names.filter((name) => name !== this.other.value));
    } catch {
      this.show([]); // without a connection one types the other script oneself
    }
  }

  /** Offers nothing, not even what is still on its way. */
  withdraw() {
    this.asked += 1;
    this.show([]);
  }

  show(names) {
    this.place.replaceChildren(
      ...names.map((name) => {
        const offer = document.createElement("button");
        offer.type = "button";
        offer.className = "btn btn-sm btn-outline-secondary";
        offer.lang = this.other.lang;
        offer.dir = this.other.dir;
        offer.textContent = name;
        offer.addEventListener("click", () => this.take(name));
        return offer;
      }),
    );
  }

  take(name) {
    this.other.value = this.taken = name;
    this.withdraw();
    this.other.dispatchEvent(new Event("change", { bubbles: true }));
    this.other.focus();
  }
}

if (typeof document !== "undefined") {
  for (const field of document.querySelectorAll("[data-hajar-other-script]")) {
    const other = document.getElementById(field.dataset.hajarOtherScript);
    if (other) new Pair(field, other);
  }
}
