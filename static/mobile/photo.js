// Makes a photo small before it is sent. Drawing it anew drops everything but the picture: no place, no time, no device.
export const LONGEST = 1280;
export const MOST_CHARACTERS = 1_500_000; // as a data address inside the form

// The size of a picture whose longer side is at most `longest`; never larger than it was.
export function fitWithin(width, height, longest = LONGEST) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

// Tries formats and qualities until the picture is small enough; `encode(type, quality)` gives a blob. null: none is.
export async function smallEnough(encode, most = MOST_CHARACTERS) {
  for (const [type, quality] of [["image/webp", 0.8], ["image/jpeg", 0.8], ["image/jpeg", 0.5]]) {
    const blob = await encode(type, quality);
    // Safari answers a wish for webp with a png.
    if (blob && blob.type === type && Math.ceil(blob.size / 3) * 4 + 40 <= most) return blob;
  }
  return null;
}

function drawing(picture, width, height) {
  if (typeof OffscreenCanvas === "function") {
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d").drawImage(picture, 0, 0, width, height);
    return (type, quality) => canvas.convertToBlob({ type, quality });
  }
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").drawImage(picture, 0, 0, width, height);
  return (type, quality) => new Promise((done) => canvas.toBlob(done, type, quality));
}

export function asDataAddress(blob) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result));
    reader.addEventListener("error", () => failed(reader.error));
    reader.readAsDataURL(blob);
  });
}

// The photo as a data address, at most LONGEST pixels long; null when this browser cannot do it: then the server will.
export async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const { width, height } = fitWithin(picture.width, picture.height);
  const blob = await smallEnough(drawing(picture, width, height));
  picture.close();
  return blob && asDataAddress(blob);
}
