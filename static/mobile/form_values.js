// What is typed in a form, as plain values, and back.
export function valuesOf(form) {
  const values = {};
  for (const field of form.elements) {
    if (!field.name || field.type === "file") continue;
    if (field.type === "checkbox") values[field.name] = field.checked;
    else if (field.type === "radio") values[field.name] = field.checked ? field.value : (values[field.name] ?? "");
    else values[field.name] = field.value;
  }
  return values;
}

export function putValues(form, values) {
  for (const field of form.elements) {
    if (!field.name || field.type === "file" || !(field.name in values)) continue;
    if (field.type === "checkbox") field.checked = values[field.name];
    else if (field.type === "radio") field.checked = field.value === values[field.name];
    else field.value = values[field.name];
  }
}
