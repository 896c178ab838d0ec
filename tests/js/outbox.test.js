import "./loading.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBFactory } from "fake-indexeddb";

const { Store, NumberTaken } = await import("../../static/mobile/store.js");
const { Outbox, Refused, TimedOut, isAnswer, pause } = await import("../../static/mobile/outbox.js");

const id = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

async function phone(entries = 3, factory = new IDBFactory()) {
  const store = new Store("nadia", factory);
  await store.set({ device: id(0), pack: { rounds: [{ id: id(99) }] } });
  for (let number = 1; number <= entries; number += 1) await save(store, number);
  return store;
}

function save(store, number, files = []) {
  const text = JSON.stringify({ id: id(number), number });
  const entry = { id: id(number), number, state: "saved", text, box: new Uint8Array([number]), about: {}, files, sequence: 0 };
  return store.save(entry, files.map((sha256) => ({ sha256, bytes: new Uint8Array([1]), box: new Uint8Array([2]) })));
}

// A server that keeps what it is given once, whatever happens on the way.
class Server {
  constructor() {
    this.has = new Map();
    this.sequence = 0;
    this.files = new Set();
    this.durable = 0;
    this.missing = [];
    this.resync = false;
  }

  answer(body) {
    const results = body.entries.map((said) => {
      const name = said.id ?? id(atob(said.sealed).charCodeAt(0));
      if (!this.has.has(name)) this.has.set(name, (this.sequence += 1));
      return { id: name, status: "received", state: "received", reason: "", sequence: this.has.get(name) };
    });
    const { sequence, missing, durable } = this;
    const resync = this.resync;
    this.resync = false;
    return { results, head: { sequence, hash: "h" }, durable_sequence: durable, missing, resync, forget: false };
  }
}

function outbox(store, server, more = {}) {
  return new Outbox({
    store,
    send: async (body) => server.answer(body),
    put: async (name) => server.files.add(name),
    now: () => 1000,
    ...more,
  });
}

const states = async (store) => (await store.entries()).map((entry) => entry.state);

test("what waits is sent, named by the server and marked", async () => {
  const store = await phone();
  const server = new Server();
  await outbox(store, server).empty();
  assert.equal(server.has.size, 3);
  assert.deepEqual(await states(store), ["received", "received", "received"]);
  assert.deepEqual((await store.entries()).map((entry) => entry.text), [null, null, null]);
  assert.deepEqual(await store.get("known"), { sequence: 3, hash: "h" });
  assert.equal(await store.get("contact_at"), 1000);
});

const LIES = {
  "a captive portal": async () => "<html>Bienvenue</html>",
  nothing: async () => null,
  "an empty object": async () => ({}),
  "results that are none": async () => ({ ...new Server().answer({ entries: [] }), results: "ok" }),
  "a torn answer": async () => ({ results: [] }),
  "no network": async () => {
    throw new TypeError("Failed to fetch");
  },
};
for (const [lie, send] of Object.entries(LIES)) {
  test(`${lie} takes nothing out of the outbox`, async () => {
    const store = await phone();
    await assert.rejects(outbox(store, new Server(), { send }).empty());
    assert.deepEqual(await states(store), ["saved", "saved", "saved"]);
  });
}

test("ids of others take nothing out of the outbox", async () => {
  const store = await phone();
  const send = async () => {
    const told = new Server().answer({ entries: [{ id: id(77) }] });
    return told;
  };
  assert.equal((await outbox(store, new Server(), { send }).empty()).stuck, 3);
  assert.deepEqual(await states(store), ["saved", "saved", "saved"]);
});

test("a batch halves on a time-out, down to one entry that arrives", async () => {
  const store = await phone(20);
  const server = new Server();
  const sizes = [];
  const box = outbox(store, server, {
    send: async (body) => {
      sizes.push(body.entries.length);
      if (body.entries.length > 3) throw new TimedOut();
      return server.answer(body);
    },
  });
  for (let round = 0; round < 20 && server.has.size < 20; round += 1) await box.empty().catch(() => {});
  assert.deepEqual(sizes.slice(0, 4), [20, 10, 5, 2]);
  assert.equal(server.has.size, 20);
});

test("an entry that the server refuses alone holds up no other", async () => {
  const store = await phone(7);
  const server = new Server();
  const { stuck } = await outbox(store, server, {
    send: async (body) => {
      if (body.entries.some((said) => said.number === 4)) throw new Refused();
      return server.answer(body);
    },
  }).empty();
  assert.equal(stuck, 1);
  assert.equal(server.has.size, 6);
  assert.equal((await store.unsent()).length, 1);
});

test("entries stay until they lie in two backups, and what was never sent stays for ever", async () => {
  const store = await phone(2);
  const server = new Server();
  await outbox(store, server).empty();
  assert.equal((await store.entries()).length, 2);
  server.durable = 1;
  await outbox(store, server).empty();
  assert.deepEqual((await store.entries()).map((entry) => entry.id), [id(2)]);
  await save(store, 3);
  await store.forgetUntil(1_000_000);
  assert.deepEqual((await store.entries()).map((entry) => entry.id), [id(3)]);
});

test("a server that was restored gets everything again, before anything is forgotten", async () => {
  const store = await phone(5);
  const server = new Server();
  await outbox(store, server).empty();
  const restored = new Server();
  Object.assign(restored, { resync: true, durable: 1_000 });
  await outbox(store, restored).empty();
  assert.equal(restored.has.size, 5);
});

test("files that are missing are sent, and an entry waits for its files before it is forgotten", async () => {
  const store = await phone(0);
  await save(store, 1, ["aa"]);
  const server = new Server();
  Object.assign(server, { missing: ["aa", "on another phone"], durable: 1_000 });
  await outbox(store, server).empty();
  assert.deepEqual([...server.files], ["aa"]);
  assert.equal((await store.entries()).length, 1);
  server.missing = [];
  await outbox(store, server).empty();
  assert.equal((await store.entries()).length, 0);
});

test("after signing out nothing can be read, and what waits still arrives, sealed", async () => {
  const store = await phone(2);
  await store.keepDraft("stop", { receiver_name: "ZXCANARY" });
  await store.closeUp();
  assert.equal(await store.get("pack"), undefined);
  assert.equal(await store.draft("stop"), undefined);
  assert.deepEqual((await store.entries()).map((entry) => [entry.text, entry.state]), [[null, "saved"], [null, "saved"]]);
  const server = new Server();
  await outbox(store, server).empty();
  assert.deepEqual([...server.has.keys()], [id(1), id(2)]);
});

test("what was begun for a stop that is gone for good is forgotten, and what was saved is not", async () => {
  const store = await phone(1);
  await store.keepDraft("gone", { receiver_name: "ZXCANARY" });
  await store.keepDraft("stays", { receiver_name: "Khadija" });
  await store.forgetDrafts(["gone", "never was"]);
  assert.equal(await store.draft("gone"), undefined);
  assert.deepEqual(await store.draft("stays"), { receiver_name: "Khadija" });
  assert.equal((await store.unsent()).length, 1);
});

test("two pages cannot give one number to two entries", async () => {
  const factory = new IDBFactory();
  const [one, two] = [await phone(0, factory), new Store("nadia", factory)];
  const results = await Promise.allSettled([save(one, 1), save(two, 1)]);
  assert.deepEqual(results.map((result) => result.status).sort(), ["fulfilled", "rejected"]);
  assert.ok(results.find((result) => result.reason)?.reason instanceof NumberTaken);
  assert.equal((await one.entries()).length, 1);
});

test("an entry that cannot be written leaves neither a number nor a file behind", async () => {
  const store = await phone(1);
  const entry = { id: id(1), number: 2, state: "saved", files: ["bb"] }; // the id is there already
  await assert.rejects(store.save(entry, [{ sha256: "bb" }]));
  assert.equal(await store.nextNumber(), 2);
  assert.equal(await store.file("bb"), undefined);
});

test("two people on one phone have two databases", async () => {
  const factory = new IDBFactory();
  await phone(3, factory);
  assert.deepEqual(await new Store("samira", factory).entries(), []);
});

test("a database that was closed under us is opened again", async () => {
  const factory = new IDBFactory();
  const store = await phone(1, factory);
  await new Promise((done, failed) => {
    const request = factory.deleteDatabase("another");
    request.addEventListener("success", done);
    request.addEventListener("error", failed);
  });
  store.close();
  await save(store, 2);
  assert.equal((await store.entries()).length, 2);
});

// Each await of sending breaks once, before or after it did its work: the next try mends it, nothing is lost or doubled.
const METHODS = ["get", "set", "unsent", "mark", "waitAgain", "forgetUntil", "file"];
function breaking(at) {
  let calls = 0;
  const wrap = (act) => async (...args) => {
    if ((calls += 1) === at) throw new Error("broken before");
    const result = await act(...args);
    if ((calls += 1) === at) throw new Error("broken after");
    return result;
  };
  return { wrap, calls: () => calls };
}

test("a fault at any await loses and doubles nothing", async () => {
  let faults = 0;
  for (let at = 1; ; at += 1) {
    const store = await phone(0);
    for (let number = 1; number <= 4; number += 1) await save(store, number, [`f${number}`]);
    const server = new Server();
    Object.assign(server, { missing: ["f1", "f2"], resync: true });
    const { wrap, calls } = breaking(at);
    const broken = Object.fromEntries(METHODS.map((name) => [name, wrap(store[name].bind(store))]));
    const send = wrap(async (body) => server.answer(body));
    const put = wrap(async (name) => server.files.add(name));
    await outbox(broken, server, { send, put }).empty().catch(() => (faults += 1));
    if (calls() < at) break;
    await outbox(store, server).empty();
    assert.equal(server.has.size, 4, `fault ${at}`);
    assert.equal(server.sequence, 4, `fault ${at}`);
    assert.equal((await store.unsent()).length, 0, `fault ${at}`);
    assert.deepEqual([...server.files].sort(), ["f1", "f2"], `fault ${at}`);
  }
  assert.ok(faults > 20);
});

test("an answer that is lost after the server kept all doubles nothing", async () => {
  const store = await phone(5);
  const server = new Server();
  let isFirst = true;
  const send = async (body) => {
    const told = server.answer(body);
    if (isFirst) {
      isFirst = false;
      throw new TypeError("Failed to fetch");
    }
    return told;
  };
  await assert.rejects(outbox(store, server, { send }).empty());
  await outbox(store, server, { send }).empty();
  assert.equal(server.has.size, 5);
  assert.equal(server.sequence, 5);
});

test("phones wait longer after each failure, never together", () => {
  const always = (value) => () => value;
  assert.equal(pause(0, always(1)), 5_000);
  assert.equal(pause(1, always(0)), 5_000);
  assert.equal(pause(50, always(1)), 600_000);
  assert.notEqual(pause(3), pause(3));
});

test("only what has the shape of an answer is one", () => {
  assert.ok(isAnswer(new Server().answer({ entries: [{ id: id(1) }] })));
  assert.ok(!isAnswer({ ...new Server().answer({ entries: [] }), head: { sequence: "1", hash: "" } }));
});
