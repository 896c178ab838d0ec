import "./loading.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";

const { Store } = await import("../../static/mobile/store.js");
const { waitingOfOthers } = await import("../../static/mobile/neighbours.js");

async function saved(factory, owner, numbers) {
  const store = new Store(owner, factory);
  for (const number of numbers) {
    await store.save({ id: `${owner}-${number}`, number, state: "saved", files: [], about: {} }, []);
  }
  return store;
}

test("the entries of others that wait are counted, one's own are not", async () => {
  const factory = new IDBFactory();
  await saved(factory, "a", [1, 2]);
  const theirs = await saved(factory, "b", [1, 2, 3]);
  assert.equal(await waitingOfOthers("a", factory), 3);
  assert.equal(await waitingOfOthers("b", factory), 2);
  assert.equal(await waitingOfOthers("c", factory), 5);
  await theirs.mark([{ id: "b-1", state: "received", reason: "", sequence: 1 }]);
  assert.equal(await waitingOfOthers("a", factory), 2);
});

test("a browser that does not say which databases it has tells of nobody", async () => {
  assert.equal(await waitingOfOthers("a", {}), 0);
});
