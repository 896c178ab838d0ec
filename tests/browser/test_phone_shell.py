"""What a phone keeps of Hajar itself, in a real browser: languages, versions, the off switch, a full disk, sunlight."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from distributions.models import Delivery, PhoneEntry
from distributions.views import field
from tests.browser.test_offline import (
    fill_in,
    form_of,
    hand_over,
    keep_the_rounds,
    save,
    waits,
    what_is_kept,
)
from tests.browser.visiting import sit_down, until, wait_until
from tests.factories import AllocationFactory, GuardianFactory

pytestmark = pytest.mark.django_db(transaction=True)
# On a phone in full sun: 7:1 for text, and targets for a thumb.
IN_THE_SUN = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}, "color-contrast-enhanced": {"enabled": True}},
}


@pytest.fixture
def stop(driss):
    allocation = AllocationFactory(loaded=True, volunteer=driss)
    GuardianFactory(family=allocation.need.child.family, has_whatsapp=True)
    return allocation


@pytest.fixture
def phone(page, base_url, driss, stop):
    return keep_the_rounds(page, driss, base_url)


GONE = "navigator.serviceWorker.getRegistration('/mobile/').then((one) => !one)"


def caches_of(page: Page) -> list[str]:
    return page.evaluate("caches.keys()")


def shells_of(page: Page) -> list[str]:
    return page.evaluate(
        """async () => {
            const out = [];
            for (const name of await caches.keys())
                for (const { url } of await (await caches.open(name)).keys())
                    if (url.includes("/mobile/shell/")) out.push(new URL(url).pathname);
            return out.sort();
        }"""
    )


# --- languages ----------------------------------------------------------------------------------------------------


def test_one_language_is_fetched_and_another_comes_when_it_is_asked_for(phone, stop):
    assert shells_of(phone) == ["/mobile/shell/fr/"]
    phone.context.set_offline(True)
    phone.goto("/mobile/entries/")
    phone.locator("[data-language=ar]").click()
    expect(phone.locator(".no-language")).to_be_visible()
    expect(phone.locator("html")).to_have_attribute("lang", re.compile("^fr"))
    phone.context.set_offline(False)
    phone.locator("[data-language=ar]").click()
    expect(phone.locator("html")).to_have_attribute("dir", "rtl")
    phone.context.set_offline(True)
    phone.goto("/mobile/")
    expect(phone.locator(".stop__name")).to_have_count(1)
    assert phone.evaluate("getComputedStyle(document.querySelector('.btn, .stop')).direction") == "rtl"
    phone.goto("/mobile/entries/")
    phone.locator("[data-language=fr]").click()  # is still here
    expect(phone.locator("html")).to_have_attribute("dir", "ltr")


# --- new versions -------------------------------------------------------------------------------------------------


def bring_a_new_version(page: Page, monkeypatch) -> None:
    """The server is upgraded, and the browser hears of it."""
    monkeypatch.setattr(field, "STYLES", [*field.STYLES, "layout"])
    page.evaluate("navigator.serviceWorker.getRegistration('/mobile/').then((one) => one.update())")
    until(page, "navigator.serviceWorker.getRegistration('/mobile/').then((one) => Boolean(one.waiting))")


def test_a_new_version_waits_while_a_form_is_open_and_keeps_every_language(phone, stop, monkeypatch):
    phone.goto("/mobile/entries/")
    phone.locator("[data-language=ar]").click()
    expect(phone.locator("html")).to_have_attribute("dir", "rtl")
    fill_in(phone, stop)
    before = phone.evaluate("navigator.serviceWorker.controller.state")
    bring_a_new_version(phone, monkeypatch)
    assert before == phone.evaluate("navigator.serviceWorker.controller.state") == "activated"
    assert len([name for name in caches_of(phone) if name.startswith("hajar-shell-")]) == 2
    expect(phone.locator("#id_receiver_name")).to_have_value("Khadija")
    save(phone)
    expect(phone.locator(".saved")).to_be_visible()
    expect(phone.locator(".state-received")).to_be_visible()
    context = phone.context
    phone.close()
    page = context.new_page()
    page.goto("/accounts/login/")  # outside of the worker's scope: nothing holds the old one any more
    until(page, "caches.keys().then((all) => all.filter((name) => name.startsWith('hajar-shell-')).length === 1)")
    assert shells_of(page) == ["/mobile/shell/ar/", "/mobile/shell/fr/"]
    context.set_offline(True)
    page.goto("/mobile/")
    expect(page.locator(".stop__name")).to_have_count(1)


# --- the off switch -----------------------------------------------------------------------------------------------


def test_switched_off_the_phone_falls_back_to_plain_pages_and_loses_no_entry(phone, stop, settings):
    phone.route("**/api/v1/sync", lambda route: route.abort())
    hand_over(phone, stop)
    settings.PHONES_KEEP_ROUNDS = False
    phone.evaluate("navigator.serviceWorker.getRegistration('/mobile/').then((one) => one.update())")
    until(phone, GONE)
    expect(phone.locator(".saved")).to_be_visible()  # what is open is not taken away
    assert PhoneEntry.objects.count() == 0
    phone.unroute("**/api/v1/sync")
    phone.goto("/mobile/")
    expect(phone.locator('[data-hajar-keep="off"]')).to_be_visible()
    expect(phone.locator("[data-hajar-keep] button")).to_have_count(0)
    expect(phone.locator("body[data-drawn]")).to_have_count(0)
    wait_until(phone, Delivery.objects.exists, "the entry arrives")
    assert Delivery.objects.get().receiver_name == "Khadija"
    assert [name for name in caches_of(phone) if name.startswith(("hajar-shell-", "hajar-later-"))] == []
    assert stop.need.child.given_name_latin not in what_is_kept(phone).split("</html>", 1)[1]
    phone.locator(".stop__name a").click()
    expect(phone.locator("h1")).to_have_text(str(stop.round.province))


def test_switched_on_again_the_rounds_are_kept_again(phone, stop, settings):
    settings.PHONES_KEEP_ROUNDS = False
    phone.evaluate("navigator.serviceWorker.getRegistration('/mobile/').then((one) => one.update())")
    until(phone, GONE)
    phone.goto("/mobile/")
    settings.PHONES_KEEP_ROUNDS = True
    phone.goto("/mobile/")
    phone.locator("[data-hajar-keep] button").click()
    expect(phone.locator("body[data-drawn]")).to_be_attached()
    phone.context.set_offline(True)
    phone.goto("/mobile/")
    expect(phone.locator(".stop__name")).to_have_count(1)


# --- who sends ----------------------------------------------------------------------------------------------------


def test_the_browser_that_finds_a_network_wakes_the_page(phone, stop):
    session = phone.context.new_cdp_session(phone)
    workers = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: workers.extend(told["registrations"]))
    session.send("ServiceWorker.enable")
    phone.wait_for_timeout(300)
    phone.evaluate(
        "navigator.serviceWorker.addEventListener('message', (event) => { document.body.dataset.heard = event.data; })"
    )
    registration = next(one for one in workers if one["scopeURL"].endswith("/mobile/"))
    session.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": phone.evaluate("location.origin"),
            "registrationId": registration["registrationId"],
            "tag": "outbox",
            "lastChance": False,
        },
    )
    expect(phone.locator("body[data-heard=send]")).to_be_attached()


def test_whoever_is_signed_in_sees_how_many_entries_of_another_wait(phone, stop, khadija, base_url):
    phone.route("**/api/v1/*", lambda route: route.abort())
    hand_over(phone, stop)
    sit_down(phone.context, khadija, base_url)
    phone.goto("/accounts/sessions/")
    phone.unroute("**/api/v1/*")
    phone.goto("/mobile/")
    expect(phone.locator("body[data-drawn]")).to_be_attached()  # what was kept for the other is put away
    phone.goto("/mobile/")
    expect(phone.locator("[data-hajar-others-count]")).to_have_text("1")
    phone.locator("[data-hajar-keep] button").click()
    expect(phone.locator("[data-place=others] bdi")).to_have_text("1")
    assert "Khadija" not in phone.locator("[data-place=others]").inner_text()
    waits(phone, 0)  # her own


# --- the disk is full ---------------------------------------------------------------------------------------------


@pytest.fixture
def small_phone(page, base_url, driss, stop):
    """A phone on which there never was much room: a browser remembers for a while how much it found."""
    disk = Disk(page, base_url)
    return keep_the_rounds(page, driss, base_url), disk


class Disk:
    """The room that the browser gives our address: filled with other things, and freed again."""

    def __init__(self, page: Page, origin: str):
        self.page, self.origin = page, origin
        self.session = page.context.new_cdp_session(page)
        self._allow({"quotaSize": 6_000_000})

    def fill(self) -> None:
        refused = self.page.evaluate(
            """async () => {
                const asked = indexedDB.open("films", 1);
                asked.onupgradeneeded = () => asked.result.createObjectStore("films", { autoIncrement: true });
                const films = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
                const write = (size) => new Promise((done) => {
                    const tables = films.transaction("films", "readwrite");
                    tables.objectStore("films").put(crypto.getRandomValues(new Uint8Array(size)));
                    tables.oncomplete = () => done("");
                    tables.onabort = () => done(tables.error?.name ?? "aborted");
                });
                let last = "";
                for (const size of [50_000, 2_000, 100]) {
                    last = "";
                    for (let tries = 0; tries < 500 && !last; tries += 1) last = await write(size);
                }
                films.close();
                return last;
            }"""
        )
        assert refused == "QuotaExceededError"

    def free(self) -> None:
        self._allow({})
        self.page.evaluate("new Promise((done) => { indexedDB.deleteDatabase('films').onsuccess = () => done(); })")

    def _allow(self, size: dict) -> None:
        self.session.send("Storage.overrideQuotaForOrigin", {"origin": self.origin, **size})


def test_on_a_full_disk_nothing_is_shown_as_saved_and_what_was_typed_stays(small_phone, stop):
    phone, disk = small_phone
    phone.context.set_offline(True)
    fill_in(phone, stop)
    phone.wait_for_timeout(800)  # the draft is written while there is room
    disk.fill()
    save(phone)
    expect(phone.locator("[data-place=unsaved]")).to_be_visible()
    expect(phone.locator(".saved")).to_have_count(0)
    expect(phone.locator("#id_receiver_name")).to_have_value("Khadija")
    waits(phone, 0)
    phone.locator("#id_note").fill("porte verte")  # a draft that finds no room disturbs nobody
    disk.free()
    save(phone)
    expect(phone.locator(".saved")).to_be_visible()
    waits(phone, 1)
    phone.context.set_offline(False)
    phone.goto("/mobile/entries/")
    waits(phone, 0)
    assert Delivery.objects.get().note == "porte verte"


def test_on_a_full_disk_she_is_not_shown_as_declared_healthy(small_phone, stop):
    phone, disk = small_phone
    phone.context.set_offline(True)
    phone.goto(f"/mobile/rounds/{stop.round_id}/")
    disk.fill()
    phone.locator("[data-act=healthy]").click()
    expect(phone.locator(".unsaved")).to_be_visible()
    waits(phone, 0)
    disk.free()
    phone.locator("[data-act=healthy]").click()
    waits(phone, 1)
    expect(phone.locator(".unsaved")).to_have_count(0)


# --- what it looks like -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_that_the_phone_draws_can_be_read_in_the_sun_by_everybody(
    page, base_url, driss, stop, language, theme
):
    axe, found = Axe(), []
    page.emulate_media(color_scheme=theme)
    AllocationFactory(loaded=True, volunteer=driss, round=stop.round)
    keep_the_rounds(page, driss, base_url, language)
    page.context.set_offline(True)
    round_ = f"/mobile/rounds/{stop.round_id}/"
    for address in ("/mobile/", round_, f"{round_}stops/{stop.pk}/", form_of(stop), f"{round_}seen/"):
        found += faults_at(page, address, axe)
    save(page)  # what is missing is said in a colour
    found += faults_of(page, axe)
    hand_over(page, stop)
    for address in (round_, "/mobile/entries/", "/mobile/rounds/", form_of(stop)):
        found += faults_at(page, address, axe)
    assert found == [], "\n" + "\n".join(found)


def faults_at(page: Page, address: str, axe: Axe) -> list[str]:
    page.goto(address)
    expect(page.locator("body[data-drawn]")).to_be_attached()
    return [f"{address} {fault}" for fault in faults_of(page, axe)]


def faults_of(page: Page, axe: Axe) -> list[str]:
    return [
        f"{violation['id']}: {node['target'][0]} {' '.join((node.get('failureSummary') or '').split())[:200]}"
        for violation in axe.run(page, options=IN_THE_SUN).response["violations"]
        for node in violation["nodes"][:4]
    ]


def test_the_main_act_lies_at_the_thumb(phone, stop):
    round_ = f"/mobile/rounds/{stop.round_id}/"
    for address in (round_, f"{round_}stops/{stop.pk}/", form_of(stop), f"{round_}seen/", "/mobile/entries/"):
        phone.goto(address)
        expect(phone.locator("body[data-drawn]")).to_be_attached()
        expect(phone.locator(".field-acts .btn-primary")).to_be_visible()
        waits(phone, 0)
        phone.wait_for_timeout(300)  # it may be drawn anew once it has sent
        box = phone.locator(".field-acts .btn-primary").bounding_box()
        assert box["height"] >= 48, address
        assert box["y"] + box["height"] > 740 - 40, address
        for button in phone.locator(".btn:visible, .segment:visible, .unsent:visible").all():
            assert button.bounding_box()["height"] >= 43.9, button.inner_text()
