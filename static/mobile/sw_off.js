// Served in the place of sw.js while HAJAR_PHONES_KEEP_ROUNDS is off: drops the pages that a phone keeps and goes, so
// that the next look is at the server's own. Entries are not its business: they stay in the database of the phone, and
// the page sends them.
self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("hajar-")) await caches.delete(name);
      await self.registration.unregister();
    })(),
  );
});
