"""The story of a child who was registered twice: warned of, compared, made one file, and taken back."""

import re

import pytest
from playwright.sync_api import expect

from beneficiaries.models import Child, DuplicatePair, Merge
from tests.browser.visiting import DESK, PHONE, complaints_of, sit_down, speak, too_wide
from tests.factories import ChildFactory, DuplicatePairFactory, FamilyFactory, GuardianFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(page, base_url, karim):
    speak(page.context, "en", base_url)
    sit_down(page.context, karim, base_url)
    page.set_viewport_size(DESK)
    complaints = complaints_of(page)
    yield page
    assert complaints == []


def test_the_warning_comes_while_the_form_is_filled_in_and_goes_when_it_is_corrected(desk):
    known, family = ChildFactory(), FamilyFactory()
    GuardianFactory(family=family)
    desk.goto(f"/children/new/?family={family.pk}")
    desk.locator("#id_given_name_latin").fill("Chaymaa")
    desk.locator("#id_family_name_latin").fill("Lamrani")
    desk.locator("#id_born_on").fill("05/08/2017")
    desk.locator("#id_born_on").press("Tab")
    expect(desk.locator("#matches")).to_contain_text(known.reference)
    desk.locator("#id_born_on").fill("05/08/2009")
    desk.locator("#id_born_on").press("Tab")
    expect(desk.locator("#matches")).to_have_count(0)


def test_a_duplicate_is_resolved_and_taken_back(desk):
    pair = DuplicatePairFactory(child__school="attends", other__school="irregular", other__family=FamilyFactory())
    DuplicatePairFactory(score=50)
    desk.goto("/duplicates/")
    desk.get_by_role("link", name=re.compile("Compare")).first.click()
    desk.wait_for_url(f"**{pair.get_absolute_url()}")  # with its scripts: a key before them is nobody's
    desk.keyboard.press("j")
    desk.wait_for_url(lambda url: str(pair.pk) not in url)
    desk.keyboard.press("k")
    expect(desk).to_have_url(re.compile(str(pair.pk)))
    desk.locator("input[name=school][value=second]").check()
    desk.locator("#id_confirmed").check()
    desk.locator("#merge button[type=submit]").click()
    expect(desk).to_have_url(re.compile("/merges/"))
    merge = Merge.objects.get()
    assert Child.objects.get(pk=merge.kept_id).school == pair.second.school
    desk.goto(Child.with_merged.get(pk=merge.gone_id).get_absolute_url())
    expect(desk).to_have_url(re.compile(str(merge.kept_id)))
    desk.goto(merge.get_absolute_url())
    desk.locator("#id_reason").fill("Two cousins")
    desk.locator("main form button[type=submit]").last.click()
    expect(desk.locator("main")).to_contain_text("Two cousins")
    assert Child.objects.filter(pk__in=[pair.first_id, pair.second_id]).count() == 2
    assert DuplicatePair.objects.get(pk=pair.pk).state == "not_the_same"


def test_two_files_fit_side_by_side_on_a_phone(desk):
    pair = DuplicatePairFactory(child__notes="x" * 120)
    desk.set_viewport_size(PHONE)
    for address in ("/duplicates/", pair.get_absolute_url()):
        desk.goto(address)
        assert too_wide(desk) == ""
