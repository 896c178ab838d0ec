"""How a person of the cast sits down at a screen: signed in, in her language, at her desk, with her tablet or phone."""

import time
from collections.abc import Callable

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page

DESK = {"width": 1440, "height": 900}
TABLET = {"width": 820, "height": 1180}
PHONE = {"width": 360, "height": 740}
# Seconds, far more than anything takes: a page whose neighbour is sending looks again after fifteen.
PATIENCE = 60


def speak(context: BrowserContext, language: str, base_url: str) -> None:
    """Every page of this browser comes in `language` from now on."""
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": base_url}])


def sit_down(context: BrowserContext, user, base_url: str) -> None:
    """Sign `user` in without the sign-in page, whose own stories are told elsewhere."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base_url}])


def wait_until(page: Page, happened: Callable[[], object], what: str) -> None:
    """Give the page time until this has happened; it fails with `what` that was."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"never: {what}"
        page.wait_for_timeout(200)


def until(page: Page, promise: str) -> None:
    """Wait until a promise in the page comes true."""
    wait_until(page, lambda: page.evaluate(promise), promise)


def too_wide(page: Page) -> str:
    """What sticks out of the screen at the side, as one line; "" where nothing does."""
    return page.evaluate(
        """() => {
            const room = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= room) return "";
            const out = [...document.body.querySelectorAll("*")].filter((element) => {
                const box = element.getBoundingClientRect();
                return box.width && (box.right > room + 1 || box.left < -1);
            });
            const named = out.slice(-3).map((one) => `${one.tagName.toLowerCase()}.${one.className}`);
            return `${document.documentElement.scrollWidth} points wide: ${named.join(", ")}`;
        }"""
    )


def complaints_of(page: Page) -> list[str]:
    """A list that grows with every error and warning that the browser writes down, each with its page.

    That a form was not taken (422) is an answer, and no complaint.
    """
    complaints: list[str] = []

    def hear(said) -> None:
        if said.type in ("error", "warning") and "a status of 422" not in said.text:
            complaints.append(f"{page.url} {said.text[:300]}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(f"{page.url} {str(error)[:300]}"))
    page.on("response", lambda answer: answer.status >= 500 and complaints.append(f"{answer.status} {answer.url}"))
    return complaints
