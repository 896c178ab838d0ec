// The phone's own time of an entry, taken once: sending the same form again must say the same.
export function stamp(field, now = new Date()) {
  if (!field.value) field.value = now.toISOString();
  return field.value;
}
