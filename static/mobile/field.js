// The pages of the field, drawn from what this phone keeps: with or without a network they are the same.
import { toBase64 } from "mobile/bytes";
import { saveEntry, pictureOf } from "mobile/entry";
import { fillHoles, page } from "mobile/filling";
import { putValues, valuesOf } from "mobile/form_values";
import { isAnotherChair, missing, numberOf, said } from "mobile/hand_over";
import { keepLanguage, keepReader } from "mobile/installing";
import { waitingOfOthers } from "mobile/neighbours";
import { dropNote, mayShow, note, ownerNow, signOut, writeNote } from "mobile/owner";
import { askForSync, keepSending, refreshPack } from "mobile/sending";
import { Store } from "mobile/store";

const STALE = 600_000; // after which a new look at the office's changes is taken
const language = document.documentElement.lang.slice(0, 2);
const place = (name) => document.querySelector(`[data-place="${name}"]`);
const word = (name) => document.querySelector(`[data-word="${name}"]`)?.textContent ?? name;
const home = "/mobile/";
let store = null;
let send = async () => {};

// --- who --------------------------------------------------------------------------------------------------------

async function begin() {
  const kept = await note();
  const owner = ownerNow();
  if (!kept) return showNone();
  const theirs = new Store(kept.owner);
  if (owner === kept.owner && !(await theirs.get("device"))) {
    notice("lost"); // the browser threw the database away; asked first, for with it went the last contact, too
    return leave(theirs);
  }
  const contactAt = (await theirs.get("contact_at")) ?? 0;
  if (!mayShow({ owner, kept: kept.owner, contactAt, now: Date.now() })) return leave(theirs);
  store = theirs;
  send = keepSending(store, hear);
  setInterval(() => expire(owner, kept.owner), 60_000);
  await draw();
  send();
  keepReader(document.querySelector("[data-hajar-reader]").dataset);
  const packedAt = (await store.get("pack_at")) ?? 0;
  if (Date.now() - packedAt > STALE) refreshPack(store).then((pack) => pack && isList() && draw(), () => {});
  return undefined;
}

async function leave(theirs) {
  await theirs.closeUp();
  await dropNote();
  showNone();
}

function showNone() {
  place("unsent").hidden = true; // nobody is here whose entries could be counted
  show(page("page-none"));
}

async function expire(owner, kept) {
  const contactAt = (await store.get("contact_at")) ?? 0;
  if (!mayShow({ owner: ownerNow() || owner, kept, contactAt, now: Date.now() })) {
    await leave(store);
    location.reload();
  }
}

async function hear(told) {
  place("notices").querySelector(".signed-out")?.remove();
  if (told.signedOut) notice("signed-out");
  if (told.forget) {
    await signOut(store);
    location.replace(home);
    return;
  }
  await count();
  if (isList()) await draw();
}

// --- drawing ----------------------------------------------------------------------------------------------------

function show(content, { heading, back, acts } = {}) {
  place("content").replaceChildren(content);
  if (heading) place("heading").textContent = heading;
  if (back) place("back").href = back;
  place("back").hidden = !back;
  place("acts").replaceChildren(...(acts ? [acts] : []));
  document.body.dataset.drawn = "yes";
}

function notice(name) {
  const box = document.createElement("div");
  box.className = name;
  box.append(page(`notice-${name}`));
  place("notices").querySelector(`.${name}`)?.remove();
  place("notices").append(box);
}

async function count() {
  const waiting = (await store.unsent()).length;
  place("count").textContent = waiting;
  const icon = place("unsent").querySelector("i");
  icon.className = waiting ? "bi bi-phone-fill" : "bi bi-cloud-check";
  place("unsent").classList.toggle("unsent--waiting", waiting > 0);
  return waiting;
}

// Another person of this phone has entries that wait for her: nobody sees which, everybody sees that.
async function tellOfOthers() {
  const waiting = await waitingOfOthers(store.owner);
  place("others")?.remove();
  if (waiting && isList()) place("content").append(page("notice-others", { waiting: String(waiting) }));
}

const ROUTES = [
  [/^\/mobile\/$/, drawRounds],
  [/^\/mobile\/entries\/$/, drawEntries],
  [/^\/mobile\/rounds\/([0-9a-f-]{36})\/$/, drawRound],
  [/^\/mobile\/rounds\/([0-9a-f-]{36})\/seen\/$/, drawSeen],
  [/^\/mobile\/rounds\/([0-9a-f-]{36})\/stops\/([0-9a-f-]{36})\/$/, drawStop],
  [/^\/mobile\/rounds\/([0-9a-f-]{36})\/stops\/([0-9a-f-]{36})\/delivery\/$/, drawDelivery],
];
// Pages that are drawn anew when something was sent; never one on which somebody types.
const isList = () => [drawRounds, drawEntries, drawRound].includes(route()[1]);

function route() {
  for (const [pattern, drawing] of ROUTES) {
    const match = pattern.exec(location.pathname);
    if (match) return [match.slice(1), drawing];
  }
  return [[], () => show(page("page-none"), { back: home })];
}

async function draw() {
  await count();
  const [names, drawing] = route();
  const pack = (await store.get("pack")) ?? { rounds: [] };
  const [roundId, stopId] = names;
  const round = pack.rounds.find((one) => one.id === roundId);
  if (roundId && !round) return show(page("page-none"), { back: home });
  const stop = round?.words[language].stops.find((one) => one.id === stopId);
  if (stopId && !stop) return show(page("page-none"), { back: home });
  await drawing({ pack, round, stop, entries: await store.entries() });
  if (isList()) tellOfOthers();
  return undefined;
}

const day = (iso) =>
  new Date(`${iso}T12:00:00`).toLocaleDateString(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" });
const addressOf = (round, stop) => `/mobile/rounds/${round.id}/${stop ? `stops/${stop.id}/` : ""}`;
const about = (entries, stop) =>
  entries.filter((entry) => entry.about.allocation === stop.id).sort((a, b) => b.number - a.number)[0];

// A pack that an older version fetched has neither.
const sparesOf = (round) => round.words[language].spares ?? [];
const trainingOf = (round) => round.words[language].training ?? [];

// The three states, and only these.
const stateOf = (entry) => ({
  is_saved: entry?.state === "saved",
  is_received: entry?.state === "received",
  is_looked_at: ["review", "invalid"].includes(entry?.state),
});

function drawRounds({ pack, entries }) {
  const rounds = pack.rounds.map((round) => {
    const { place: where, stops } = round.words[language];
    const done = stops.filter((stop) => stop.is_done || about(entries, stop)).length;
    return { place: where, day: day(round.day), url: addressOf(round), done: String(done), of: String(stops.length) };
  });
  show(page("page-rounds", { rounds }));
}

function drawRound({ round, entries }) {
  const { place: where, stops } = round.words[language];
  const lines = stops.map((stop) => {
    const entry = about(entries, stop);
    const isTodo = !entry && !stop.is_done;
    const outcome = entry?.about.words ?? (stop.is_done ? stop.state.word : "");
    return { ...stop, url: addressOf(round, stop), outcome, is_todo: isTodo, ...stateOf(entry) };
  });
  const isHealthy = entries.some((entry) => entry.kind === "healthy" && entry.about.round === round.id);
  const spares = sparesOf(round);
  const content = { place: where, note: round.note, stops: lines, spares, is_healthy: isHealthy, seen_url: `${addressOf(round)}seen/` };
  const next = lines.find((line) => line.is_todo && !line.is_released);
  const acts = isHealthy ? next && fillHoles(page("acts-next", next), next) : page("acts-healthy");
  show(page("page-round", content), { heading: day(round.day), back: home, acts });
}

function drawStop({ round, stop }) {
  const people = stop.people.map((person) => ({
    ...person,
    shown: person.shown ?? person.phone,
    call: `tel:${person.phone}`,
    whatsapp: person.has_whatsapp && `https://wa.me/${person.phone.replace(/\D/g, "")}`,
    map: stop.map_address,
  }));
  const deliveryUrl = `${addressOf(round, stop)}delivery/`;
  const acts = page("acts-stop", { ...stop, delivery_url: deliveryUrl, hand_over_url: `${deliveryUrl}?outcome=delivered` });
  show(page("page-stop", { ...stop, people, training: trainingOf(round) }), { heading: fillHoles(page("heading-stop"), stop).textContent, back: addressOf(round), acts });
}

function drawEntries({ entries }) {
  const lines = [...entries]
    .sort((a, b) => b.number - a.number)
    .map((entry) => ({
      title: [word(entry.kind), entry.about.name].filter(Boolean).join(" · "),
      outcome: entry.about.words,
      when: new Date(entry.claimed_at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }),
      reason: entry.reason,
      ...stateOf(entry),
    }));
  const waiting = entries.filter((entry) => entry.state === "saved").length;
  show(page("page-entries", { entries: lines, waiting: waiting ? String(waiting) : "" }), { back: home, acts: page("acts-entries") });
}

// --- forms ------------------------------------------------------------------------------------------------------

function complain(form, names) {
  for (const old of form.querySelectorAll(".is-invalid")) old.classList.remove("is-invalid");
  for (const old of form.querySelectorAll(".said-missing")) old.remove();
  for (const name of names) {
    const fields = [...form.querySelectorAll(`[name="${name}"]`)];
    fields.forEach((field) => field.classList.add("is-invalid"));
    const text = Object.assign(document.createElement("p"), { className: "invalid-feedback d-block said-missing", textContent: word(name) });
    fields.at(-1)?.closest(".mb-3, .form-check, section")?.append(text);
  }
  form.querySelector('[data-place="missing"]').hidden = !names.length;
  form.querySelector(".is-invalid")?.scrollIntoView({ block: "center" });
}

async function drawDelivery({ round, stop }) {
  const content = fillHoles(page("page-delivery", { spares: sparesOf(round) }), { chair: stop.chair, name: stop.name });
  show(content, { heading: `${stop.name} · ${stop.chair}`, back: addressOf(round, stop), acts: page("acts-delivery") });
  const form = document.getElementById("delivery");
  form.dataset.chair = stop.chair;
  if (!round.photos.includes(stop.id)) form.querySelector("[data-hajar-photo]")?.remove();
  const draft = await store.draft(stop.id);
  if (draft) putValues(form, draft);
  const asked = new URLSearchParams(location.search).get("outcome");
  if (asked && !draft) putValues(form, { outcome: asked });
  if (draft?.id) form.dataset.hajarDelivery = "again";
  await import("mobile/delivery_form"); // signature, photo, number and time
  const look = () => showSpare(form, stop, sparesOf(round));
  look();
  keepDrafts(form, stop.id);
  form.addEventListener("input", look);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = valuesOf(form);
    const lacks = missing(values, stop);
    complain(form, lacks);
    if (lacks.length) return free(form);
    const isDelivered = values.outcome === "delivered";
    const label = form.querySelector('[name="outcome"]:checked').closest(".form-check").textContent.trim();
    return keep(form, round, {
      id: values.id,
      kind: "delivery",
      claimedAt: values.happened_at,
      data: said(values, { stop, round, proof: round.proofs[stop.id] ?? "" }),
      pictures: isDelivered ? { signature: pictureOf(values.signature), photo: pictureOf(values.photo_small) } : {},
      about: { allocation: stop.id, round: round.id, name: stop.name, words: label },
      draftKey: stop.id,
    });
  });
}

const chairOn = (button) => button.querySelector("bdi").textContent;

// Another chair than the one meant: one of the round's spare chairs needs a reason, any other the office's word as well.
function showSpare(form, stop, spares) {
  const values = valuesOf(form);
  const isAnother = isAnotherChair(values, stop);
  const isSpare = spares.some((spare) => numberOf(spare.chair) === numberOf(values.chair_label));
  const part = (name) => form.querySelector(`[data-place="${name}"]`);
  part("spare").hidden = !isAnother;
  part("is-spare").hidden = !isSpare;
  part("is-not-spare").hidden = isSpare;
  for (const button of part("spares").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(isAnother && numberOf(chairOn(button)) === numberOf(values.chair_label)));
  }
}

// What is typed is written down within a second, and at once when the page is left.
function keepDrafts(form, key) {
  let timer = 0;
  const write = () => {
    clearTimeout(timer);
    if (form.dataset.isSaved || !form.isConnected) return;
    store.keepDraft(key, valuesOf(form)).catch(() => {}); // no room: the form itself still has it
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(write, 500);
  };
  form.addEventListener("input", soon);
  form.addEventListener("pointerup", soon); // a signature is no input
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && write());
}

const free = (form) => document.querySelector(`button[form="${form.id}"]`)?.removeAttribute("aria-busy");

// Says "saved" when it is on the disk, and only then. Ten taps are one entry: it has one number.
async function keep(form, round, entry) {
  if (form.dataset.isSaved) return;
  form.dataset.isSaved = "yes";
  const unsaved = form.querySelector('[data-place="unsaved"]');
  unsaved.hidden = true;
  try {
    await saveEntry(store, entry);
  } catch {
    delete form.dataset.isSaved;
    unsaved.hidden = false;
    unsaved.scrollIntoView({ block: "center" });
    free(form);
    return;
  }
  form.dispatchEvent(new Event("hajar:saved"));
  history.replaceState(null, "", addressOf(round));
  await draw();
  notice("saved");
  scrollTo(0, 0);
  sendSoon();
}

function sendSoon() {
  send();
  askForSync(); // and should this page go to sleep before there is a network, the browser wakes it
}

function drawSeen({ round }) {
  show(page("page-seen"), { back: addressOf(round), acts: page("acts-seen") });
  const form = document.getElementById("seen");
  const chair = form.querySelector('[data-place="chair"]');
  const look = () => {
    chair.hidden = form.elements.kind.value === "need_seen";
  };
  look();
  form.addEventListener("change", look);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { kind, chair: label, what } = valuesOf(form);
    const asksChair = kind !== "need_seen";
    const lacks = { chair: asksChair && !numberOf(label), what: !what.trim() };
    for (const [name, isMissing] of Object.entries(lacks)) form.elements[name].classList.toggle("is-invalid", isMissing);
    form.querySelector('[data-place="no-chair"]').hidden = !lacks.chair;
    form.querySelector('[data-place="no-words"]').hidden = !lacks.what;
    if (lacks.chair || lacks.what) return;
    const data = { round: round.id, what: what.trim(), ...(asksChair ? { chair: numberOf(label) } : {}) };
    keep(form, round, { kind, claimedAt: new Date().toISOString(), data, about: { round: round.id } });
  });
}

// --- buttons ----------------------------------------------------------------------------------------------------

const ACTS = {
  send: () => send(),
  async healthy(button) {
    button.disabled = true;
    const [[roundId]] = route();
    const now = new Date().toISOString();
    try {
      await saveEntry(store, { kind: "healthy", claimedAt: now, data: { round: roundId }, about: { round: roundId } });
    } catch {
      button.disabled = false;
      notice("unsaved");
      return;
    }
    place("notices").querySelector(".unsaved")?.remove();
    await draw();
    sendSoon();
  },
  spare(button) {
    const field = document.querySelector('#delivery [name="chair_label"]');
    field.value = button.getAttribute("aria-pressed") === "true" ? "" : chairOn(button);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  },
  async language(button) {
    button.disabled = true;
    const isThere = await keepLanguage(button.dataset.language);
    button.disabled = false;
    if (!isThere) return notice("no-language");
    await writeNote(store.owner, button.dataset.language);
    return location.reload();
  },
  async "sign-out"() {
    await signOut(store);
    location.replace(home);
  },
  async rescue() {
    const entries = await store.entries();
    const files = (await Promise.all([...new Set(entries.flatMap((entry) => entry.files))].map((name) => store.file(name)))).filter(Boolean);
    const whole = {
      format: "hajar-rescue-1",
      owner: store.owner,
      device: await store.get("device"),
      entries: entries.map((entry) => toBase64(entry.box)),
      files: files.map((file) => ({ sha256: file.sha256, box: toBase64(file.box) })),
    };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(whole)], { type: "application/json" }));
    link.download = `hajar-${new Date().toISOString().slice(0, 10)}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) ACTS[button.dataset.act](button);
});
addEventListener("pageshow", (event) => event.persisted && location.reload()); // the back button shows nobody's page

begin();
