// The shell of the field pages: style, script and empty pages, the same for everybody. No page with a person in it is ever
// kept here. The server puts `const SHELL = {version, language, files: [{url, integrity}]}` before these lines (views/field.py).
/* global SHELL */
const CACHE = `hajar-shell-${SHELL.version}`;
const NOTES = "hajar-note";

self.addEventListener("install", (event) => {
  // A new version takes over when the last page of the old one is closed: never under a form that is open.
  event.waitUntil(keepShell());
});

async function keepShell() {
  const cache = await caches.open(CACHE);
  await Promise.all(
    SHELL.files.map(async ({ url, integrity }) => {
      const answer = await fetch(url, { integrity, cache: "no-cache", credentials: "omit" });
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      await cache.put(url, answer);
    }),
  );
}

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("hajar-shell-") && name !== CACHE) await caches.delete(name);
      }
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (SHELL.files.some((file) => file.url === url.pathname)) event.respondWith(fromShell(request, url.pathname));
  else if (request.mode === "navigate" && !url.searchParams.has("online")) event.respondWith(page(request));
});

async function fromShell(request, name) {
  return (await (await caches.open(CACHE)).match(name)) ?? fetch(request);
}

// While a round is kept on this phone its pages are drawn here; otherwise the server draws them. Without a network and
// without a round the empty shell says so.
async function page(request) {
  const notes = await caches.open(NOTES);
  const spoken = await notes.match("/mobile/field-language");
  const language = spoken ? await spoken.text() : SHELL.language;
  const shell = await (await caches.open(CACHE)).match(`/mobile/shell/${language}/`);
  if (shell && (await notes.match("/mobile/field-note"))) return shell;
  return fetch(request).catch((fault) => {
    if (shell) return shell;
    throw fault;
  });
}

self.addEventListener("sync", (event) => {
  event.waitUntil(self.clients.matchAll().then((pages) => pages.forEach((open) => open.postMessage("send"))));
});
