// What a phone adds to the form of a hand-over: its own id and time, a signature, a small photo. The form works without it.
import { newId } from "mobile/identity";
import { stamp } from "mobile/clock";
import { numberInCode, numberOf } from "mobile/hand_over";
import { shrink } from "mobile/photo";
import { prepareScan } from "mobile/scanning";
import { prepare } from "mobile/signature";

const form = document.querySelector("[data-hajar-delivery]");

if (form) {
  // A form that comes back from the server keeps its id: it is the same entry.
  if (form.dataset.hajarDelivery === "new") form.elements.id.value = newId();
  form.addEventListener("submit", () => {
    stamp(form.elements.happened_at);
    document.querySelectorAll(`button[form="${form.id}"]`).forEach((button) => button.setAttribute("aria-busy", "true"));
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll(`button[form="${form.id}"]`).forEach((button) => button.removeAttribute("aria-busy"));
  });

  form.querySelectorAll("[data-hajar-signature]").forEach(prepare);

  const scan = form.querySelector("[data-hajar-scan]");
  if (scan) {
    prepareScan(scan, {
      understand: numberInCode,
      found(number) {
        const label = form.dataset.chair.replace(/\d+$/, number.padStart(4, "0"));
        form.elements.chair_label.value = label;
        form.elements.is_this_chair.checked = numberOf(form.dataset.chair) === number;
        form.elements.chair_label.dispatchEvent(new Event("input", { bubbles: true }));
        return label;
      },
    });
  }

  const photo = form.querySelector("[data-hajar-photo]");
  if (photo) {
    const picker = photo.querySelector("input[type=file]");
    const field = photo.querySelector("input[type=hidden]");
    const image = photo.querySelector("img");
    const remove = photo.querySelector("[data-hajar-clear]");
    const show = () => {
      image.hidden = remove.hidden = !field.value;
      if (field.value) image.src = field.value;
      else image.removeAttribute("src");
    };
    picker.addEventListener("change", async () => {
      const [file] = picker.files;
      field.value = "";
      if (file) {
        try {
          field.value = (await shrink(file)) ?? "";
        } catch {
          // A format that this browser cannot open goes to the server as it is.
        }
        if (field.value) picker.value = "";
      }
      show();
    });
    remove.addEventListener("click", () => {
      field.value = picker.value = "";
      show();
    });
    show();
  }

  form.querySelector(".is-invalid, .invalid-feedback, .alert-danger")?.scrollIntoView({ block: "center" });
}
