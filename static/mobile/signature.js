// A place to sign with a finger. What was drawn is kept in the form's own field, so that it comes back with the form.
// Hook: data-hajar-signature around <canvas>, <input type="hidden"> and a button with data-hajar-clear.
import SignaturePad from "signature_pad";

export function prepare(box) {
  const canvas = box.querySelector("canvas");
  const field = box.querySelector("input[type=hidden]");
  const clear = box.querySelector("[data-hajar-clear]");
  const pad = new SignaturePad(canvas, { minWidth: 1, maxWidth: 3, penColor: "#17302f", backgroundColor: "#fff" });
  let width = 0;

  function draw() {
    if (!canvas.clientWidth || canvas.clientWidth === width) return;
    width = canvas.clientWidth;
    const scale = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = width * scale;
    canvas.height = canvas.clientHeight * scale;
    canvas.getContext("2d").scale(scale, scale);
    pad.clear();
    if (field.value) pad.fromDataURL(field.value, { ratio: 1, width, height: canvas.clientHeight });
    clear.hidden = !field.value;
  }

  pad.addEventListener("endStroke", () => {
    field.value = canvas.toDataURL("image/png");
    clear.hidden = false;
  });
  clear.addEventListener("click", () => {
    pad.clear();
    field.value = "";
    clear.hidden = true;
  });
  // The canvas has no size until its section is shown, and another one when the phone is turned.
  new ResizeObserver(draw).observe(canvas);
  box.hidden = false;
}
