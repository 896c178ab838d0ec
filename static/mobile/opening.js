// The first look at a round tells the office that it was seen. Without a network, or without this, there is a button.
export async function open(form, send = fetch) {
  form.hidden = true;
  try {
    // "manual": the answer leads back to this very page, which need not be loaded again.
    const answer = await send(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    form.hidden = answer.type === "opaqueredirect";
  } catch {
    form.hidden = false;
  }
}

const form = globalThis.document?.querySelector("[data-hajar-opening]");
if (form) open(form);
