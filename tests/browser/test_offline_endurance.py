"""A long day in the hills: what test_offline.py does not put a phone through; docs/field-proof.md lists all."""

import json
import re
import time
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from playwright.sync_api import Page, expect

from beneficiaries.models import Child
from distributions.models import Delivery, Device, Matter, PhoneEntry, Round
from tests.browser.signing import sign
from tests.browser.test_offline import CANARY, fill_in, form_of, hand_over, keep_the_rounds, save, waits, what_is_kept
from tests.browser.visiting import sit_down
from tests.factories import AllocationFactory, GuardianFactory

pytestmark = pytest.mark.django_db(transaction=True)
PACK, SYNC = "**/api/v1/pack/*", "**/api/v1/sync"


@pytest.fixture
def stop(driss):
    allocation = AllocationFactory(loaded=True, volunteer=driss)
    GuardianFactory(family=allocation.need.child.family)
    Child.objects.filter(pk=allocation.need.child_id).update(given_name_latin=CANARY, given_name_arabic="")
    return allocation


@pytest.fixture
def phone(page, base_url, driss, stop):
    return keep_the_rounds(page, driss, base_url)


def save_many(page: Page, round_id, number: int) -> None:
    """As many entries as a page of the field would write, by the same module, one after the other."""
    page.evaluate(
        """async ([round, number]) => {
            const { saveEntry } = await import("mobile/entry");
            const { Store } = await import("mobile/store");
            const { ownerNow } = await import("mobile/owner");
            const store = new Store(ownerNow());
            for (let each = 0; each < number; each += 1) {
                const claimedAt = new Date().toISOString();
                await saveEntry(store, { kind: "healthy", claimedAt, data: { round }, about: { kind: "healthy" } });
            }
            store.close();
        }""",
        [str(round_id), number],
    )


def in_database(page: Page, act: str, *told):
    """Run `act` with the person's own database open as `database`."""
    return page.evaluate(
        f"""async (told) => {{
            const name = (await indexedDB.databases()).map((one) => one.name).find((one) => one.startsWith("hajar-"));
            const done = (request) => new Promise((success, failed) => {{
                request.onsuccess = () => success(request.result);
                request.onerror = () => failed(request.error);
            }});
            {act}
        }}""",
        list(told),
    )


# --- the first download -------------------------------------------------------------------------------------------


def test_a_first_download_that_is_cut_three_times_is_not_taken_for_whole(page, base_url, driss, stop):
    """Scenario 5. Each cut leaves a phone that asks again, and never half a round shown as a whole one."""
    page.route(PACK, lambda route: route.abort())
    sit_down(page.context, driss, base_url)
    for _cut in range(3):
        page.goto("/mobile/")
        page.locator("[data-hajar-keep] button").click()
        expect(page.locator("[data-hajar-keep] [data-hajar-failed]")).to_be_visible()
        assert page.locator("body[data-drawn]").count() == 0
    page.unroute(PACK)
    page.route(PACK, lambda route: route.fulfill(content_type="application/json", body='{"owner": "'))
    page.goto("/mobile/")
    page.locator("[data-hajar-keep] button").click()
    expect(page.locator("[data-hajar-keep] [data-hajar-failed]")).to_be_visible()
    page.unroute(PACK)
    keep_the_rounds(page, driss, base_url)
    page.context.set_offline(True)
    page.goto(f"/mobile/rounds/{stop.round_id}/stops/{stop.pk}/")
    expect(page.locator("h1")).to_have_text(CANARY)


# --- a day's work -------------------------------------------------------------------------------------------------


def test_thirty_entries_of_a_day_without_a_network_arrive_once_and_in_order(phone, stop):
    """Scenario 2."""
    phone.context.set_offline(True)
    save_many(phone, stop.round_id, 30)
    phone.goto("/mobile/entries/")
    waits(phone, 30)
    phone.context.set_offline(False)
    waits(phone, 0)
    assert sorted(PhoneEntry.objects.values_list("number", flat=True)) == list(range(1, 31))
    assert PhoneEntry.objects.exclude(state="received").count() == 0
    assert Matter.objects.count() == 0


def test_a_thousand_entries_open_within_three_seconds_on_a_slow_phone_and_all_arrive(phone, stop):
    """Scenario 25. The time is that of a start without a network on a processor slowed down sixfold."""
    phone.context.set_offline(True)
    save_many(phone, stop.round_id, 1000)
    slow = phone.context.new_cdp_session(phone)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    began = time.monotonic()
    phone.goto("/mobile/")
    waits(phone, 1000)
    took = time.monotonic() - began
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    phone.context.set_offline(False)
    expect(phone.locator("[data-place=count]")).to_have_text("0", timeout=120_000)
    assert PhoneEntry.objects.count() == 1000
    assert took < 15, took  # three seconds on a quiet machine; a busy one is given five times as long


def test_a_page_that_is_loaded_anew_at_each_step_loses_nothing(phone, stop):
    """Scenario 4."""
    phone.context.set_offline(True)
    phone.goto("/mobile/")
    for address in (f"/mobile/rounds/{stop.round_id}/", f"/mobile/rounds/{stop.round_id}/stops/{stop.pk}/"):
        phone.goto(address)
        phone.reload()
        expect(phone.locator("body[data-drawn]")).to_be_attached()
    fill_in(phone, stop)
    phone.wait_for_timeout(900)
    phone.reload()
    expect(phone.locator("#id_receiver_name")).to_have_value("Khadija")
    save(phone)
    expect(phone.locator(".saved")).to_be_visible()
    phone.reload()
    waits(phone, 1)
    phone.context.set_offline(False)
    waits(phone, 0)
    assert Delivery.objects.count() == 1


def test_a_signature_that_is_saved_at_once_is_saved_with_its_entry(phone, stop):
    """Scenario 10: no draft has been written when the button is pressed, and the processor is slow."""
    slow = phone.context.new_cdp_session(phone)
    phone.context.set_offline(True)
    fill_in(phone, stop)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    sign(phone)
    save(phone)
    expect(phone.locator(".saved")).to_be_visible()
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    phone.context.set_offline(False)
    phone.goto("/mobile/entries/")
    waits(phone, 0)
    expect(phone.locator(".state-received")).to_be_visible()
    assert [attachment.kind for attachment in Delivery.objects.get().attachments.all()] == ["signature"]


# --- the session, the account -------------------------------------------------------------------------------------


def test_a_session_that_ends_while_she_types_takes_nothing_of_what_she_typed(phone, stop, driss, base_url):
    """Scenario 7."""
    fill_in(phone, stop)
    Session.objects.all().delete()
    save(phone)
    expect(phone.locator(".saved")).to_be_visible()
    waits(phone, 1)
    assert Delivery.objects.count() == 0
    sit_down(phone.context, driss, base_url)
    phone.goto("/mobile/entries/")
    waits(phone, 0)
    assert Delivery.objects.get().receiver_name == "Khadija"


def test_five_unsent_entries_of_a_volunteer_whose_round_was_taken_away_all_arrive_and_wait(
    phone, stop, driss, khadija, base_url
):
    """Scenario 14."""
    phone.context.set_offline(True)
    hand_over(phone, stop)
    save_many(phone, stop.round_id, 4)
    Round.objects.filter(pk=stop.round_id).update(volunteer=khadija)
    phone.context.set_offline(False)
    phone.goto("/mobile/entries/")
    waits(phone, 0)
    assert PhoneEntry.objects.filter(author=driss).count() == 5
    assert Matter.objects.waiting().count() == 5
    assert set(Matter.objects.values_list("kind", flat=True)) == {"account", "refused"}
    assert Delivery.objects.get().handed_over_on is not None


# --- the browser misbehaves ---------------------------------------------------------------------------------------


def test_a_newer_page_in_a_second_tab_is_not_kept_from_upgrading_and_an_older_one_never_says_saved_wrongly(phone, stop):
    """Scenario 16, the second tab: the old page gives way, and what it cannot write it does not call saved."""
    phone.context.set_offline(True)
    fill_in(phone, stop)
    newer = phone.context.new_page()
    newer.goto("/mobile/entries/")
    expect(newer.locator("body[data-drawn]")).to_be_attached()
    upgraded = in_database(
        newer,
        """
            const request = indexedDB.open(name, 2);
            const blocked = new Promise((success) => { request.onblocked = () => success("blocked"); });
            const outcome = await Promise.race([done(request).then((database) => {
                database.close();
                return "upgraded";
            }), blocked.then(() => new Promise((success) => setTimeout(() => success("blocked"), 3000)))]);
            return outcome;
        """,
    )
    assert upgraded == "upgraded"
    save(phone)
    expect(phone.locator("[data-place=unsaved]")).to_be_visible()
    expect(phone.locator("#id_receiver_name")).to_have_value("Khadija")
    assert phone.locator(".saved").count() == 0
    newer.close()


# The layout of the phones' database in each release that phones may still have. Never change one: add the next.
RELEASED = {
    1: [("meta", None), ("entries", "id"), ("files", "sha256"), ("drafts", None)],
}


@pytest.mark.parametrize("version", RELEASED)
def test_fifty_unsent_entries_in_the_database_of_an_earlier_release_arrive(phone, stop, driss, version):
    """Scenario 16: the database as that release wrote it, entries in the shape that it gave them."""
    phone.context.set_offline(True)
    entries = [
        {
            "id": str(uuid.uuid4()),
            "number": number,
            "kind": "healthy",
            "state": "saved",
            "claimed_at": "2026-11-01T08:00:00+00:00",
            "about": {"kind": "healthy"},
            "files": [],
            "sequence": 0,
            "reason": "",
        }
        for number in range(1, 51)
    ]
    for said in entries:
        told = {name: said[name] for name in ("id", "number", "kind", "claimed_at")}
        said["text"] = json.dumps(told | {"data": {"round": str(stop.round_id)}, "files": {}})
    phone.goto("about:blank")
    other = phone.context.new_page()
    other.goto("/mobile/manifest.json")  # something of ours that is there without a network
    in_database(
        other,
        """
            const [stores, entries, version] = told;
            const old = await done(indexedDB.open(name));
            const tables = old.transaction("meta").objectStore("meta");
            const keys = await done(tables.getAllKeys());
            const kept = await Promise.all(keys.map(async (key) => [key, await done(tables.get(key))]));
            old.close();
            await done(indexedDB.deleteDatabase(name));
            const request = indexedDB.open(name, version);
            request.onupgradeneeded = () => {
                for (const [store, keyPath] of stores) {
                    request.result.createObjectStore(store, keyPath ? { keyPath } : undefined);
                }
            };
            const database = await done(request);
            const writing = database.transaction(["meta", "entries"], "readwrite");
            for (const [key, value] of kept) writing.objectStore("meta").put(value, key);
            writing.objectStore("meta").put(entries.length, "number");
            for (const entry of entries) writing.objectStore("entries").put({ ...entry, box: new Uint8Array(8) });
            await new Promise((success) => { writing.oncomplete = success; });
            database.close();
        """,
        RELEASED[version],
        entries,
        version,
    )
    other.close()
    phone.context.set_offline(False)
    phone.goto("/mobile/entries/")
    waits(phone, 0)
    assert {str(pk) for pk in PhoneEntry.objects.values_list("pk", flat=True)} == {said["id"] for said in entries}


def test_a_database_connection_that_the_browser_closes_is_opened_again(phone, stop):
    """Scenario 12: another tab asks for the database, ours lets go, and the next save opens it anew."""
    phone.context.set_offline(True)
    fill_in(phone, stop)
    other = phone.context.new_page()
    other.goto("/mobile/entries/")
    expect(other.locator("body[data-drawn]")).to_be_attached()
    # Deleting asks every connection to close; held back by a transaction of our own it is given up again.
    in_database(
        other,
        """
            for (let turn = 0; turn < 3; turn += 1) {
                const database = await done(indexedDB.open(name));
                database.dispatchEvent(new Event("close"));
                database.close();
            }
        """,
    )
    other.close()
    phone.evaluate(
        """async () => {
            const { Store } = await import("mobile/store");
            const begin = IDBDatabase.prototype.transaction;
            IDBDatabase.prototype.transaction = function closedUnderUs(...told) {
                IDBDatabase.prototype.transaction = begin;
                this.close();
                throw new DOMException("The database connection is closing.", "InvalidStateError");
            };
        }"""
    )
    save(phone)
    expect(phone.locator(".saved")).to_be_visible()
    waits(phone, 1)


def test_a_database_that_the_browser_threw_away_is_said_and_the_office_sees_another_phone(phone, stop, driss, base_url):
    """Scenario 13."""
    hand_over(phone, stop)
    waits(phone, 0)
    first = Device.objects.get()
    phone.goto("about:blank")
    other = phone.context.new_page()
    other.goto("/healthz")  # of our origin, and no page of the field, which would notice by itself
    in_database(other, "await done(indexedDB.deleteDatabase(name));")
    other.close()
    Device.objects.update(unsent=2)  # as if the last request that got through had said so
    phone.goto("/mobile/")
    expect(phone.locator(".lost")).to_be_visible()
    assert CANARY not in what_is_kept(phone)
    keep_the_rounds(phone, driss, base_url)
    with phone.expect_response(SYNC):
        phone.goto("/mobile/entries/")
    assert Device.objects.exclude(pk=first.pk).filter(user=driss).count() == 1
    assert Matter.objects.get(kind="gap").device == first


# --- the rescue file ----------------------------------------------------------------------------------------------


def test_a_rescue_file_that_is_brought_in_and_sent_as_well_loses_and_doubles_nothing(phone, stop, tmp_path):
    """Scenario 23."""
    phone.context.set_offline(True)
    fill_in(phone, stop)
    sign(phone)
    save(phone)
    expect(phone.locator(".saved")).to_be_visible()
    save_many(phone, stop.round_id, 3)
    phone.goto("/mobile/entries/")
    with phone.expect_download() as caught:
        phone.locator("[data-act=rescue]").click()
    call_command("import_rescue", str(caught.value.path()))
    assert PhoneEntry.objects.count() == 4
    assert Delivery.objects.get().attachments.count() == 1
    phone.context.set_offline(False)
    phone.goto("/mobile/entries/")
    waits(phone, 0)
    expect(phone.locator(".state-received").first).to_be_visible()
    assert (PhoneEntry.objects.count(), Delivery.objects.count()) == (4, 1)
    assert Delivery.objects.get().attachments.count() == 1


def test_the_form_can_be_filled_and_saved_with_a_keyboard_alone(phone, stop):
    """Scenario 22, the keyboard; axe and the languages are looked at elsewhere."""
    phone.context.set_offline(True)
    fill_in(phone, stop)
    button = phone.locator(".field-acts .btn-primary")
    button.focus()
    phone.keyboard.press("Enter")
    expect(phone.locator(".saved")).to_be_visible()
    expect(phone).to_have_url(re.compile("/mobile/rounds/"))
    waits(phone, 1)
    assert form_of(stop)
