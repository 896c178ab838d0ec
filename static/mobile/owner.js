// Whose phone this is just now. The server names the person in a cookie that pages can read without a network; the
// service worker shows the pages of the field while the note of the field says that a round is kept here.
const OWNER = "hajar_owner";
const SIGNED_OUT = "hajar_signed_out";
const NOTE = "/mobile/field-note";
const LANGUAGE = "/mobile/field-language"; // stays when the note goes: it is nobody's
export const NOTES = "hajar-note";
export const LONGEST_WITHOUT_CONTACT = 72 * 3600 * 1000;

export function cookie(name, from = document.cookie) {
  const pair = from.split("; ").find((part) => part.startsWith(`${name}=`));
  return pair ? pair.slice(name.length + 1) : "";
}

export const ownerNow = () => cookie(OWNER);

// {owner}, or null where no round is kept. Nothing of a family is in it.
export async function note(store = caches) {
  const found = await (await store.open(NOTES)).match(NOTE);
  return found ? found.json() : null;
}

export async function writeLanguage(language) {
  await (await caches.open(NOTES)).put(LANGUAGE, new Response(language));
}

export async function writeNote(owner, language) {
  await writeLanguage(language);
  const notes = await caches.open(NOTES);
  await notes.put(NOTE, new Response(JSON.stringify({ owner })));
}

export async function dropNote() {
  await (await caches.open(NOTES)).delete(NOTE);
}

// Whether what is kept may still be shown: to its owner, while the office was heard of less than 72 hours ago.
export function mayShow({ owner, kept, contactAt, now }) {
  if (!owner || owner !== kept) return false;
  const since = now - contactAt;
  return since > -24 * 3600 * 1000 && since < LONGEST_WITHOUT_CONTACT; // a clock set back is no way around
}

// Works without a network, too: the next request that gets through ends the session.
export async function signOut(store) {
  await store.closeUp();
  await dropNote();
  document.cookie = `${OWNER}=; path=/; max-age=0; samesite=lax`;
  document.cookie = `${SIGNED_OUT}=1; path=/; max-age=31536000; samesite=lax`;
}
