// What a phone adds to the form of a hand-over: its own id and time, a signature, a small photo. The form works without it.
import { newId } from "mobile/identity";
import { stamp } from "mobile/clock";
import { shrink } from "mobile/photo";
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
