// Dark or light by one's own choice, kept in a cookie so that the server draws the next page right at once. Hook: data-hajar-theme.
const YEAR = 365 * 24 * 3600;
const root = document.documentElement;

function isDark() {
  return root.dataset.bsTheme ? root.dataset.bsTheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function name(button) {
  button.querySelector("span").textContent = isDark() ? button.dataset.wordLight : button.dataset.wordDark;
  button.hidden = false;
}

for (const button of document.querySelectorAll("[data-hajar-theme]")) {
  name(button);
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    root.dataset.bsTheme = theme;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${theme}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
    name(button);
  });
}
