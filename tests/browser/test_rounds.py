"""A round from the plan to the closing, told by three people: one plans, one loads, one types the paper in."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from distributions.models import Allocation, Delivery, Round
from tests.browser.visiting import DESK, PHONE, complaints_of, sit_down, speak, too_wide
from tests.factories import AllocationFactory, InitiativeFactory, province

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def url(name, *args):
    return reverse(f"distributions:{name}", args=args)


def confirm(page, action: str) -> None:
    """Send the small form of one act, and say yes to its question."""
    page.locator(f"form[action='{action}'] button[type=submit]").click()
    page.get_by_role("dialog").locator("[value=yes]").click()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_round_is_made_ordered_loaded_typed_in_and_closed(page, base_url, language, karim, omar, samira, driss):
    speak(page.context, language, base_url)
    page.set_default_timeout(30_000)
    complaints = complaints_of(page)
    initiative = InitiativeFactory()
    AllocationFactory.create_batch(2, prepared=True, initiative=initiative)
    where = f"?initiative={initiative.pk}&province={province('MA-CAS').pk}"

    # Karim finds where chairs wait, and puts the second stop first.
    page.set_viewport_size(DESK)
    sit_down(page.context, karim, base_url)
    page.goto(url("round_create"))
    page.locator(f"main a[href='{where}']").click()
    page.locator("select[name=volunteer]").select_option(str(driss.pk))
    page.locator("input[name=day]").fill(timezone.localdate().strftime("%d/%m/%Y"))
    rows = page.locator("[data-hajar-order-item]")
    second = rows.nth(1).locator("input[type=checkbox]").get_attribute("name").removeprefix("take_")
    rows.nth(1).locator(".order-acts button").first.click()
    expect(rows.first.locator("input.order")).to_have_value("1")
    page.locator(".form-acts button[type=submit]").first.click()
    expect(page.locator("#stops li")).to_have_count(2)
    round_ = Round.objects.get()
    first, other = round_.allocations.select_related("chair").order_by("stop")
    assert str(first.pk) == second

    # Omar loads by the labels, at the vehicle, on his phone.
    page.set_viewport_size(PHONE)
    sit_down(page.context, omar, base_url)
    page.goto(url("round_loading", round_.pk))
    assert too_wide(page) == ""
    for allocation in (first, other):
        page.locator("input[name=number]").fill(allocation.chair.label)
        page.keyboard.press("Enter")
        expect(page.locator(".tag--good .bi-truck")).to_have_count(1 if allocation == first else 2)

    # The paper comes back: Samira prints it once more and types it in without the mouse.
    page.set_viewport_size(DESK)
    sit_down(page.context, samira, base_url)
    answer = page.context.request.get(url("round_paper", round_.pk))
    assert answer.body().startswith(b"%PDF-")
    page.goto(url("round_type_in", round_.pk))
    page.locator("input[name=is_healthy]").check()
    page.locator("[data-hajar-typing-stop] input[type=radio]").first.focus()
    page.keyboard.press("1")
    page.keyboard.type("0001")
    page.keyboard.press("Tab")
    page.keyboard.type("Khadija")
    stops = page.locator("[data-hajar-typing-stop]")
    stops.first.locator("select[name$='-receiver_relation']").select_option("mother")
    stops.first.locator("input[name$='-all_done']").check()
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    page.keyboard.type("0002")
    expect(stops.nth(1).locator("input[name$='-receiver_name']")).to_be_hidden()
    page.locator(".typing .form-acts button[type=submit]").press("Enter")
    expect(page.locator(".paper-stop__told")).to_have_count(2)
    assert {entry.outcome for entry in Delivery.objects.all()} == {"delivered", "not_at_home"}
    assert {entry.typed_in_by for entry in Delivery.objects.all()} == {samira}

    # What did not stay comes back; then the round is closed.
    sit_down(page.context, karim, base_url)
    page.goto(url("round_reckoning", round_.pk))
    expect(page.locator(".reckon--open")).to_have_count(1)
    page.locator(".scan input[name=number]").fill(other.chair.label)
    page.keyboard.press("Enter")
    expect(page.locator(".reckon--open")).to_have_count(0)
    confirm(page, url("round_close", round_.pk))
    expect(page.locator(".title-row .bi-lock")).to_be_visible()
    assert Round.objects.get().closed_by == karim
    assert Allocation.objects.get(pk=first.pk).status == "delivered"

    # No page sticks out of a phone.
    page.set_viewport_size(PHONE)
    names = ["round_detail", "round_loading", "round_reckoning", "round_type_in", "round_as_volunteer"]
    for address in [url("round_list") + "?show=all", url("round_create"), *(url(name, round_.pk) for name in names)]:
        page.goto(address)
        assert too_wide(page) == "", address
    assert complaints == []


def test_stops_are_dragged_into_another_order(page, base_url, karim, driss):
    from distributions import travelling

    speak(page.context, "fr", base_url)
    initiative = InitiativeFactory()
    rows = AllocationFactory.create_batch(3, prepared=True, initiative=initiative)
    round_ = travelling.plan_round(
        initiative=initiative, volunteer=driss, province=province("MA-CAS"),
        day=timezone.localdate() + timedelta(days=1), allocations=rows, by=karim,
    )  # fmt: skip
    page.set_viewport_size(DESK)
    sit_down(page.context, karim, base_url)
    page.goto(round_.get_absolute_url())
    items = page.locator("[data-hajar-order-item]")
    with page.expect_navigation():
        items.nth(2).locator(".avatar").drag_to(items.nth(0), target_position={"x": 60, "y": 4})
    assert list(round_.allocations.order_by("stop")) == [rows[2], rows[0], rows[1]]
