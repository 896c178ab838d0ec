"""A day without a mouse: the search is one key away, the main act a few, and every dialog lets one out again."""

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import DESK, PHONE, complaints_of, sit_down, speak
from tests.factories import AssessmentFactory, ChildFactory, GuardianFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(page, base_url, samira):
    speak(page.context, "fr", base_url)
    sit_down(page.context, samira, base_url)
    page.set_viewport_size(DESK)
    complaints = complaints_of(page)
    yield page
    assert complaints == []


def tab_until(page, locator, *, at_most: int) -> int:
    """Press Tab until this element has the focus, and see it there; returns how often that took."""
    for presses in range(1, at_most + 1):
        page.keyboard.press("Tab")
        if locator.evaluate("element => element === document.activeElement"):
            outline = locator.evaluate(
                "element => getComputedStyle(element).outlineStyle + getComputedStyle(element).boxShadow"
            )
            assert outline != "nonenone", "the focus cannot be seen"
            return presses
    raise AssertionError(f"not reached with {at_most} times Tab")


def test_a_slash_leads_to_the_search(desk):
    child = ChildFactory()
    desk.goto("/children/")
    desk.keyboard.press("/")
    search = desk.get_by_role("search").locator("input")
    expect(search).to_be_focused()
    expect(search).to_have_value("")  # the key itself is not typed
    desk.keyboard.type("chaimae / amrani")  # but here it is a character
    expect(search).to_have_value("chaimae / amrani")
    search.fill("chaimae amrani")
    desk.keyboard.press("Enter")
    expect(desk.locator("main")).to_contain_text(child.reference)


def test_the_first_key_skips_to_the_content_and_a_few_more_reach_the_main_act(desk):
    desk.goto(ChildFactory().get_absolute_url())
    desk.keyboard.press("Tab")
    skip = desk.locator(".skip-link")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    desk.keyboard.press("Enter")
    expect(desk.locator("#content")).to_be_focused()
    main_act = desk.locator(".page-actions .btn-primary")
    tab_until(desk, main_act, at_most=8)
    desk.keyboard.press("Enter")
    expect(desk.locator("#assessment, main form").first).to_be_visible()


def test_a_form_that_was_not_taken_begins_at_its_first_error(desk):
    child = ChildFactory()
    guardian = GuardianFactory(family=child.family)
    desk.goto(f"/guardians/{guardian.pk}/end/")
    day = desk.locator("input[name=ended_on]")
    day.fill("")
    desk.locator("main form").evaluate("form => (form.noValidate = true)")
    day.press("Enter")
    expect(day).to_have_attribute("aria-invalid", "true")
    expect(day).to_be_focused()
    expect(day).to_be_in_viewport()


def test_a_form_refused_as_a_whole_begins_at_the_sentence_that_says_so(desk):
    """It stands above the field that is wrong as well, and below what fills the first screen: it is there at once."""
    desk.set_viewport_size(PHONE)
    desk.goto(f"/families/{ChildFactory().family_id}/guardians/new/")
    desk.locator("main form").evaluate("form => (form.noValidate = true)")
    desk.get_by_role("button", name="Enregistrer").press("Enter")
    expect(desk.locator("#id_relation")).to_have_attribute("aria-invalid", "true")
    refused = desk.locator("[data-hajar-refused]")
    expect(refused).to_be_focused()
    assert refused.evaluate("element => element.getBoundingClientRect().top >= 0")


def test_a_page_comes_back_at_its_error_without_sliding_there(desk):
    child = GuardianFactory(family=ChildFactory().family).family.children.get()
    desk.set_viewport_size(PHONE)
    desk.goto(f"/children/{child.pk}/consents/new/")
    desk.locator("main form").evaluate("form => (form.noValidate = true)")
    day = desk.locator("input[name=answered_on]")
    day.fill("demain")
    desk.locator("main .form-acts button[type=submit]").press("Enter")
    desk.wait_for_function("document.activeElement.getAttribute('aria-invalid') === 'true'")
    box = "element => [element.getBoundingClientRect().top, window.innerHeight]"
    top, height = day.evaluate(box)
    assert 0 < top < height


def test_escape_closes_a_question_and_nothing_is_done(desk):
    draft = AssessmentFactory()
    desk.goto(f"/assessments/{draft.pk}/edit/")
    discard = desk.locator("form[action$='/discard/'] button")
    discard.focus()
    desk.keyboard.press("Enter")
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator("button").first).to_be_focused()
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(discard).to_be_focused()  # where she was
    draft.refresh_from_db()


def test_escape_closes_the_menu_of_the_account(desk):
    desk.goto("/")
    menu = desk.locator(".account > button")
    menu.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(".account .dropdown-menu")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator(".account .dropdown-menu")).to_be_hidden()
    expect(menu).to_be_focused()
