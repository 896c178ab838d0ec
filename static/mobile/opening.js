// The first look at a round tells the office that it was seen. Without a network, or without this, the button stays.
export async function open(form, send = fetch) {
  try {
    // "manual": the answer leads back to this very page, which need not be loaded again.
    const answer = await send(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.type === "opaqueredirect") form.remove();
  } catch {
    // Tomorrow, or when the button is pressed.
  }
}

const form = globalThis.document?.querySelector("[data-hajar-opening]");
if (form) open(form);
