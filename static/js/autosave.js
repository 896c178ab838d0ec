// Saves a long form as one goes. Hook: <form data-hajar-autosave="address"> with a hidden field "version" and places for
// what the server says: [data-saved] the state in words, [data-standing] what is missing, [data-said=name] beside a field.
// What could not be sent stays in the form and, until this tab is closed, in the browser's memory of the tab.
const PAUSE = 1500;
const RETRY = 15000;
const NOT_ANSWERS = new Set(["csrfmiddlewaretoken", "version", "take", "confirm"]);

/** The answers of a form's entries as an object: a text, or a list where a name comes several times (ticks do). */
export function answersOf(entries) {
  const answers = {};
  for (const [name, value] of entries) {
    if (NOT_ANSWERS.has(name)) continue;
    answers[name] = name in answers ? [answers[name], value].flat() : value;
  }
  return answers;
}

/** The answers that differ from those that are saved. */
export function changes(saved, now) {
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => !same(saved[name], value)));
}

/** Put an answer back into the fields of its name, as answersOf() read it. */
export function putBack(fields, answer) {
  const values = [answer].flat();
  for (const field of fields) {
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (field.type !== "hidden") field.value = answer;
  }
}

/** What an answer of the server, or its lack, means: saved, stale, refused, signed-out or offline. */
export function meaning(response) {
  if (!response) return "offline";
  const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
  if (response.ok && isJson) return "saved";
  if (response.status === 409 && isJson) return "conflict";
  if (response.redirected || response.status === 401 || response.status === 403) return "signed-out";
  return response.status >= 500 ? "offline" : "refused";
}

class Draft {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.hajarAutosave;
    this.key = `hajar:draft:${form.dataset.draft}:${form.dataset.user}`;
    this.saved = this.now();
    this.note = form.querySelector("[data-saved]");
    this.conflict = form.querySelector("[data-conflict]");
    this.timer = 0;
    this.isSending = false;
    this.isHeld = false;
    this.bringBack();
  }

  now() {
    return answersOf(new FormData(this.form));
  }

  get version() {
    return this.form.elements.version;
  }

  changed() {
    return changes(this.saved, this.now());
  }

  say(word, values = {}) {
    const words = this.form.dataset[word] || "";
    this.note.textContent = words.replace("{time}", values.time ?? "");
    this.note.dataset.state = word;
  }

  // A tab that was put to sleep or reloaded without network comes back with what had been typed.
  bringBack() {
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(this.key));
    } catch {
      return;
    }
    const lost = kept && changes(this.now(), kept);
    if (!lost || !Object.keys(lost).length) return;
    for (const [name, value] of Object.entries(lost)) {
      const fields = [...this.form.elements].filter((field) => field.name === name);
      putBack(fields, value);
      fields[0]?.closest("details")?.setAttribute("open", "");
    }
    this.say("wordsRestored");
    this.later(PAUSE * 2);
  }

  keep() {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.changed()));
    } catch {
      // A full or forbidden memory: the form itself still holds everything.
    }
  }

  forget() {
    try {
      sessionStorage.removeItem(this.key);
    } catch {
      // as above
    }
  }

  later(pause = PAUSE) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  touched() {
    this.keep();
    if (this.isHeld) return;
    this.say("wordsWaiting");
    this.later();
  }

  body(answers, version) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    body.set("version", version);
    for (const [name, answer] of Object.entries(answers)) for (const value of [answer].flat()) body.append(name, value);
    for (const tick of this.form.querySelectorAll("[name=confirm]:checked")) body.append("confirm", tick.value);
    return body;
  }

  async send() {
    clearTimeout(this.timer);
    if (this.isHeld) return;
    if (this.isSending) {
      this.later();
      return;
    }
    const answers = this.changed();
    if (!Object.keys(answers).length) {
      this.forget();
      return;
    }
    this.isSending = true;
    this.say("wordsSaving");
    const [outcome, answer] = await this.post(answers);
    this.isSending = false; // only now: whoever sends next needs the version that came with the answer
    if (outcome === "saved") this.done(answers, answer);
    else if (outcome === "conflict") this.held(answer);
    else if (outcome === "signed-out") {
      this.say("wordsSignedOut");
      this.later(RETRY);
    } else if (outcome === "offline") {
      this.say("wordsOffline");
      this.later(RETRY);
    } else this.say("wordsRefused");
  }

  async post(answers) {
    try {
      const body = this.body(answers, this.version.value);
      const response = await fetch(this.url, { method: "POST", body, headers: { Accept: "application/json" } });
      const outcome = meaning(response);
      return [outcome, outcome === "saved" || outcome === "conflict" ? await response.json() : null];
    } catch {
      return [meaning(null), null];
    }
  }

  done(answers, answer) {
    Object.assign(this.saved, answers);
    this.version.value = answer.version;
    this.form.dataset.notAsked = answer.not_asked.join(" ");
    this.show(answer);
    ask(this.form);
    if (Object.keys(this.changed()).length) {
      this.touched();
      return;
    }
    this.forget();
    this.say(answer.unsaved ? "wordsExcept" : "wordsSaved", { time: answer.saved_at });
    if (this.reloads) location.reload();
  }

  show(answer) {
    for (const [name, html] of Object.entries(answer.said)) {
      const place = this.form.querySelector(`[data-said="${name}"]`);
      if (!place || place.dataset.shown === html || place.contains(document.activeElement)) continue;
      place.dataset.shown = html;
      place.innerHTML = html;
    }
    const standing = document.querySelector("[data-standing]");
    const isOpen = standing.querySelector("details")?.open;
    const scrolled = standing.querySelector("ol")?.scrollLeft;
    standing.innerHTML = answer.standing;
    standing.querySelector("details").open = Boolean(isOpen);
    standing.querySelector("ol").scrollLeft = scrolled || 0;
  }

  // Somebody else saved meanwhile, or closed the draft: nothing more is sent until this person has chosen.
  held(answer) {
    this.isHeld = true;
    this.newVersion = answer.version;
    this.say("wordsRefused");
    this.conflict.querySelector("[data-conflict-words]").textContent = answer.message;
    const list = this.conflict.querySelector("[data-conflict-list]");
    list.replaceChildren(...answer.theirs.map(({ label, words }) => {
      const item = document.createElement("li");
      item.textContent = `${label}: ${words}`;
      return item;
    }));
    this.conflict.querySelector("[data-conflict-keep]").hidden = !answer.stale;
    this.conflict.hidden = false;
    this.conflict.scrollIntoView({ block: "nearest" });
  }

  keepMine() {
    this.isHeld = false;
    this.conflict.hidden = true;
    this.version.value = this.newVersion;
    this.reloads = true; // to see what the other person answered elsewhere
    this.send();
  }

  takeTheirs() {
    this.forget();
    this.isHeld = false;
    this.saved = this.now();
    location.reload();
  }

  get isInDanger() {
    return this.isHeld || ["wordsOffline", "wordsSignedOut", "wordsRefused"].includes(this.note.dataset.state);
  }

  leave() {
    if (this.isHeld || this.isSubmitted) return;
    const answers = this.changed();
    if (!Object.keys(answers).length) return;
    this.keep();
    // A sending under way will have counted the version on by one when this one comes.
    const version = Number(this.version.value) + (this.isSending ? 1 : 0);
    fetch(this.url, { method: "POST", body: this.body(answers, version), keepalive: true, headers: { Accept: "application/json" } })
      .then((response) => (meaning(response) === "saved" ? response.json() : null))
      .then((answer) => answer && this.done(answers, answer))
      .catch(() => {});
  }
}

/** Whether a question applies, as the answers stand: "issues=bladder|bowel" wants one of these, "" being no answer. */
export function isAsked(condition, answers) {
  const [name, wanted] = condition.split("=");
  const given = [answers[name] ?? ""].flat();
  return wanted.split("|").some((value) => given.includes(value));
}

// Hide the questions that do not apply; without JavaScript all are shown, with a hint.
function ask(form) {
  const answers = answersOf(new FormData(form));
  const without = new Set((form.dataset.notAsked || "").split(" "));
  for (const question of form.querySelectorAll("[data-hajar-when]")) {
    const applies = isAsked(question.dataset.hajarWhen, answers);
    const isForTheServer = question.dataset.question === "chair_cushion_relieves"; // whether the skin is at risk
    question.hidden = !applies || (isForTheServer && without.has(question.dataset.question));
  }
}

if (typeof document !== "undefined") {
  for (const form of document.querySelectorAll("form[data-hajar-asking]")) {
    ask(form); // a form that is sent at once, whose questions depend on one another all the same
    form.addEventListener("change", () => ask(form));
  }
  for (const form of document.querySelectorAll("form[data-hajar-autosave]")) {
    const draft = new Draft(form);
    ask(form);
    form.addEventListener("input", (event) => {
      if (event.target.name === "confirm") return;
      draft.touched();
    });
    form.addEventListener("change", () => ask(form));
    form.addEventListener("focusout", (event) => {
      if (event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea") && !draft.isHeld) draft.later(0);
    });
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      draft.isSubmitted = true;
      clearTimeout(draft.timer);
      draft.keep();
    });
    form.querySelector("[data-conflict-keep]").addEventListener("click", () => draft.keepMine());
    form.querySelector("[data-conflict-theirs]").addEventListener("click", () => draft.takeTheirs());
    window.addEventListener("pagehide", () => draft.leave());
    window.addEventListener("beforeunload", (event) => {
      if (!draft.isSubmitted && draft.isInDanger && Object.keys(draft.changed()).length) event.preventDefault();
    });
    window.addEventListener("online", () => draft.later(0));
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) draft.isSubmitted = false;
    });
  }
}
