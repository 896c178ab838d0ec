// Keeps the rounds on this phone: installs the shell, fetches the pack, and hands over to the pages of the field.
import { newId } from "mobile/identity";
import { ownerNow, writeNote } from "mobile/owner";
import { keepSending, refreshPack } from "mobile/sending";
import { Store } from "mobile/store";

const box = document.querySelector("[data-hajar-keep]");
const isAble = "serviceWorker" in navigator && "indexedDB" in globalThis && crypto.subtle && "locks" in navigator;

async function keep(store) {
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

if (box && isAble && ownerNow()) {
  const store = new Store(ownerNow());
  const button = box.querySelector("button");
  const failed = box.querySelector("[data-hajar-failed]");
  box.hidden = false;
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
  sendWhatWaits(store);
}
