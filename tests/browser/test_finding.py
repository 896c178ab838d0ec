"""A story: find a child across scripts with the keyboard alone, and let the form write the other script."""

import pytest
from playwright.sync_api import expect

from beneficiaries.models import Child, NameAlias
from tests.browser.visiting import DESK, PHONE, complaints_of, sit_down, speak, too_wide
from tests.factories import ChildFactory, FamilyFactory

SUGGEST = "**/names/suggest/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(page, base_url, samira):
    speak(page.context, "fr", base_url)
    sit_down(page.context, samira, base_url)
    page.set_viewport_size(DESK)
    complaints = complaints_of(page)
    yield page
    assert complaints == []


def test_a_child_written_in_one_script_is_found_in_the_other_without_a_mouse(desk):
    arabic = ChildFactory(arabic_only=True, given_name_arabic="سكينة", family_name_arabic="بنجلون")
    latin = ChildFactory(latin_only=True, given_name_latin="Yassine", family_name_latin="Bouazza")
    ChildFactory(latin_only=True, given_name_latin="Yasmine", family_name_latin="Bouazza")
    desk.goto("/needs/")
    search, found = desk.locator("[data-hajar-search]"), desk.locator("#search-found")

    desk.keyboard.press("/")
    desk.keyboard.type("soukaina benjel")
    expect(found.get_by_role("option")).to_have_count(1)
    expect(search).to_have_attribute("aria-expanded", "true")
    desk.keyboard.press("ArrowDown")
    expect(found.get_by_role("option")).to_have_attribute("aria-selected", "true")
    expect(search).to_have_attribute("aria-activedescendant", "found-child-1")
    desk.keyboard.press("Enter")
    desk.wait_for_url(lambda url: url.endswith(arabic.get_absolute_url()))

    desk.keyboard.press("/")
    desk.keyboard.type("ياسين بوعزة")
    expect(found.get_by_role("option").first).to_contain_text("Yassine")
    desk.keyboard.press("Escape")
    expect(found).to_be_hidden()
    expect(search).to_be_focused()
    desk.keyboard.press("Escape")
    expect(search).not_to_be_focused()  # and one is back on the page
    expect(search).to_have_value("ياسين بوعزة")
    desk.keyboard.press("/")
    desk.keyboard.press("Enter")
    expect(desk.locator("main .row-line__title a").first).to_have_text("Yassine Bouazza")
    desk.locator("main .row-line__title a").first.focus()
    desk.keyboard.press("Enter")
    desk.wait_for_url(lambda url: url.endswith(latin.get_absolute_url()))


def test_on_a_phone_the_suggestions_stay_on_the_screen(desk):
    ChildFactory(given_name_latin="Fatima Zahra " * 4, family_name_latin="Benchentoufi Lamrani " * 2)
    desk.set_viewport_size(PHONE)
    desk.goto("/children/")
    desk.locator("[data-hajar-search]").fill("fatima zahra")
    expect(desk.locator("#search-found")).to_be_visible()
    assert too_wide(desk) == ""


def test_the_form_offers_the_other_script_and_learns_from_what_is_corrected(desk):
    NameAlias.objects.create(latin="Tilila", arabic="تليلا")
    family = FamilyFactory()
    desk.goto(f"/children/new/?family={family.pk}")
    given_latin, given_arabic = desk.locator("#id_given_name_latin"), desk.locator("#id_given_name_arabic")
    family_latin, family_arabic = desk.locator("#id_family_name_latin"), desk.locator("#id_family_name_arabic")

    given_latin.press_sequentially("Tilila")
    offer = desk.get_by_role("button", name="تليلا")
    offer.click()
    expect(given_arabic).to_have_value("تليلا")
    expect(offer).to_have_count(0)
    family_latin.press_sequentially("Ouhammo")
    expect(desk.locator(".name-offers button")).not_to_have_count(0)
    on_their_way = []
    desk.route(SUGGEST, lambda route: on_their_way.append(route))
    with desk.expect_request(SUGGEST):
        family_latin.press_sequentially("u")
    family_arabic.fill("أوحمو")  # her own way
    expect(desk.locator(".name-offers button")).to_have_count(0)
    with desk.expect_response(SUGGEST):
        for late in on_their_way:
            late.continue_()
    desk.unroute(SUGGEST)
    desk.wait_for_timeout(300)  # in which the page would show what came
    expect(desk.locator(".name-offers button")).to_have_count(0)
    desk.locator("#id_born_on").fill("05/08/2017")
    desk.locator("input[name=sex][value=F]").check(force=True)
    desk.locator(".form-acts button[type=submit]").click()
    desk.wait_for_url(lambda url: "/children/new/" not in url)
    child = Child.objects.get()
    assert child.full_name_arabic == "تليلا أوحمو"
    assert NameAlias.objects.get(latin="Ouhammou").arabic == "أوحمو"

    desk.goto(f"/children/new/?family={FamilyFactory().pk}")
    desk.locator("#id_family_name_latin").press_sequentially("Ouhammou")
    expect(desk.get_by_role("button", name="أوحمو")).to_be_visible()
