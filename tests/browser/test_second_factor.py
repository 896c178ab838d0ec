"""A coordinator is led to a second factor, sets one up, and comes in with it the next time: by key, and by code."""

import base64
import hmac
import re
import struct
import time

import pytest
from playwright.sync_api import expect

from tests.browser.reading import Reader
from tests.browser.visiting import DESK, complaints_of, speak

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "une-phrase-longue"
KEY_IN_THE_LAPTOP = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.HAJAR_DEMO = False
    settings.MFA_TOTP_TOLERANCE = 1  # so that nobody has to wait half a minute for the next code


@pytest.fixture(params=["fr", "ar"])
def door(request, page, base_url, karim):
    """The sign-in page in front of Karim, and a reader beside him."""
    speak(page.context, request.param, base_url)
    page.set_viewport_size(DESK)
    page.set_default_timeout(15_000)
    page.reader = Reader(request.param, names="Karim Hajar Chrome Linux Portable")
    page.complaints = complaints_of(page)
    page.goto("/")
    page.reader.read(page)
    yield page
    assert page.complaints == []
    assert page.reader.stumbled == []


def give_password(page):
    page.locator("[name=login]").fill("karim@hajar.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main .btn-primary").click()


def set_up(page, kind):
    """From the page of second factors to the form of one, past the question whether it is really Karim."""
    expect(page).to_have_url(re.compile(r"/accounts/2fa/$"))
    page.reader.read(page)
    page.locator(f"a[href$='/{kind}/']").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.reader.read(page)
    page.locator("main .btn-primary").click()
    expect(page).to_have_url(re.compile(f"^[^?]+/{kind}/$"))
    page.reader.read(page)


def sign_out(page):
    page.locator(".account > button").click()
    page.locator(".account form button").click()
    expect(page.locator("[name=password]")).to_be_visible()


def code(secret: str, steps_ahead: int = 0) -> str:
    """What an authenticator app shows (RFC 6238: SHA-1, six digits, half a minute)."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps_ahead)
    digest = hmac.new(base64.b32decode(secret), counter, "sha1").digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def is_at_home(page):
    expect(page.locator("h1")).to_contain_text("Karim")
    page.reader.read(page)


def test_a_key_opens_the_house(door):
    devices = door.context.new_cdp_session(door)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY_IN_THE_LAPTOP})
    give_password(door)
    set_up(door, "webauthn/add")
    door.locator("[name=name]").fill("Portable")
    door.locator("[name=passwordless]").check()
    door.reader.read(door)
    door.locator("#mfa_webauthn_add").click()
    expect(door.locator("h1")).to_be_visible()
    expect(door).not_to_have_url(re.compile(r"/webauthn/add/$"))
    door.reader.read(door)
    door.goto("/")
    is_at_home(door)
    sign_out(door)

    door.locator("#passkey_login").click()
    is_at_home(door)


def test_a_code_of_the_telephone_opens_the_house(door):
    give_password(door)
    set_up(door, "totp/activate")
    secret = door.locator("#authenticator_secret").input_value()
    door.locator("[name=code]").fill("000000")
    door.locator("main .btn-primary").click()
    expect(door.locator("[name=code].is-invalid")).to_be_visible()
    door.reader.read(door)
    door.locator("[name=code]").fill(code(secret))
    door.locator("main .btn-primary").click()
    expect(door).not_to_have_url(re.compile(r"/totp/activate/$"))
    door.reader.read(door)
    door.goto("/")
    is_at_home(door)
    sign_out(door)

    give_password(door)
    expect(door.locator("[name=code]")).to_be_visible()  # a password alone is no longer enough
    door.reader.read(door)
    door.goto("/children/")
    expect(door.locator("[name=code]")).to_be_visible()
    door.locator("[name=code]").fill(code(secret, steps_ahead=1))
    door.locator("main .btn-primary").first.click()
    is_at_home(door)
