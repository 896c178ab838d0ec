// Whoever else used this phone may have left entries that wait for her: how many, and nothing more.
import { PREFIX, Store } from "mobile/store";

export async function waitingOfOthers(owner, factory = globalThis.indexedDB) {
  const databases = (await factory.databases?.()) ?? []; // some browsers do not say
  const counts = await Promise.all(
    databases
      .map(({ name }) => name)
      .filter((name) => name.startsWith(PREFIX) && name !== PREFIX + owner)
      .map(async (name) => {
        const theirs = new Store(name.slice(PREFIX.length), factory);
        try {
          return (await theirs.unsent()).length;
        } catch {
          return 0; // a database of another version is not ours to open
        } finally {
          theirs.close();
        }
      }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
