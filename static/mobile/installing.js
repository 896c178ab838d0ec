// What else the worker of this phone can keep: another language, and the reader of labels. Both come only with a network.
const PATIENCE = 60_000;

// Asks the worker; resolves with whether what was asked for is on the phone now.
function ask(message) {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return Promise.resolve(false);
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", (event) => done(event.data === true));
    port1.start();
    setTimeout(() => done(false), PATIENCE);
    worker.postMessage(message, [port2]);
  });
}

export async function keepLanguage(language) {
  if (await caches.match(`/mobile/shell/${language}/`)) return true;
  return ask({ language });
}

// Only where the browser has no reader of its own, and only when nothing else is waited for.
export async function keepReader({ wasm }, scope = globalThis) {
  const formats = await Promise.resolve(scope.BarcodeDetector?.getSupportedFormats()).catch(() => []);
  if (formats?.includes("qr_code") || (await caches.match(wasm)) || !navigator.onLine) return;
  const idle = scope.requestIdleCallback ?? ((act) => setTimeout(act, 5_000));
  idle(() => ask({ isLater: true }), { timeout: 30_000 });
}
