// What a phone keeps, in one database for each person. An entry, its number and its files are written together or not
// at all, and "saved" is said only when the browser says that it is on the disk.
const VERSION = 1;
const SENT = ["received", "review", "invalid"]; // the server has these, and has said what it makes of them

export const PREFIX = "hajar-";
export const databaseOf = (owner) => PREFIX + owner;

// The number on the phone was taken by another page meanwhile: seal the entry anew and try again.
export class NumberTaken extends Error {}

function done(transaction) {
  return new Promise((complete, failed) => {
    transaction.addEventListener("complete", () => complete());
    transaction.addEventListener("abort", () => failed(transaction.error ?? new Error("aborted")));
  });
}

function answer(request) {
  return new Promise((success, failed) => {
    request.addEventListener("success", () => success(request.result));
    request.addEventListener("error", () => failed(request.error));
  });
}

export class Store {
  #connection = null;

  constructor(owner, factory = globalThis.indexedDB) {
    this.owner = owner;
    this.factory = factory;
  }

  // A connection that the browser closed under us (low memory, a newer page) is opened again at the next use.
  async #database() {
    if (this.#connection) return this.#connection;
    const request = this.factory.open(databaseOf(this.owner), VERSION);
    request.addEventListener("upgradeneeded", () => {
      const database = request.result;
      database.createObjectStore("meta");
      database.createObjectStore("entries", { keyPath: "id" });
      database.createObjectStore("files", { keyPath: "sha256" });
      database.createObjectStore("drafts");
    });
    const database = await answer(request);
    const forget = () => {
      if (this.#connection === database) this.#connection = null;
    };
    database.addEventListener("versionchange", () => {
      database.close(); // else a newer page in another tab could not bring its version
      forget();
    });
    database.addEventListener("close", forget);
    this.#connection = database;
    return database;
  }

  close() {
    this.#connection?.close();
    this.#connection = null;
  }

  async #begin(names, mode) {
    const options = mode === "readwrite" ? { durability: "strict" } : undefined;
    try {
      return (await this.#database()).transaction(names, mode, options);
    } catch (error) {
      if (error.name !== "InvalidStateError") throw error;
      this.#connection = null;
      return (await this.#database()).transaction(names, mode, options);
    }
  }

  async #read(name, ask) {
    return answer(ask((await this.#begin([name], "readonly")).objectStore(name)));
  }

  async #write(names, act) {
    const transaction = await this.#begin(names, "readwrite");
    const finished = done(transaction);
    try {
      act(...names.map((name) => transaction.objectStore(name)));
    } catch (error) {
      transaction.abort();
      await finished.catch(() => {});
      throw error;
    }
    return finished;
  }

  get(key) {
    return this.#read("meta", (meta) => meta.get(key));
  }

  set(values) {
    return this.#write(["meta"], (meta) => {
      for (const [key, value] of Object.entries(values)) meta.put(value, key);
    });
  }

  entries() {
    return this.#read("entries", (entries) => entries.getAll());
  }

  async unsent() {
    return (await this.entries()).filter((entry) => entry.state === "saved").sort((a, b) => a.number - b.number);
  }

  file(sha256) {
    return this.#read("files", (files) => files.get(sha256));
  }

  draft(key) {
    return this.#read("drafts", (drafts) => drafts.get(key));
  }

  keepDraft(key, values) {
    return this.#write(["drafts"], (drafts) => drafts.put(values, key));
  }

  // What was begun for stops that the office took away for good. What was saved stays until it is sent.
  forgetDrafts(keys) {
    return this.#write(["drafts"], (drafts) => {
      for (const key of keys) drafts.delete(key);
    });
  }

  async nextNumber() {
    return ((await this.get("number")) ?? 0) + 1;
  }

  // Resolves when entry, counter and files are on the disk together; rejects, with nothing written, otherwise.
  async save(entry, files, draftKey) {
    const transaction = await this.#begin(["meta", "entries", "files", "drafts"], "readwrite");
    const finished = done(transaction);
    let fault = null;
    const meta = transaction.objectStore("meta");
    const last = meta.get("number");
    last.addEventListener("success", () => {
      try {
        if ((last.result ?? 0) + 1 !== entry.number) throw new NumberTaken();
        meta.put(entry.number, "number");
        transaction.objectStore("entries").add(entry);
        for (const file of files) transaction.objectStore("files").put(file);
        if (draftKey) transaction.objectStore("drafts").delete(draftKey);
      } catch (error) {
        fault = error;
        transaction.abort();
      }
    });
    try {
      await finished;
    } catch (error) {
      throw fault ?? error;
    }
  }

  // Writes what the server said of entries: what can be read of them goes, the sealed copy stays until it is in two backups.
  async mark(results) {
    const known = new Map((await this.entries()).map((entry) => [entry.id, entry]));
    return this.#write(["entries"], (entries) => {
      for (const { id, state, reason, sequence } of results) {
        const entry = known.get(id);
        if (entry) entries.put({ ...entry, text: null, state, reason, sequence });
      }
    });
  }

  // The server lost what it had: everything that we still keep waits again.
  async waitAgain() {
    const entries = await this.entries();
    return this.#write(["entries"], (rows) => {
      for (const entry of entries) if (SENT.includes(entry.state)) rows.put({ ...entry, state: "saved", sequence: 0 });
    });
  }

  // Forgets entries that lie in the two newest backups, with their files. One that was never sent is never forgotten.
  async forgetUntil(sequence, awaited = []) {
    const entries = await this.entries();
    const old = entries.filter(
      (entry) =>
        SENT.includes(entry.state) &&
        entry.sequence > 0 &&
        entry.sequence <= sequence &&
        !entry.files.some((name) => awaited.includes(name)),
    );
    if (!old.length) return undefined;
    const staying = new Set(entries.filter((entry) => !old.includes(entry)).flatMap((entry) => entry.files));
    return this.#write(["entries", "files"], (rows, files) => {
      for (const entry of old) {
        rows.delete(entry.id);
        for (const name of entry.files) if (!staying.has(name)) files.delete(name);
      }
    });
  }

  // Leaves nothing of a family to be read: the pack, drafts and open copies go; sealed entries and files stay.
  async closeUp() {
    const entries = await this.entries();
    const files = await this.#read("files", (rows) => rows.getAll());
    return this.#write(["meta", "entries", "files", "drafts"], (meta, rows, kept, drafts) => {
      meta.delete("pack");
      drafts.clear();
      for (const entry of entries) rows.put({ ...entry, text: null, about: {}, reason: "" });
      for (const file of files) kept.put({ ...file, bytes: null });
    });
  }
}
