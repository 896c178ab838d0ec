// A form that was not taken comes back with its errors: the keyboard goes on at the first field that is wrong, or at the
// sentence about the whole, instead of at the top of the page. No hook: it is every page's, and only where the answer
// says so (422); a browser that does not tell the status leaves the page as it is.
const WRONG = ".is-invalid, [aria-invalid='true']";

export function isRefused(navigation) {
  return navigation?.responseStatus === 422;
}

export function firstWrong(fields) {
  return fields.find((field) => field.type !== "hidden" && !field.disabled && field.matches("input, select, textarea"));
}

if (typeof document !== "undefined" && isRefused(performance.getEntriesByType("navigation")[0])) {
  const field = firstWrong([...document.querySelectorAll(`main :is(${WRONG})`)]);
  const notice = document.querySelector("main [role='alert']"); // what is wrong with the whole of it
  if (!field && notice) notice.tabIndex = -1;
  (field ?? notice)?.focus({ preventScroll: true });
  (field ?? notice)?.scrollIntoView({ block: "center" });
}
