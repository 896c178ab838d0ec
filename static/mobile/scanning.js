// Reads the label of a chair with the camera: by the browser's own reader where it has one, else by ours (zxing, served
// from here and kept on the phone once a network had time for it). Whatever fails, the number can be typed.
const LONGEST = 800; // points of the longer side that are looked at: enough for a label at arm's length
const EVERY = 150; // milliseconds between looks, so that a slow phone has time to show what it films
const LOADED = new Map();

export class NoReader extends Error {} // it has not come to this phone yet

// A picture of a frame for the reader, no larger than it must be.
function frameOf(video) {
  const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight));
  const canvas = Object.assign(document.createElement("canvas"), {
    width: Math.round(video.videoWidth * scale),
    height: Math.round(video.videoHeight * scale),
  });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function loadScript(address) {
  if (!LOADED.has(address)) {
    const script = Object.assign(document.createElement("script"), { src: address });
    const loading = new Promise((done, failed) => {
      script.addEventListener("load", done);
      script.addEventListener("error", () => {
        LOADED.delete(address); // it may come with the next try
        failed(new NoReader());
      });
    });
    LOADED.set(address, loading);
    document.head.append(script);
  }
  return LOADED.get(address);
}

async function ourReader({ reader, wasm }, scope) {
  await loadScript(reader);
  const { prepareZXingModule, readBarcodes } = scope.ZXingWASM;
  try {
    await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  } catch (fault) {
    throw Object.assign(new NoReader(), { cause: fault });
  }
  return async (video) => {
    const [found] = await readBarcodes(frameOf(video), { formats: ["QRCode"], maxNumberOfSymbols: 1 });
    return found?.text ?? "";
  };
}

// Resolves with a function that looks at a video once and gives the text of a QR code, or "".
// `addresses` are {reader, wasm}: where our own reader lies.
export async function readerFor(addresses, scope = globalThis) {
  const formats = await Promise.resolve(scope.BarcodeDetector?.getSupportedFormats()).catch(() => []);
  if (!formats?.includes("qr_code")) return ourReader(addresses, scope);
  const detector = new scope.BarcodeDetector({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video))[0]?.rawValue ?? "";
}

// Looks until `understand` makes something of a code, or `isOver` says that nobody waits any more ("").
export async function look(video, read, { understand, isOver, wait = (time) => new Promise((done) => setTimeout(done, time)) }) {
  while (!isOver()) {
    const found = understand(await read(video));
    if (found) return found;
    await wait(EVERY);
  }
  return "";
}

// Why the camera shows nothing, as the name of a sentence on the page.
const WHY = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "missing", OverconstrainedError: "missing" };
export const whyNot = (fault) => (fault instanceof NoReader ? "no-reader" : (WHY[fault.name] ?? "failed"));

// The part of a form in which a label is scanned. Hook: data-hajar-scan, with data-reader and data-wasm; in it a button
// data-scan="start", a <video>, a button data-scan="stop" and sentences data-said. `found` hears the number and answers with the label.
export function prepareScan(box, { understand, found }) {
  if (!navigator.mediaDevices?.getUserMedia) return;
  const [start, stop] = ["start", "stop"].map((name) => box.querySelector(`[data-scan="${name}"]`));
  const video = box.querySelector("video");
  const view = box.querySelector('[data-scan="view"]');
  let stream = null;
  let turn = 0; // counts the looks, so that an old one ends when a new one begins

  const say = (name) => box.querySelectorAll("[data-said]").forEach((line) => (line.hidden = line.dataset.said !== name));
  const end = () => {
    turn += 1;
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
    view.hidden = true;
    start.hidden = false;
  };

  start.addEventListener("click", async () => {
    const mine = (turn += 1);
    const isOver = () => mine !== turn || !box.isConnected;
    start.hidden = true;
    say("opening");
    try {
      const camera = navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const read = await Promise.all([readerFor(box.dataset), camera]).then(
        ([reader, opened]) => {
          stream = opened;
          return reader;
        },
        (fault) => {
          camera.then((opened) => opened.getTracks().forEach((track) => track.stop()), () => {});
          throw fault;
        },
      );
      if (isOver()) return stream && end();
      video.srcObject = stream;
      view.hidden = false;
      await video.play();
      say("looking");
      view.scrollIntoView({ block: "center" });
      const number = await look(video, read, { understand, isOver });
      if (!number) return !box.isConnected && end();
      end();
      box.querySelector('[data-scan="label"]').textContent = found(number);
      say("read");
    } catch (fault) {
      if (isOver()) return undefined;
      end();
      say(whyNot(fault));
    }
    return undefined;
  });
  stop.addEventListener("click", () => {
    end();
    say("");
  });
  document.addEventListener("visibilitychange", () => document.hidden && !view.hidden && stop.click());
  box.hidden = false;
}
