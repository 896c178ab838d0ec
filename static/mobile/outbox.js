// Sends what waits on the phone: look, send, then mark. Nothing leaves the outbox before the server has named it.
// It knows no page and no network: `store`, `send`, `put` and the clock are given. Tests break each await in turn.
import { toBase64 } from "mobile/bytes";

const MOST = 20;
const BACK_OFF = { first: 5_000, longest: 600_000 };

// `send` and `put` reject with one of these, or with anything else where nothing can be said.
export class TimedOut extends Error {}
export class SignedOut extends Error {}
export class Refused extends Error {} // the whole request, not one entry

// Milliseconds until the next try after so many failures, never exactly the same for two phones.
export function pause(failures, random = Math.random) {
  const longest = Math.min(BACK_OFF.longest, BACK_OFF.first * 2 ** Math.min(failures, 20));
  return longest / 2 + (random() * longest) / 2;
}

// A captive portal answers 200, too: only an answer that has the shape of ours is one.
export function isAnswer(told) {
  return Boolean(
    told &&
      Array.isArray(told.results) &&
      told.results.every((result) => typeof result?.id === "string" && typeof result.state === "string") &&
      Number.isInteger(told.head?.sequence) &&
      typeof told.head.hash === "string" &&
      Number.isInteger(told.durable_sequence) &&
      Array.isArray(told.missing),
  );
}

const asSent = (entry) => (entry.text ? JSON.parse(entry.text) : { sealed: toBase64(entry.box) });

export class Outbox {
  #size = MOST;

  constructor({ store, send, put, now = () => Date.now() }) {
    Object.assign(this, { store, send, put, now });
  }

  // Sends everything; resolves with {forget: true} when the server says that this phone must forget.
  async empty() {
    const stuck = new Set(); // refused alone: they wait, and hold up no other
    let askedAgain = false;
    let isFirst = true;
    for (;;) {
      const waiting = (await this.store.unsent()).filter((entry) => !stuck.has(entry.id));
      if (!waiting.length && !isFirst) return { forget: false, stuck: stuck.size };
      isFirst = false;
      const batch = waiting.slice(0, this.#size);
      let told;
      try {
        told = await this.#exchange(batch, waiting.length + stuck.size);
      } catch (fault) {
        if (!(fault instanceof TimedOut || fault instanceof Refused) || !batch.length) throw fault;
        if (batch.length > 1) {
          this.#size = Math.max(1, Math.floor(batch.length / 2));
          if (fault instanceof TimedOut) throw fault; // the network is slow: after a pause, with fewer
          continue;
        }
        if (fault instanceof TimedOut) throw fault;
        stuck.add(batch[0].id);
        continue;
      }
      const named = new Set(told.results.map((result) => result.id));
      const ours = told.results.filter((result) => batch.some((entry) => entry.id === result.id));
      if (told.resync && !askedAgain) {
        askedAgain = true;
        await this.store.waitAgain();
      }
      await this.store.mark(ours);
      await this.store.set({ known: told.head, contact_at: this.now() });
      // An entry that the server did not name has not arrived, whatever else it said.
      for (const entry of batch) if (!named.has(entry.id)) stuck.add(entry.id);
      await this.#sendFiles(told.missing);
      if (!told.resync) await this.store.forgetUntil(told.durable_sequence, told.missing);
      if (told.forget) return { forget: true, stuck: stuck.size };
      this.#size = Math.min(MOST, this.#size * 2);
    }
  }

  async #exchange(batch, unsent) {
    const pack = await this.store.get("pack");
    const told = await this.send({
      device: await this.store.get("device"),
      known: (await this.store.get("known")) ?? { sequence: 0, hash: "" },
      unsent,
      rounds: (pack?.rounds ?? []).map((round) => round.id).slice(0, 20),
      entries: batch.map(asSent),
    });
    if (!isAnswer(told)) throw new Error("this is no answer of ours");
    return told;
  }

  async #sendFiles(missing) {
    for (const name of missing) {
      const file = await this.store.file(name);
      if (!file) continue; // on another phone of hers
      try {
        await this.put(name, file.bytes ?? file.box);
      } catch (fault) {
        if (!(fault instanceof Refused)) throw fault; // one picture that cannot be taken holds up no other
      }
    }
  }
}
