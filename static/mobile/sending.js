// How entries travel: requests, their time limits, and when to try. outbox.js decides what an answer means.
import { Outbox, Refused, SignedOut, TimedOut, pause } from "mobile/outbox";
import { cookie } from "mobile/owner";

const API = "/mobile/api/v1";
const PATIENCE = 60_000;
const EVERY = 300_000;
const SOON = 15_000;

async function request(address, options) {
  let answer;
  try {
    // "manual": an answer that leads elsewhere is a sign-in page or a captive portal, never ours.
    answer = await fetch(address, {
      ...options,
      redirect: "manual",
      credentials: "same-origin",
      cache: "no-store",
      headers: { "X-CSRFToken": cookie("csrftoken"), ...options.headers },
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (fault) {
    throw fault.name === "TimeoutError" ? new TimedOut() : fault;
  }
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new SignedOut();
  if ([400, 409, 413, 422].includes(answer.status)) throw new Refused();
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

const asJson = (body) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

export const getPack = (device) => request(`${API}/pack/${device}`, { method: "GET" });

// Whose account was closed or changed meanwhile can still hand in what she has: the token of her pack says who she was.
export function sender(store) {
  return async (body) => {
    try {
      return await request(`${API}/sync`, asJson(body));
    } catch (fault) {
      const token = await store.get("token");
      if (!(fault instanceof SignedOut) || !token) throw fault;
      return request(`${API}/hand-in`, asJson({ ...body, token }));
    }
  };
}

const put = (name, bytes) =>
  request(`${API}/files/${name}`, {
    method: "PUT",
    headers: { "Content-Type": "application/octet-stream" },
    body: bytes,
  });

// Tries whenever it may help; one page at a time, of all that are open. `told` hears {forget}, {signedOut} or {failed}.
export function keepSending(store, told) {
  const outbox = new Outbox({ store, send: sender(store), put });
  let failures = 0;
  let timer = 0;
  let isBusy = false;
  let isAskedAgain = false;

  async function attempt() {
    try {
      await told(await outbox.empty());
      failures = 0;
      return EVERY;
    } catch (fault) {
      const wait = pause(failures);
      failures += 1;
      await told(fault instanceof SignedOut ? { signedOut: true } : { failed: true });
      return wait;
    }
  }

  // Asked while it is sending, it tries once more afterwards: what was saved meanwhile, or a network that came back.
  async function send() {
    if (isBusy) {
      isAskedAgain = true;
      return;
    }
    isBusy = true;
    clearTimeout(timer);
    let wait = SOON; // another page of hers is sending
    try {
      await navigator.locks.request(`outbox-${store.owner}`, { ifAvailable: true }, async (lock) => {
        if (lock) wait = await attempt();
      });
    } finally {
      isBusy = false;
      timer = setTimeout(send, isAskedAgain ? 0 : wait);
      isAskedAgain = false;
    }
  }

  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
  navigator.serviceWorker?.addEventListener("message", (event) => event.data === "send" && send());
  return send;
}

// A bonus where the browser has it (Chromium): it wakes the worker when a network is there, and the worker wakes the page.
export async function askForSync(worker = navigator.serviceWorker) {
  try {
    await (await worker.ready).sync.register("outbox");
  } catch {
    // not known, or not allowed: the page tries by itself
  }
}

// The pack anew, where a network is: what the office changed meanwhile. Without one the old pack stays.
export async function refreshPack(store) {
  const pack = await getPack(await store.get("device"));
  if (pack?.owner !== store.owner || !Array.isArray(pack.rounds)) return null;
  const { token, public_key: key, gone = [], ...rest } = pack;
  await store.forgetDrafts(gone);
  await store.set({ pack: rest, token, public_key: key, contact_at: Date.now(), pack_at: Date.now() });
  return rest;
}
