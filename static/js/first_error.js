// A form that was not taken comes back with its errors: the keyboard goes on at what stands first, a field that is wrong
// or the sentence about the whole (data-hajar-refused), instead of at the top of the page; where neither is marked, at
// the first notice. It is every page's, and only where the answer says so (422); a browser that does not tell the status
// leaves the page as it is.
const WRONG = ".is-invalid, [aria-invalid='true'], [data-hajar-refused]";
const PLACES = "input, select, textarea, [data-hajar-refused]";

export function isRefused(navigation) {
  return navigation?.responseStatus === 422;
}

export function firstWrong(fields) {
  return fields.find((field) => field.type !== "hidden" && !field.disabled && field.matches(PLACES));
}

if (typeof document !== "undefined" && isRefused(performance.getEntriesByType("navigation")[0])) {
  const wrong = firstWrong([...document.querySelectorAll(`main :is(${WRONG})`)]);
  const place = wrong ?? document.querySelector("main [role='alert']");
  if (place && !place.matches("input, select, textarea")) place.tabIndex = -1;
  place?.focus({ preventScroll: true });
  place?.scrollIntoView({ block: "center", behavior: "instant" });
}
