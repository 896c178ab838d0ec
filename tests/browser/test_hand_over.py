"""A volunteer hands a chair over on a phone of 360 points, with a finger, a camera and a bad memory."""

import io
import re

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import expect

from distributions.models import Delivery, Round
from tests.browser.signing import sign
from tests.factories import AllocationFactory, ConsentFactory, GuardianFactory

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def phone(page, base_url, driss):
    """Driss's phone, signed in, in Arabic."""
    client = Client()
    client.force_login(driss)
    page.set_viewport_size(PHONE)
    page.context.add_cookies(
        [
            {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": base_url},
            {"name": settings.LANGUAGE_COOKIE_NAME, "value": "ar", "url": base_url},
        ]
    )
    return page


@pytest.fixture
def stop(driss):
    allocation = AllocationFactory(loaded=True, volunteer=driss)
    GuardianFactory(family=allocation.need.child.family)
    ConsentFactory(child=allocation.need.child, purpose="proof_photo")
    return allocation


def photo() -> dict:
    out = io.BytesIO()
    Image.effect_noise((2000, 1500), 60).convert("RGB").save(out, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.mark.django_db(transaction=True)
def test_a_volunteer_hands_a_chair_over_with_her_thumb(phone, stop):
    phone.goto("/mobile/")
    expect(phone.locator("html")).to_have_attribute("dir", "rtl")
    phone.locator(".stop__name a").click()
    phone.locator(".field-acts .btn-primary").click()  # next stop
    phone.locator(".field-acts .btn-primary").click()  # hand over
    expect(phone.locator("canvas.signature")).to_be_visible()  # the script has run
    entry = phone.locator("input[name=id]")
    expect(entry).to_have_value(re.compile(r"^[0-9a-f-]{36}$"))
    made_here = entry.input_value()

    phone.locator("#id_is_healthy").check()
    expect(phone.locator("#id_reason")).to_be_hidden()
    phone.locator("#id_is_this_chair").check()
    for name in Delivery.CHECKS:
        phone.locator(f"[name={name}][value=yes]").check()
    phone.locator("#id_receiver_relation").select_option("mother")
    sign(phone)
    phone.locator("input[type=file]").set_input_files(photo())
    expect(phone.locator(".preview")).to_be_visible()
    phone.locator(".field-acts .btn-primary").click()

    # She forgot the name: everything else is still there, also what she drew.
    expect(phone.locator("#id_receiver_name.is-invalid")).to_be_visible()
    expect(entry).to_have_value(made_here)
    expect(phone.locator("#id_receiver_relation")).to_have_value("mother")
    expect(phone.locator("input[name=signature]")).to_have_value(re.compile("^data:image/png"))
    expect(phone.locator(".preview")).to_be_visible()
    phone.locator("#id_receiver_name").fill("خديجة")
    phone.locator(".field-acts .btn-primary").click()
    expect(phone.locator(".stop--done")).to_be_visible()

    delivery = Delivery.objects.get()
    assert str(delivery.pk) == made_here
    assert delivery.is_delivered
    assert delivery.needs_a_look == ""
    assert delivery.happened_at < delivery.received_at
    kinds = {attachment.kind: attachment for attachment in delivery.attachments.all()}
    assert set(kinds) == {"signature", "photo"}
    with kinds["photo"].file.open() as file:
        assert Image.open(file).size == (1280, 960)
    with kinds["signature"].file.open() as file:
        assert len(Image.open(file).convert("L").getcolors()) > 1  # something was drawn


@pytest.mark.django_db(transaction=True)
def test_the_phone_tells_by_itself_that_the_round_was_seen(phone, stop):
    with phone.expect_response(f"**/mobile/rounds/{stop.round_id}/open/"):
        phone.goto(f"/mobile/rounds/{stop.round_id}/")
    expect(phone.locator("[data-hajar-opening]")).to_be_hidden()
    assert Round.objects.get(pk=stop.round_id).opened_at is not None


@pytest.mark.django_db(transaction=True)
def test_without_a_network_the_button_to_begin_stays(phone, stop):
    phone.route("**/open/", lambda route: route.abort())
    phone.goto(f"/mobile/rounds/{stop.round_id}/")
    button = phone.locator("[data-hajar-opening] button")
    expect(button).to_be_visible()
    phone.unroute("**/open/")
    button.click()
    expect(button).to_have_count(0)
    assert Round.objects.get(pk=stop.round_id).opened_at is not None


@pytest.mark.django_db(transaction=True)
def test_the_form_asks_only_what_belongs_to_the_outcome(phone, stop):
    phone.goto(f"/mobile/rounds/{stop.round_id}/stops/{stop.pk}/delivery/")
    receiver, reason, fits = (
        phone.locator("#id_receiver_name"),
        phone.locator("#id_reason"),
        phone.locator(".when-tried"),
    )
    for outcome, shown in [
        ("delivered", (True, False, True)),
        ("did_not_fit", (False, True, True)),
        ("not_at_home", (False, True, False)),
    ]:
        phone.locator(f"[name=outcome][value={outcome}]").check()
        assert (receiver.is_visible(), reason.is_visible(), fits.is_visible()) == shown


@pytest.mark.django_db(transaction=True)
def test_nothing_is_wider_than_the_phone_and_the_main_act_is_at_the_thumb(phone, stop):
    round_ = f"/mobile/rounds/{stop.round_id}/"
    for address in ("/mobile/", round_, f"{round_}stops/{stop.pk}/", f"{round_}stops/{stop.pk}/delivery/"):
        phone.goto(address)
        width = phone.locator("html").evaluate("page => page.scrollWidth")
        assert width == PHONE["width"], address
        for target in phone.locator("main a:visible, main button:visible, .field-acts > *:visible").all():
            assert target.bounding_box()["height"] >= 24
        if address != "/mobile/":
            box = phone.locator(".field-acts .btn-primary").bounding_box()
            assert box["height"] >= 44
            assert box["y"] + box["height"] > PHONE["height"] - 40
