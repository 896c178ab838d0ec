"""In the hills, without a network: what the phone showed as saved arrives once, whatever happens on the way."""

import contextlib
import json
import os
import re
import signal
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from beneficiaries.models import Child
from distributions import phoning
from distributions.models import Delivery, Device, PhoneEntry, Round
from hajar.journal.models import Entry as JournalEntry
from tests.browser.signing import sign
from tests.browser.visiting import PHONE, sit_down, speak, too_wide, wait_until
from tests.factories import AllocationFactory, ConsentFactory, GuardianFactory

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "Zxcanary"


@pytest.fixture
def stop(driss):
    allocation = AllocationFactory(loaded=True, volunteer=driss)
    GuardianFactory(family=allocation.need.child.family)
    Child.objects.filter(pk=allocation.need.child_id).update(given_name_latin=CANARY, given_name_arabic="")
    return allocation


def keep_the_rounds(page: Page, user, base_url: str, language: str = "fr") -> Page:
    """Sign in, and press the button that keeps the rounds on this phone."""
    page.set_viewport_size(PHONE)
    speak(page.context, language, base_url)
    sit_down(page.context, user, base_url)
    wait_until(page, lambda: _is_offered_to_keep(page), "the rounds may be kept")
    page.locator("[data-hajar-keep] button").click()
    expect(page.locator("body[data-drawn]")).to_be_attached()
    return page


def _is_offered_to_keep(page: Page) -> bool:
    """Looked at anew each time: what was another's is put away first."""
    page.goto("/mobile/")
    with contextlib.suppress(PlaywrightError):
        page.locator("[data-hajar-keep] button").wait_for(timeout=2_000)
    return page.locator("[data-hajar-keep] button").is_visible()


@pytest.fixture
def phone(page, base_url, driss, stop):
    return keep_the_rounds(page, driss, base_url)


def form_of(stop) -> str:
    return f"/mobile/rounds/{stop.round_id}/stops/{stop.pk}/delivery/?outcome=delivered"


def waits(page: Page, number: int) -> None:
    expect(page.locator("body[data-drawn]")).to_be_attached()
    expect(page.locator("[data-place=count]")).to_have_text(str(number))


def fill_in(page: Page, stop, receiver: str = "Khadija") -> None:
    page.goto(form_of(stop))
    page.locator("#id_is_healthy").check()
    page.locator("#id_is_this_chair").check()
    for name in Delivery.CHECKS:
        page.locator(f"[name={name}][value=yes]").check()
    page.locator("#id_receiver_name").fill(receiver)
    page.locator("#id_receiver_relation").select_option("mother")


def save(page: Page) -> None:
    page.locator(".field-acts .btn-primary").click()


def hand_over(page: Page, stop, **more) -> None:
    fill_in(page, stop, **more)
    save(page)
    expect(page.locator(".saved")).to_be_visible()


def test_a_round_is_driven_without_a_network_and_arrives_when_there_is_one(phone, stop):
    ConsentFactory(child=stop.need.child, purpose="proof_photo")
    phone.context.set_offline(True)
    phone.goto("/mobile/")
    phone.locator(".stop__name a").click()
    phone.locator("[data-act=healthy]").click()
    waits(phone, 1)
    phone.locator(".stop__name a").click()
    expect(phone.locator("h1")).to_have_text(CANARY)
    expect(phone.locator(".chair-line__label")).to_have_text(stop.chair.label)
    phone.locator(".field-acts .btn-primary").click()
    fill_in(phone, stop)
    sign(phone)
    save(phone)
    waits(phone, 2)
    expect(phone.locator(".state-saved")).to_be_visible()
    assert Delivery.objects.count() == 0
    phone.context.set_offline(False)
    expect(phone.locator(".state-received")).to_be_visible(timeout=30_000)
    waits(phone, 0)
    delivery = Delivery.objects.get()
    assert (delivery.is_delivered, delivery.needs_a_look) == (True, "")
    assert [attachment.kind for attachment in delivery.attachments.all()] == ["signature"]
    assert PhoneEntry.objects.filter(kind="healthy").count() == 1
    assert Round.objects.get(pk=stop.round_id).downloaded_at is not None
    assert Device.objects.get().user == stop.round.volunteer


def test_what_lacks_is_said_beside_its_field_and_what_was_typed_stays(phone, stop):
    phone.context.set_offline(True)
    phone.goto(form_of(stop))
    phone.locator("#id_note").fill("porte verte")
    save(phone)
    for name in ("is_healthy", "receiver_name", "is_this_chair"):
        expect(phone.locator(f"#id_{name}.is-invalid")).to_be_attached()
    expect(phone.locator("#id_note")).to_have_value("porte verte")
    waits(phone, 0)


def test_a_draft_is_still_there_when_the_page_comes_back(phone, stop):
    phone.context.set_offline(True)
    fill_in(phone, stop)
    sign(phone)
    number = phone.locator("input[name=id]").input_value()
    phone.wait_for_timeout(900)
    phone.goto("/mobile/")
    phone.goto(form_of(stop))
    expect(phone.locator("#id_receiver_name")).to_have_value("Khadija")
    expect(phone.locator("input[name=signature]")).to_have_value(re.compile("^data:image/png"))
    expect(phone.locator("input[name=id]")).to_have_value(number)


def test_ten_taps_are_one_entry(phone, stop):
    fill_in(phone, stop)
    phone.evaluate(
        "() => { for (let tap = 0; tap < 10; tap += 1) document.querySelector('.field-acts .btn-primary').click(); }"
    )
    expect(phone.locator(".saved")).to_be_visible()
    expect(phone.locator(".state-received")).to_be_visible()
    assert (Delivery.objects.count(), PhoneEntry.objects.count()) == (1, 1)


def test_something_seen_on_the_way_is_told(phone, stop):
    phone.context.set_offline(True)
    phone.goto(f"/mobile/rounds/{stop.round_id}/seen/")
    save(phone)
    expect(phone.locator("#seen-chair.is-invalid")).to_be_visible()
    expect(phone.locator("[data-place=no-words]")).to_be_visible()
    phone.locator("#kind-need").check()
    expect(phone.locator("#seen-chair")).to_be_hidden()
    phone.locator("#seen-what").fill("Une fillette portée à bras, douar Aït Ali")
    save(phone)
    expect(phone.locator(".saved")).to_be_visible()
    phone.context.set_offline(False)
    phone.goto("/mobile/entries/")
    expect(phone.locator(".state-look")).to_be_visible(timeout=15_000)
    assert PhoneEntry.objects.get().reasons == "to_read"


# --- the answer lies ----------------------------------------------------------------------------------------------

NOT_HERS = {"id": "00000000-0000-4000-8000-000000000000", "state": "received", "sequence": 1, "reason": ""}
SHAPE = {"head": {"sequence": 1, "hash": "0" * 64}, "durable_sequence": 10**6, "missing": []}
LIES = {
    "a captive portal": {"content_type": "text/html", "body": "<html>Bienvenue</html>"},
    "nothing": {"status": 204},
    "a sign-in page": {"status": 302, "headers": {"Location": "/accounts/login/"}},
    "a fault": {"status": 500, "body": "{}"},
    "too many requests": {"status": 429, "headers": {"Retry-After": "60"}},
    "a torn answer": {"content_type": "application/json", "body": '{"results": ['},
    "the entries of others": {"json": {"results": [NOT_HERS], **SHAPE}},
}


def telling(answer: dict):
    return lambda route: route.fulfill(**answer)


def test_no_lie_of_the_network_takes_an_entry_off_the_phone(phone, stop):
    phone.route("**/api/v1/sync", lambda route: route.abort())
    hand_over(phone, stop)
    for lie, answer in LIES.items():
        phone.unroute("**/api/v1/sync")
        phone.route("**/api/v1/sync", telling(answer))
        with phone.expect_request("**/api/v1/sync"):
            phone.goto("/mobile/entries/")
        phone.wait_for_timeout(300)
        assert phone.locator("[data-place=count]").inner_text() == "1", lie
        assert phone.locator(".state-received").count() == 0, lie
    phone.unroute("**/api/v1/sync")
    # What the last lie said of the journal is noticed, too: the phone is asked to send again.
    phone.goto("/mobile/entries/")
    waits(phone, 0)
    assert Delivery.objects.count() == 1


def test_an_answer_that_is_lost_doubles_nothing(phone, stop):
    def lose(route):
        route.fetch()  # the server hears it
        with contextlib.suppress(PlaywrightError):  # the page may have gone on
            route.abort()

    phone.route("**/api/v1/sync", lose)
    with phone.expect_event("requestfailed"):
        hand_over(phone, stop)
    waits(phone, 1)
    phone.unroute("**/api/v1/sync")
    phone.goto("/mobile/entries/")
    waits(phone, 0)
    assert (Delivery.objects.count(), PhoneEntry.objects.count()) == (1, 1)


# --- who may see it -----------------------------------------------------------------------------------------------


def what_is_kept(page: Page) -> str:
    """Everything that the browser keeps for us, as one text: databases, caches, the page itself."""
    return page.evaluate(
        """async () => {
            const out = [document.documentElement.outerHTML, JSON.stringify({ ...localStorage })];
            for (const { name } of await indexedDB.databases()) {
                const database = await new Promise((done) => {
                    const request = indexedDB.open(name);
                    request.onsuccess = () => done(request.result);
                });
                for (const table of database.objectStoreNames) {
                    const rows = await new Promise((done) => {
                        const request = database.transaction(table).objectStore(table).getAll();
                        request.onsuccess = () => done(request.result);
                    });
                    out.push(JSON.stringify(rows, (_key, value) =>
                        value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : value));
                }
                database.close();
            }
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys()) {
                    const answer = await cache.match(request);
                    out.push(request.url, new TextDecoder("latin1").decode(await answer.arrayBuffer()));
                }
            }
            return out.join(" ");
        }"""
    )


def test_signing_out_without_a_network_leaves_nothing_to_read_and_loses_nothing(phone, stop, driss, base_url):
    phone.context.set_offline(True)
    hand_over(phone, stop, receiver=f"{CANARY}-mother")
    assert CANARY in what_is_kept(phone)
    phone.goto("/mobile/entries/")
    phone.locator("[data-act=sign-out]").click()
    expect(phone.locator("body[data-drawn]")).to_be_attached()
    expect(phone.locator("[data-place=unsent]")).to_be_hidden()
    assert CANARY not in what_is_kept(phone)
    phone.go_back()
    phone.wait_for_timeout(300)
    assert CANARY not in what_is_kept(phone)
    phone.context.set_offline(False)
    phone.goto("/mobile/")
    expect(phone).to_have_url(re.compile("/accounts/login/"))  # the session ended with the first request
    assert not Session.objects.exists()
    keep_the_rounds(phone, driss, base_url)
    phone.goto("/mobile/entries/")
    waits(phone, 0)
    assert Delivery.objects.get().receiver_name == f"{CANARY}-mother"


def test_after_72_hours_without_contact_nothing_can_be_read(phone, stop, driss, base_url):
    phone.context.set_offline(True)
    hand_over(phone, stop, receiver=f"{CANARY}-mother")
    phone.evaluate(
        """async (owner) => {
            const database = await new Promise((done) => {
                const request = indexedDB.open(`hajar-${owner}`);
                request.onsuccess = () => done(request.result);
            });
            const tables = database.transaction("meta", "readwrite");
            tables.objectStore("meta").put(Date.now() - 73 * 3600 * 1000, "contact_at");
            await new Promise((done) => { tables.oncomplete = done; });
            database.close();
        }""",
        str(driss.pk),
    )
    phone.goto("/mobile/")
    expect(phone.locator(".stop")).to_have_count(0)
    phone.wait_for_timeout(300)
    assert CANARY not in what_is_kept(phone)
    phone.context.set_offline(False)
    keep_the_rounds(phone, driss, base_url)
    phone.goto("/mobile/entries/")
    waits(phone, 0)
    assert Delivery.objects.count() == 1


def test_two_people_on_one_phone_never_see_each_others_entries(phone, stop, khadija, driss, base_url):
    phone.route("**/api/v1/*", lambda route: route.abort())
    hand_over(phone, stop, receiver=f"{CANARY}-mother")
    sit_down(phone.context, khadija, base_url)
    phone.goto("/accounts/sessions/")  # any page of hers tells the phone whose session it is
    phone.unroute("**/api/v1/*")  # not before: until then the entry might still go out under its author
    phone.goto("/mobile/")
    assert CANARY not in phone.content()
    keep_the_rounds(phone, khadija, base_url)
    phone.wait_for_timeout(500)
    assert CANARY not in what_is_kept(phone)
    assert PhoneEntry.objects.count() == 0  # an entry goes out under its author only
    phone.context.clear_cookies()
    keep_the_rounds(phone, driss, base_url)
    phone.goto("/mobile/entries/")
    waits(phone, 0)
    assert Delivery.objects.get().volunteer == driss


def test_a_session_that_ends_keeps_the_round_and_sends_after_the_next_sign_in(phone, stop, driss, base_url):
    Session.objects.all().delete()
    hand_over(phone, stop)
    expect(phone.locator(".signed-out")).to_be_visible()
    waits(phone, 1)
    phone.goto("/mobile/")
    expect(phone.locator(".stop__name")).to_have_count(1)
    sit_down(phone.context, driss, base_url)
    phone.goto("/mobile/entries/")
    waits(phone, 0)
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("what", ["moved", "closed"])
def test_a_volunteer_who_was_moved_or_closed_with_unsent_entries_loses_none(phone, stop, driss, khadija, what):
    phone.context.set_offline(True)
    hand_over(phone, stop)
    if what == "moved":
        Round.objects.filter(pk=stop.round_id).update(volunteer=khadija)
    else:
        driss.is_active = False
        driss.save()
    phone.context.set_offline(False)
    phone.goto("/mobile/entries/")
    if what == "moved":
        expect(phone.locator(".state-look")).to_be_visible()
    else:
        expect(phone).to_have_url(re.compile("/accounts/login/"))
    delivery = Delivery.objects.get()
    assert delivery.volunteer == driss
    assert delivery.needs_a_look == {"moved": "reassigned", "closed": "author_gone"}[what]


def test_a_lost_phone_forgets_at_its_next_contact(phone, stop, karim):
    phone.goto("/mobile/entries/")
    phone.wait_for_timeout(500)
    phoning.report_lost(Device.objects.get(), by=karim)
    phone.goto("/mobile/entries/")
    expect(phone).to_have_url(re.compile("/mobile/$|/accounts/login/"))
    phone.wait_for_timeout(300)
    assert CANARY not in what_is_kept(phone)


# --- the phone breaks ---------------------------------------------------------------------------------------------


def test_a_phone_without_room_says_not_saved_and_keeps_the_form(phone, stop):
    phone.context.set_offline(True)
    fill_in(phone, stop)
    phone.evaluate(
        """() => {
            const add = IDBObjectStore.prototype.add;
            IDBObjectStore.prototype.add = function full() {
                IDBObjectStore.prototype.add = add;
                throw new DOMException("full", "QuotaExceededError");
            };
        }"""
    )
    save(phone)
    expect(phone.locator("[data-place=unsaved]")).to_be_visible()
    expect(phone.locator("#id_receiver_name")).to_have_value("Khadija")
    waits(phone, 0)
    save(phone)
    expect(phone.locator(".saved")).to_be_visible()
    waits(phone, 1)


def process_of(profile: Path) -> int:
    """The browser that was started with this profile; its helpers name their type."""
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_text().split("\0") if folder.name.isdigit() else []
        except OSError:
            continue
        if f"--user-data-dir={profile}" in words and not any(word.startswith("--type=") for word in words):
            return int(folder.name)
    raise AssertionError("no such browser")


def test_a_browser_that_is_killed_after_saved_loses_nothing(
    browser_type, browser_type_launch_args, tmp_path, base_url, driss, stop
):
    profile = tmp_path / "profile"

    def open_phone():
        context = browser_type.launch_persistent_context(str(profile), base_url=base_url, **browser_type_launch_args)
        return context, context.pages[0]

    context, page = open_phone()
    keep_the_rounds(page, driss, base_url)
    context.close()
    context, page = open_phone()
    context.set_offline(True)
    hand_over(page, stop)
    with context.expect_event("close"):
        os.kill(process_of(profile), signal.SIGKILL)
    context, page = open_phone()
    sit_down(context, driss, base_url)
    page.goto("/mobile/entries/")
    waits(page, 0)
    context.close()
    assert Delivery.objects.count() == 1


def test_a_second_page_sends_nothing_twice(phone, stop):
    phone.context.set_offline(True)
    hand_over(phone, stop)
    others = [phone.context.new_page() for _number in range(3)]
    phone.context.set_offline(False)
    for other in others:
        other.goto("/mobile/entries/")
    waits(phone, 0)
    assert (Delivery.objects.count(), PhoneEntry.objects.count()) == (1, 1)
    for other in others:
        other.close()


def test_a_server_that_was_restored_gets_the_entries_again_and_raises_an_alarm(phone, stop):
    phone.goto(f"/mobile/rounds/{stop.round_id}/")
    phone.locator("[data-act=healthy]").click()
    waits(phone, 0)
    PhoneEntry.objects.all().delete()  # as if an older backup had been restored
    phone.evaluate(
        """async () => {
            const [{ name }] = await indexedDB.databases();
            const database = await new Promise((done) => {
                const request = indexedDB.open(name);
                request.onsuccess = () => done(request.result);
            });
            const tables = database.transaction("meta", "readwrite");
            tables.objectStore("meta").put({ sequence: 9999, hash: "f".repeat(64) }, "known");
            await new Promise((done) => { tables.oncomplete = done; });
            database.close();
        }"""
    )
    with phone.expect_response("**/api/v1/sync"):
        phone.goto("/mobile/entries/")
    waits(phone, 0)
    phone.wait_for_timeout(500)
    assert PhoneEntry.objects.filter(kind="healthy").count() == 1
    assert JournalEntry.objects.filter(act="phone.resync_asked").count() == 1


# --- what it looks like -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_nothing_is_wider_than_the_phone_in_any_language(page, base_url, driss, stop, language):
    keep_the_rounds(page, driss, base_url, language)
    page.context.set_offline(True)
    where = f"/mobile/rounds/{stop.round_id}/"
    for address in ("/mobile/", where, f"{where}stops/{stop.pk}/", form_of(stop), f"{where}seen/", "/mobile/entries/"):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
        expect(page.locator("body[data-drawn]")).to_be_attached()
        assert too_wide(page) == "", address
        assert page.locator("[data-place=unsent]").bounding_box()["height"] >= 44


def test_the_rescue_file_is_sealed(phone, stop):
    phone.context.set_offline(True)
    hand_over(phone, stop, receiver=f"{CANARY}-mother")
    phone.goto("/mobile/entries/")
    with phone.expect_download() as caught:
        phone.locator("[data-act=rescue]").click()
    with open(caught.value.path()) as file:
        text = file.read()
    assert CANARY not in text
    assert len(json.loads(text)["entries"]) == 1
