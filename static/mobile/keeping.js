// Keeps the rounds on this phone: installs the shell, fetches the pack, and hands over to the pages of the field.
// Sends what waits on a phone that keeps no round any more.
import { newId } from "mobile/identity";
import { waitingOfOthers } from "mobile/neighbours";
import { dropNote, ownerNow, writeLanguage, writeNote } from "mobile/owner";
import { keepSending, refreshPack } from "mobile/sending";
import { Store } from "mobile/store";

const box = document.querySelector("[data-hajar-keep]");
const isAble = "serviceWorker" in navigator && "indexedDB" in globalThis && crypto.subtle && "locks" in navigator;

async function keep(store) {
  await writeLanguage(document.documentElement.lang.slice(0, 2)); // the worker installs this one
  await navigator.serviceWorker.register("/mobile/sw.js", { scope: "/mobile/" });
  await navigator.serviceWorker.ready;
  if (!(await store.get("device"))) await store.set({ device: newId() });
  const pack = await refreshPack(store);
  if (!pack) throw new Error("no pack");
  await navigator.storage?.persist?.();
  await writeNote(store.owner, pack.language.slice(0, 2));
}

async function sendWhatWaits(store) {
  if (!(await store.unsent()).length) return;
  const hint = box.querySelector("[data-hajar-waiting]");
  hint.hidden = false;
  await keepSending(store, async () => {
    hint.hidden = !(await store.unsent()).length;
  })();
}

async function tellOfOthers(store) {
  const waiting = await waitingOfOthers(store.owner);
  box.querySelector("[data-hajar-others]").hidden = !waiting;
  box.querySelector("[data-hajar-others-count]").textContent = waiting;
}

function offer(store) {
  const button = box.querySelector("button");
  const failed = box.querySelector("[data-hajar-failed]");
  button.addEventListener("click", async () => {
    button.disabled = true;
    failed.hidden = true;
    try {
      await keep(store);
      location.assign("/mobile/");
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  });
}

// Switched off by the office: the worker goes (sw_off.js), what can be read of a round goes, and entries are still sent.
async function clearUp(store) {
  const registration = await navigator.serviceWorker.getRegistration("/mobile/");
  await registration?.update().catch(() => {});
  await dropNote();
  await store.closeUp();
}

async function begin() {
  const store = new Store(ownerNow());
  const isOff = box.dataset.hajarKeep === "off";
  box.hidden = false;
  if (isOff) await clearUp(store);
  else offer(store);
  await Promise.all([sendWhatWaits(store), tellOfOthers(store)]);
}

if (box && isAble && ownerNow()) begin();
