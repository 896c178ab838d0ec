// Seals what a phone keeps so that only the server can read it; hajar/lib/boxes.py opens it and says how a box is made.
import { joined, toBytes } from "mobile/bytes";

const MARK = toBytes("HJR1");
const CURVE = { name: "ECDH", namedCurve: "P-256" };

export async function seal(bytes, publicKey) {
  const theirs = await crypto.subtle.importKey("raw", publicKey, CURVE, false, []);
  const ours = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", ours.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256);
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: point, info: toBytes("hajar box") },
    secret,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt"],
  );
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: MARK }, key, bytes);
  return joined(MARK, point, nonce, new Uint8Array(sealed));
}
