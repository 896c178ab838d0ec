"""A child is looked at and measured on a tablet, in French and in Arabic, by finger or by keys, and nothing is lost."""

import re
import time

import pytest
from playwright.sync_api import expect

from beneficiaries import assessing
from beneficiaries.models import Assessment, Measurement, Need
from beneficiaries.scoring import RED_FLAGS
from tests.browser.visiting import TABLET, complaints_of, sit_down, speak, too_wide
from tests.factories import AssessmentFactory, ChildFactory


@pytest.fixture
def draft(transactional_db, samira):
    return assessing.begin_assessment(child=ChildFactory(), by=samira)


@pytest.fixture(params=["fr", "ar"])
def language(request):
    return request.param


@pytest.fixture
def tablet(page, context, samira, base_url, language):
    speak(context, language, base_url)
    sit_down(context, samira, base_url)
    page.set_viewport_size(TABLET)
    return page


@pytest.fixture
def form(tablet, draft):
    tablet.goto(f"/assessments/{draft.pk}/edit/")
    return tablet


def saved(form):
    expect(form.locator("[data-saved][data-state=wordsSaved]")).to_be_attached()


def tap(form, name, value):
    """A finger taps the whole box: over buttons lies the radio, over ticks the label."""
    box = form.locator(f'input[name="{name}"][value="{value}"]')
    is_tick = box.get_attribute("type") == "checkbox"
    (form.locator(f'label[for="{box.get_attribute("id")}"]') if is_tick else box).click()


def unfold(form, section):
    form.locator(f"#s-{section} summary").click()


def stored(draft):
    return Assessment.objects.get(pk=draft.pk)


def test_a_child_is_assessed_measured_and_scored(form, draft):
    complaints = complaints_of(form)
    for flag in RED_FLAGS:
        tap(form, flag, "no")
    tap(form, "mobility", "lifted")
    tap(form, "issues", "pain")
    form.locator("#id_pain_where").fill("Hanches")
    tap(form, "has_chair", "no")
    tap(form, "injury", "stage_1")
    unfold(form, "skin")
    form.locator('.spot[data-spot="heel_left"]').click()
    expect(form.locator('input[name="skin_marks-heel_left"]:focus')).to_be_attached()
    tap(form, "skin_marks-heel_left", "present")
    expect(form.locator('.spot[data-spot="heel_left"]')).to_have_attribute("data-mark", "present")
    form.locator("#id_hip_width_mm").fill("٢٧")
    form.locator("#id_rib_height_mm").focus()
    form.locator("#said-hip_width_mm button").click()
    expect(form.locator("#id_hip_width_mm")).to_have_value("270")
    form.locator("#id_calf_left_mm").fill("330")
    form.locator("#id_calf_right_mm").fill("360")
    form.locator("#id_mass_kg").fill("26,4")
    saved(form)
    form.locator("#said-calf_left_mm input[name=confirm]").check()
    form.locator(".assessment__acts button[formaction]").click()
    form.locator("dialog[open] .btn-primary").click()
    form.wait_for_url(re.compile(rf"/assessments/{draft.pk}/$"))
    kept = stored(draft)
    assert (kept.is_complete, kept.hip_width_mm, kept.calf_right_mm, kept.issues) == (True, 270, 360, ["pain"])
    assert (kept.skin_marks, kept.pain_where) == ({"heel_left": "present"}, "Hanches")
    assert Need.objects.get().assessment_id == draft.pk
    assert (too_wide(form), complaints) == ("", [])


def test_what_could_not_be_sent_survives_a_reload(form, draft):
    form.route("**/autosave/", lambda route: route.abort())
    tap(form, "issues", "fatigue")
    unfold(form, "skin")
    tap(form, "skin_marks-sacrum", "healed")
    form.locator("#id_goals").fill("Voir la mer")
    expect(form.locator("[data-saved][data-state=wordsOffline]")).to_be_attached()
    form.on("dialog", lambda question: question.accept())  # the browser asks whether to leave
    form.reload()
    expect(form.locator('input[name="issues"][value="fatigue"]')).to_be_checked()
    expect(form.locator('input[name="skin_marks-sacrum"][value="healed"]')).to_be_checked()
    expect(form.locator("#s-skin details")).to_have_attribute("open", "")
    form.unroute("**/autosave/")
    deadline = time.monotonic() + 30
    while not stored(draft).goals and time.monotonic() < deadline:
        form.wait_for_timeout(300)
    kept = stored(draft)
    assert (kept.issues, kept.skin_marks, kept.goals) == (["fatigue"], {"sacrum": "healed"}, "Voir la mer")


def test_the_keys_alone_reach_and_answer_everything(form, draft):
    form.locator("#id_assessed_on").focus()
    wanted = {"mobility", "issues", "has_chair", "hip_width_mm", "height_method", "narrowest_door_mm", "remarks"}
    reached = set()
    for _press in range(180):
        form.keyboard.press("Tab")
        name = form.evaluate("document.activeElement.name || document.activeElement.tagName.toLowerCase()")
        if name not in reached and name in ("mobility", "has_chair"):
            form.keyboard.press("ArrowDown")
        if name == "issues" and name not in reached:
            form.keyboard.press("Space")
        if name == "hip_width_mm":
            form.keyboard.type("275")
        reached.add(name)
        if wanted <= reached:
            break
    assert wanted <= reached
    assert "summary" in reached  # optional sections open by a key, too
    form.locator("#s-simulation summary").focus()
    form.keyboard.press("Enter")
    form.keyboard.press("Tab")
    form.keyboard.press("Space")
    saved(form)
    kept = stored(draft)
    assert kept.mobility and kept.has_chair
    assert (kept.issues, kept.hip_width_mm) == (["frail"], 275)
    assert kept.hand_simulation == {"pelvis": {"neutral": "yes", "support": ""}}


def test_the_drawings_look_the_way_one_reads_but_left_stays_left(form, language):
    turned = form.locator(".drawing").first.evaluate("drawing => getComputedStyle(drawing).transform")
    assert turned == ("matrix(-1, 0, 0, 1, 0, 0)" if language == "ar" else "none")
    unfold(form, "skin")
    left = form.locator('.spot[data-spot="heel_left"]').bounding_box()
    right = form.locator('.spot[data-spot="heel_right"]').bounding_box()
    assert left["x"] < right["x"]


def test_a_visit_measures_again_only_what_changes(tablet, samira, transactional_db):
    child = AssessmentFactory(complete=True, assessed_on="2026-05-03").child
    tablet.goto(f"/children/{child.pk}/")
    tablet.locator('#growth a[href$="/measurements/new/"]').click()
    expect(tablet.locator("#q-hip_width_mm .measure__before")).to_contain_text("270")
    expect(tablet.locator("#id_substitute_cm")).to_be_hidden()
    tap(tablet, "height_method", "knee_height")
    expect(tablet.locator("#id_substitute_cm")).to_be_visible()
    expect(tablet.locator("#id_height_cm")).to_be_hidden()
    tablet.locator("#id_mass_kg").fill("٢٨٫٥")
    tablet.locator("#id_hip_width_mm").fill("28")
    tablet.locator("#id_calf_left_mm").focus()
    tablet.locator("#said-hip_width_mm button").click()
    tablet.locator(".form-acts .btn-primary").click()
    tablet.wait_for_url(re.compile(rf"/children/{child.pk}/$"))
    row = Measurement.objects.get()
    assert (row.hip_width_mm, str(row.mass_kg), row.calf_left_mm) == (280, "28.5", None)
    expect(tablet.locator("#growth svg.chart")).to_have_count(2)
