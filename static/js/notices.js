// When htmx could not do what was asked, says so in the messages area instead of doing nothing. Hook: data-hajar-failed on #messages.
const area = document.querySelector("[data-hajar-failed]");

function say() {
  area.replaceChildren();
  const notice = document.createElement("div");
  notice.className = "notice notice--urgent";
  const icon = document.createElement("i");
  icon.className = "bi bi-x-octagon-fill";
  icon.setAttribute("aria-hidden", "true");
  const words = document.createElement("p");
  words.textContent = area.dataset.hajarFailed;
  notice.append(icon, words);
  area.append(notice);
  notice.scrollIntoView({ block: "nearest" });
}

if (area) {
  document.body.addEventListener("htmx:responseError", say);
  document.body.addEventListener("htmx:sendError", say);
}
