// Makes an entry of what was said: numbered, sealed, and written with its files in one go.
import { fromBase64, fromHex, sha256, toBytes } from "mobile/bytes";
import { newId } from "mobile/identity";
import { seal } from "mobile/sealing";
import { NumberTaken } from "mobile/store";

export function pictureOf(address) {
  const match = /^data:image\/(?:png|webp|jpeg);base64,(.+)$/.exec(address ?? "");
  return match && fromBase64(match[1]);
}

// Resolves when it is on the disk. `pictures` are {signature, photo} as bytes; `about` is what the phone itself shows.
export async function saveEntry(store, { id = newId(), kind, claimedAt, data, pictures = {}, about = {}, draftKey }) {
  const key = fromHex(await store.get("public_key"));
  const names = {};
  const files = [];
  for (const [picture, bytes] of Object.entries(pictures)) {
    if (!bytes) continue;
    names[picture] = await sha256(bytes);
    files.push({ sha256: names[picture], bytes, box: await seal(bytes, key) });
  }
  for (let tries = 0; ; tries += 1) {
    const number = await store.nextNumber();
    const text = JSON.stringify({ id, number, kind, claimed_at: claimedAt, data, files: names });
    const box = await seal(toBytes(text), key);
    const fileNames = Object.values(names);
    const entry = { id, number, kind, state: "saved", claimed_at: claimedAt, about, text, box, files: fileNames, sequence: 0, reason: "" };
    try {
      await store.save(entry, files, draftKey);
      return entry;
    } catch (fault) {
      if (!(fault instanceof NumberTaken) || tries > 5) throw fault;
    }
  }
}
