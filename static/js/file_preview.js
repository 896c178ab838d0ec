// Shows the picture that was chosen before it is sent. Hook: <input type="file" data-hajar-preview="id of an <img hidden>">.
document.addEventListener("change", (event) => {
  const input = event.target.closest("input[type=file][data-hajar-preview]");
  const image = input && document.getElementById(input.dataset.hajarPreview);
  if (!image) return;
  const [file] = input.files;
  URL.revokeObjectURL(image.src);
  image.hidden = !file?.type.startsWith("image/");
  if (!image.hidden) image.src = URL.createObjectURL(file);
});
