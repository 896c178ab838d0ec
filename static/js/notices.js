// When htmx could not do what was asked, or a security key did not answer, says so in the messages area instead of doing
// nothing. Hook: data-hajar-failed and data-hajar-key-failed on the messages area.
const area = document.querySelector("[data-hajar-failed]");

function say(sentence) {
  const notice = document.createElement("div");
  notice.className = "notice notice--urgent";
  const icon = document.createElement("i");
  icon.className = "bi bi-x-octagon-fill";
  icon.setAttribute("aria-hidden", "true");
  const words = document.createElement("p");
  words.textContent = sentence;
  notice.append(icon, words);
  area.replaceChildren(notice);
  notice.scrollIntoView({ block: "nearest" });
}

if (area) {
  const failed = () => say(area.dataset.hajarFailed);
  document.body.addEventListener("htmx:responseError", failed);
  document.body.addEventListener("htmx:sendError", failed);
  document.addEventListener("allauth.error", () => say(area.dataset.hajarKeyFailed));
}
