// The shell of the field pages: style, script and empty pages, the same for everybody. No page with a person in it is ever
// kept here. The server puts a line `const SHELL = {...}` before these (views/field.py): what every language needs
// (`common`), what each needs besides (`languages`), and what is fetched once nobody waits for it (`later`).
/* global SHELL */
const CACHE = `hajar-shell-${SHELL.version}`;
const LATER = `hajar-later-${SHELL.later_version}`;
const NOTES = "hajar-note";
const everything = [...SHELL.common, ...Object.values(SHELL.languages).flat(), ...SHELL.later];
const shellOf = (language) => `/mobile/shell/${language}/`;

self.addEventListener("install", (event) => {
  // A new version takes over when the last page of the old one is closed: never under a form that is open.
  event.waitUntil(Promise.all([installShell(), answerWithoutUs(event)]));
});

// Where the browser can, it takes the files of the shell from the cache by itself: a slow phone starts twice as soon.
async function answerWithoutUs(event) {
  if (!event.addRoutes || !self.URLPattern) return;
  const files = SHELL.common.map(({ url }) => ({ urlPattern: new URLPattern({ pathname: url }) }));
  await event.addRoutes({ condition: { or: files }, source: { cacheName: CACHE } }).catch(() => {});
}

// One language is a first download that a village's network can carry; a phone that keeps several goes on keeping them.
async function installShell() {
  const wanted = new Set([await spoken()]);
  for (const language of Object.keys(SHELL.languages)) if (await caches.match(shellOf(language))) wanted.add(language);
  await keep(CACHE, [...SHELL.common, ...[...wanted].flatMap((language) => SHELL.languages[language])]);
}

async function keep(name, files) {
  const cache = await caches.open(name);
  await Promise.all(
    files.map(async ({ url, integrity }) => {
      if (await cache.match(url)) return;
      const answer = await fetch(url, { integrity, cache: "no-cache", credentials: "omit" });
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      await cache.put(url, answer);
    }),
  );
}

// The language that was last chosen on this phone.
async function spoken() {
  const note = await (await caches.open(NOTES)).match("/mobile/field-language");
  const language = note ? await note.text() : "";
  return language in SHELL.languages ? language : SHELL.language;
}

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (/^hajar-(shell|later)-/.test(name) && name !== CACHE && name !== LATER) await caches.delete(name);
      }
    })(),
  );
});

// A page asks for another language, or for what may come later; it hears whether that is now on the phone.
self.addEventListener("message", (event) => {
  const { language, isLater } = event.data ?? {};
  const asked = isLater ? keep(LATER, SHELL.later) : keep(CACHE, SHELL.languages[language] ?? []);
  const tell = (isKept) => event.ports[0]?.postMessage(isKept);
  event.waitUntil(asked.then(() => tell(true), () => tell(false)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (everything.some((file) => file.url === url.pathname)) event.respondWith(fromShell(request, url.pathname));
  else if (request.mode === "navigate" && !url.searchParams.has("online")) event.respondWith(page(request));
});

async function fromShell(request, name) {
  const [shell, later] = await Promise.all([caches.open(CACHE), caches.open(LATER)]);
  return (await shell.match(name)) ?? (await later.match(name)) ?? fetch(request);
}

// While a round is kept on this phone its pages are drawn here; otherwise the server draws them. Without a network and
// without a round the empty shell says so, in whatever language it is here.
async function page(request) {
  const [cache, notes, language] = await Promise.all([caches.open(CACHE), caches.open(NOTES), spoken()]);
  let shell = await cache.match(shellOf(language));
  for (const other of Object.keys(SHELL.languages)) shell ??= await cache.match(shellOf(other));
  if (shell && (await notes.match("/mobile/field-note"))) return shell;
  return fetch(request).catch((fault) => {
    if (shell) return shell;
    throw fault;
  });
}

// The network is back while a page lies in the background: it is the page that sends, so that there is one sender.
self.addEventListener("sync", (event) => {
  event.waitUntil(self.clients.matchAll().then((pages) => pages.forEach((open) => open.postMessage("send"))));
});
