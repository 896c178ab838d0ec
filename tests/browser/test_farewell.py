"""A coordinator closes the file of a child who has died, at her desk: calmly, once, and everything is silent."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.visiting import DESK, complaints_of, sit_down, speak, too_wide
from tests.factories import AllocationFactory, ChildFactory, GuardianFactory, NeedFactory, RoundFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_file_is_closed_after_a_death_and_taken_back_when_it_was_a_mistake(page, base_url, language, karim, driss):
    speak(page.context, language, base_url)
    sit_down(page.context, karim, base_url)
    page.set_viewport_size(DESK)
    complaints = complaints_of(page)
    need = NeedFactory(is_urgent=True, urgent_since=timezone.localdate())
    child = need.child
    brother = ChildFactory(family=child.family, given_name_latin="Anas", given_name_arabic="أنس", sex="M")
    GuardianFactory(family=child.family, is_first_contact=True)
    reserved = AllocationFactory(need=need, approved=True, round=RoundFactory(volunteer=driss))
    name = child.given_name_arabic if language == "ar" else child.given_name_latin

    # The page of the status leads to a page of its own, which says what follows and names the brother.
    page.goto(child.get_absolute_url())
    page.locator(f"main a[href='{reverse('beneficiaries:child_status_edit', args=[child.pk])}']").click()
    page.locator(f"main a[href='{reverse('beneficiaries:child_death', args=[child.pk])}']").click()
    expect(page.locator(".farewell")).to_contain_text("أنس" if language == "ar" else "Anas")
    assert too_wide(page) == ""

    # Without the tick nothing happens, and what was typed stays.
    page.locator("[name=note]").fill("Sa tante nous a appelés.")
    page.locator("main .form-acts button[type=submit]").click()
    expect(page.locator("[name=note]")).to_have_value("Sa tante nous a appelés.")
    need.refresh_from_db()
    assert need.is_open
    page.locator("[name=confirmed]").check()
    page.locator("main .form-acts button[type=submit]").click()

    # The file is quiet: a word, the family, the story. No score, no warning.
    expect(page.locator(".farewell")).to_contain_text(name)
    expect(page.locator("main .score-ring, main .journey, main .notice--warn, main .notice--urgent")).to_have_count(0)
    reserved.refresh_from_db()
    assert reserved.status == "released"
    page.goto(reverse("beneficiaries:need_list"))
    expect(page.locator("main")).not_to_contain_text(child.reference)
    page.goto("/")
    expect(page.locator(f"main a[href='{child.get_absolute_url()}']")).to_have_count(0)

    # It was a mistake: taken back with a reason; the need stays closed, the brother was never touched.
    page.goto(reverse("beneficiaries:child_status_edit", args=[child.pk]))
    expect(page.locator("[name=status][value=active]")).to_be_checked()
    page.locator("[name=note]").fill("Une homonyme")
    page.locator("main .form-acts button[type=submit]").click()
    expect(page.locator(".farewell")).to_have_count(0)
    child.refresh_from_db()
    brother.refresh_from_db()
    assert (child.is_followed, brother.is_followed) == (True, True)
    assert not child.needs.filter(closed_on=None).exists()
    assert [line for line in complaints if "422" not in line] == []
