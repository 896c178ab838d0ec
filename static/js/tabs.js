// Where the tabs of a page are wider than the screen, the page's own stands in sight. Hook: data-hajar-tabs.
export function wayTo(tab, room) {
  return (tab.left + tab.right - room.left - room.right) / 2;
}

if (typeof document !== "undefined")
  for (const tabs of document.querySelectorAll("[data-hajar-tabs]")) {
    const current = tabs.querySelector("[aria-current]");
    if (current) tabs.scrollLeft += wayTo(current.getBoundingClientRect(), tabs.getBoundingClientRect());
  }
