"""The assessment at a kitchen table: what is typed is saved as one goes, and survives the network and another hand."""

import re
import time

import pytest
from playwright.sync_api import expect

from beneficiaries import assessing
from beneficiaries.models import Assessment
from tests.factories import ChildFactory


@pytest.fixture
def draft(transactional_db, samira):
    return assessing.begin_assessment(child=ChildFactory(), by=samira)


@pytest.fixture
def form(page, context, client, samira, draft, base_url):
    client.force_login(samira)
    context.add_cookies(
        [
            {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base_url},
            {"name": "django_language", "value": "en", "url": base_url},
        ]
    )
    page.set_viewport_size({"width": 820, "height": 1100})
    page.goto(f"/assessments/{draft.pk}/edit/")
    return page


def stored(draft):
    return Assessment.objects.get(pk=draft.pk)


def note(form):
    return form.locator("[data-saved]")


def choose(form, question, answer):
    form.locator(f"#q-{question}").get_by_role("radio", name=answer, exact=True).check()


def test_answers_are_saved_as_one_goes(form, draft):
    choose(form, "mobility", "unsteady, falls often")
    form.locator("#id_goals").fill("Voir la mer")
    expect(note(form)).to_have_text(re.compile(r"Saved at \d\d:\d\d"))
    assert (stored(draft).mobility, stored(draft).goals) == ("unsteady", "Voir la mer")


def test_what_was_typed_is_saved_on_the_way_out(form, draft, base_url):
    form.locator("#id_goals").fill("Voir la mer")
    form.goto(f"{base_url}/healthz")
    deadline = time.monotonic() + 5
    while stored(draft).goals == "" and time.monotonic() < deadline:
        time.sleep(0.1)
    assert stored(draft).goals == "Voir la mer"


def test_centimetres_are_mended_by_one_tap(form, draft):
    form.locator("#id_hip_width_mm").fill("٢٧")
    form.locator("#id_mass_kg").focus()
    form.locator("#said-hip_width_mm button").first.click()
    expect(form.locator("#id_hip_width_mm")).to_have_value("270")
    expect(form.locator("#said-hip_width_mm")).to_be_empty()
    expect(note(form)).to_have_text(re.compile("Saved at"))
    assert stored(draft).hip_width_mm == 270


def test_the_chair_is_asked_about_only_if_there_is_one(form):
    question = form.locator("#q-chair_fits")
    expect(question).to_be_hidden()
    choose(form, "has_chair", "yes")
    expect(question).to_be_visible()
    choose(form, "has_chair", "preferred not to answer")
    expect(question).to_be_hidden()


def test_what_is_missing_gets_less(form):
    missing = form.locator("[data-standing] summary .standing__count")
    before = int(missing.inner_text())
    choose(form, "palliative", "no")
    expect(missing).to_have_text(str(before - 1))


def test_without_network_the_answers_stay_and_are_sent_later(form, context, draft):
    context.set_offline(True)
    choose(form, "mobility", "unsteady, falls often")
    expect(note(form)).to_have_text("Not saved: no network. Your answers are kept here.")
    context.set_offline(False)
    expect(note(form)).to_have_text(re.compile("Saved at"))
    assert stored(draft).mobility == "unsteady"


def test_another_hand_is_told_of_and_mine_may_stay(form, draft):
    assessing.save_draft(draft, version=0, answers={"goals": "Jouer dehors", "injury": "none"})
    form.locator("#id_goals").fill("Voir la mer")
    conflict = form.locator("[data-conflict]")
    expect(conflict).to_be_visible()
    expect(conflict).to_contain_text("Jouer dehors")
    expect(form.locator("#id_goals")).to_have_value("Voir la mer")
    conflict.get_by_role("button", name="Keep my answers").click()
    expect(conflict).to_be_hidden()
    expect(form.locator("#q-injury input[value=none]")).to_be_checked()
    assert (stored(draft).goals, stored(draft).injury) == ("Voir la mer", "none")


def test_enter_in_a_measure_saves_and_takes_no_offer(form, draft):
    form.locator("#id_hip_width_mm").fill("27")
    expect(form.locator("#said-hip_width_mm button")).to_be_visible()
    form.locator("#id_mass_kg").fill("26")
    form.locator("#id_mass_kg").press("Enter")
    expect(form.get_by_text("The draft is saved.")).to_be_visible()
    assert stored(draft).hip_width_mm == 27
