"""The pages of an assessment: who may, what is kept, what is said beside which field."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from beneficiaries import assessing, scoring
from beneficiaries.models import Assessment, Need
from tests.factories import AssessmentFactory, ChildFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def child():
    return ChildFactory()


@pytest.fixture
def draft(child, samira):
    return assessing.begin_assessment(child=child, by=samira)


@pytest.fixture
def ready(child):
    return AssessmentFactory(child=child)


def url(name, row):
    return reverse(f"beneficiaries:assessment_{name}", args=[row.pk])


def fields_of(response):
    """The form as a browser would send it back unchanged."""
    form = response.context["form"]
    sent = {"version": response.context["draft"].version}
    for name in form.fields:
        value = form[name].value()
        if value not in (None, ""):
            sent[name] = form[name].field.widget.format_value(value) if name == "assessed_on" else value
    return sent


# --- beginning ----------------------------------------------------------------------------------------------------


def test_begin_leads_to_the_form(client, samira, child):
    client.force_login(samira)
    assert client.get(url("create", child)).status_code == 200
    assert not Assessment.objects.exists()
    response = client.post(url("create", child))
    assert response.headers["Location"] == url("edit", Assessment.objects.get())


def test_begin_on_a_closed_file_leads_back_with_the_reason(client, samira):
    closed = ChildFactory(status="moved")
    client.force_login(samira)
    response = client.post(url("create", closed))
    assert response.headers["Location"] == closed.get_absolute_url()
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("name", ["edit", "autosave", "complete", "discard", "detail"])
def test_another_region_finds_nothing(client, youssef, draft, name):
    client.force_login(youssef)
    response = client.get(url(name, draft)) if name in ("edit", "detail") else client.post(url(name, draft))
    assert response.status_code == 404
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize("who", ["omar", "driss", "hind"])
@pytest.mark.parametrize("name", ["edit", "autosave", "complete", "discard"])
def test_who_does_not_assess_is_refused(client, request, draft, who, name):
    client.force_login(request.getfixturevalue(who))
    assert client.post(url(name, draft)).status_code == 403


# --- the form -----------------------------------------------------------------------------------------------------


def test_every_question_of_the_model_stands_on_the_form(client, samira, draft):
    client.force_login(samira)
    html = client.get(url("edit", draft)).text
    missing = [name for name in assessing.ANSWER_FIELDS if f'name="{name}"' not in html]
    assert missing == []


def test_a_preset_says_that_it_is_a_proposal(client, samira, draft):
    client.force_login(samira)
    assert "Proposed because the file says: left school because of mobility." in client.get(url("edit", draft)).text


def test_the_form_costs_the_same_with_and_without_answers(client, samira, draft, django_assert_max_num_queries):
    client.force_login(samira)
    for row in (draft, AssessmentFactory()):
        with django_assert_max_num_queries(12):
            client.get(url("edit", row))


def test_half_answers_are_saved_without_javascript(client, samira, draft):
    client.force_login(samira)
    sent = {
        "version": 0,
        "assessed_on": "20/11/2026",
        "mobility": "unsteady",
        "has_chair": "refused",
        "mass_kg": "12,5",
    }
    response = client.post(url("edit", draft), sent)
    assert response.status_code == 302
    draft.refresh_from_db()
    assert (draft.mobility, draft.has_chair, draft.mass_kg) == ("unsteady", "refused", Decimal("12.5"))
    assert draft.out_of_school == "yes"  # what was not sent stays


def test_arabic_digits_and_a_decimal_comma_are_read(client, samira, draft):
    client.force_login(samira)
    client.post(
        url("edit", draft),
        {"version": 0, "assessed_on": "٠٥/٠٨/٢٠٢٦", "hip_width_mm": "٢٧٠", "mass_kg": "٢٦٫٤", "lifts_per_day": "٨"},
    )
    draft.refresh_from_db()
    assert (draft.hip_width_mm, draft.mass_kg, draft.lifts_per_day) == (270, Decimal("26.4"), 8)
    assert draft.assessed_on.isoformat() == "2026-08-05"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("hip_width_mm", "large"),
        ("hip_width_mm", "99999"),
        ("hip_width_mm", "-5"),
        ("mass_kg", "1e9"),
        ("mass_kg", "26,45"),
        ("height_cm", "12800"),
        ("lifts_per_day", "99999999999"),
        ("carer_pain", "11"),
        ("mobility", "flies"),
        ("assessed_on", "31/02/2026"),
        ("assessed_on", ""),
    ],
)
def test_what_no_column_can_hold_stays_on_the_page_and_the_rest_is_saved(client, samira, draft, field, typed):
    client.force_login(samira)
    sent = {"version": 0, "assessed_on": "20/11/2026", "goals": "Aller à l'école", field: typed}
    response = client.post(url("edit", draft), sent)
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {field}
    if field not in ("mobility", "carer_pain") and typed:
        assert f'value="{typed}"' in response.text
    draft.refresh_from_db()
    assert draft.goals == "Aller à l'école"


def test_centimetres_are_asked_about_with_the_value_one_tap_away(client, samira, draft):
    client.force_login(samira)
    client.post(url("edit", draft), {"version": 0, "assessed_on": "20/11/2026", "hip_width_mm": "27"})
    page = client.get(url("edit", draft)).text
    assert "Was 27 measured in centimetres? That would be 270 mm." in page
    assert 'value="hip_width_mm:270"' in page
    taken = {"version": 1, "assessed_on": "20/11/2026", "hip_width_mm": "27", "take": "hip_width_mm:270"}
    client.post(url("edit", draft), taken)
    draft.refresh_from_db()
    assert draft.hip_width_mm == 270


def test_half_a_centimetre_is_offered_in_millimetres_too(client, samira, draft):
    client.force_login(samira)
    sent = {"version": 0, "assessed_on": "20/11/2026", "hip_width_mm": "27,5", "narrowest_door_mm": "80"}
    page = client.post(url("edit", draft), sent).text
    assert 'value="hip_width_mm:275"' in page
    assert 'value="narrowest_door_mm:800"' in page


def test_an_unknown_offer_is_passed_over(client, samira, draft):
    client.force_login(samira)
    sent = {"version": 0, "assessed_on": "20/11/2026", "take": "state:complete"}
    assert client.post(url("edit", draft), sent).status_code == 302
    draft.refresh_from_db()
    assert not draft.is_complete


def test_two_people_who_answer_at_once_both_find_their_words(client, samira, salwa, draft):
    assessing.save_draft(draft, version=0, answers={"mobility": "lifted", "goals": "Jouer", "posture_level": "basic"})
    client.force_login(samira)
    sent = {"version": 0, "assessed_on": "20/11/2026", "mobility": "unsteady", "goals": "Aller à l'école"}
    response = client.post(url("edit", draft), sent)
    assert response.status_code == 409
    assert "Aller à l&#x27;école" in response.text
    assert "Meanwhile somebody else saved: Jouer" in response.text
    assert re.search(r'name="posture_level" value="basic"[^>]*checked', response.text)
    draft.refresh_from_db()
    assert draft.mobility == "lifted"
    sent["version"] = re.search(r'name="version" value="(\d+)"', response.text)[1]
    assert client.post(url("edit", draft), sent).status_code == 302
    draft.refresh_from_db()
    assert (draft.mobility, draft.goals, draft.posture_level) == ("unsteady", "Aller à l'école", "basic")


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_a_version_that_means_nothing_loses_nothing(client, samira, draft, version):
    client.force_login(samira)
    sent = {"version": version, "assessed_on": "20/11/2026", "goals": "Aller à l'école"}
    response = client.post(url("edit", draft), sent)
    assert response.status_code == 409
    assert "Aller à l&#x27;école" in response.text


# --- autosave -----------------------------------------------------------------------------------------------------


def test_autosave_keeps_what_was_sent_and_says_how_the_draft_stands(client, samira, draft):
    client.force_login(samira)
    answer = client.post(url("autosave", draft), {"version": 0, "has_chair": "yes", "hip_width_mm": "27"}).json()
    draft.refresh_from_db()
    assert (draft.has_chair, draft.hip_width_mm, draft.version) == ("yes", 27, 1)
    assert answer["version"] == 1
    assert re.fullmatch(r"\d\d:\d\d", answer["saved_at"])
    assert "270 mm" in answer["said"]["hip_width_mm"]
    assert answer["said"]["mass_kg"] == ""
    assert "#q-chair_fits" in answer["standing"]


def test_autosave_keeps_the_rest_of_what_cannot_be_kept(client, samira, draft):
    client.force_login(samira)
    answer = client.post(url("autosave", draft), {"version": 0, "mass_kg": "lourd", "mobility": "lifted"}).json()
    draft.refresh_from_db()
    assert (draft.mobility, draft.mass_kg) == ("lifted", None)
    assert answer["unsaved"] == 1
    assert answer["said"]["mass_kg"]


def test_autosave_tells_of_another_hand_in_words(client, samira, draft):
    assessing.save_draft(draft, version=0, answers={"mobility": "lifted"})
    client.force_login(samira)
    response = client.post(url("autosave", draft), {"version": 0, "mobility": "unsteady"})
    assert response.status_code == 409
    answer = response.json()
    assert answer["stale"] and answer["version"] == 1
    assert answer["theirs"][0]["words"] == "cannot walk, is lifted for every move"


def test_autosave_on_a_complete_assessment_changes_nothing(client, samira, ready):
    assessing.complete_assessment(ready, by=samira)
    client.force_login(samira)
    response = client.post(url("autosave", ready), {"version": 0, "mobility": "unsteady"})
    assert response.status_code == 409
    assert not response.json()["stale"]


def test_the_cushion_is_asked_about_only_where_the_skin_may_be_at_risk(client, samira, ready):
    client.force_login(samira)
    ready.refresh_from_db()

    def not_asked(version, **answers):
        answer = client.post(url("autosave", ready), {"version": version, **answers}).json()
        return set(answer["not_asked"]) & set(scoring.CHAIR_QUESTIONS)

    assert not_asked(0, has_chair="yes") == set()
    assert not_asked(1, cannot_feel="no", risk_moisture="no") == {"chair_cushion_relieves"}
    assert not_asked(2, has_chair="no") == set(scoring.CHAIR_QUESTIONS)


# --- several answers, parts of the body -----------------------------------------------------------------------------


def test_ticks_are_saved_and_taken_away(client, samira, draft):
    client.force_login(samira)
    client.post(url("autosave", draft), {"version": 0, "issues": ["", "pain", "fatigue"]})
    draft.refresh_from_db()
    assert draft.issues == ["pain", "fatigue"]
    client.post(url("autosave", draft), {"version": 1, "mobility": "lifted"})  # a page that did not send them
    draft.refresh_from_db()
    assert draft.issues == ["pain", "fatigue"]
    client.post(url("autosave", draft), {"version": 2, "issues": ""})
    draft.refresh_from_db()
    assert draft.issues == []


def test_an_answer_that_is_not_on_the_list_is_refused(client, samira, draft):
    client.force_login(samira)
    answer = client.post(url("autosave", draft), {"version": 0, "issues": ["", "wings"], "mobility": "lifted"}).json()
    draft.refresh_from_db()
    assert (draft.issues, draft.mobility, answer["unsaved"]) == ([], "lifted", 1)
    assert answer["said"]["issues"]


def test_the_body_map_changes_only_where_it_was_marked(client, samira, draft):
    client.force_login(samira)
    client.post(
        url("autosave", draft), {"version": 0, "skin_marks-heel_left": "present", "skin_marks-sacrum": "healed"}
    )
    client.post(url("autosave", draft), {"version": 1, "skin_marks-heel_left": "no_feeling"})
    draft.refresh_from_db()
    assert draft.skin_marks == {"sacrum": "healed", "heel_left": "no_feeling"}
    client.post(url("autosave", draft), {"version": 2, "skin_marks-sacrum": ""})
    draft.refresh_from_db()
    assert draft.skin_marks == {"heel_left": "no_feeling"}
    page = client.get(url("edit", draft)).text
    assert re.search(r'name="skin_marks-heel_left" value="no_feeling"[^>]*checked', page)
    assert re.search(r'class="spot" data-spot="heel_left" data-mark="no_feeling"', page)


@pytest.mark.parametrize("sent", [{"skin_marks-sacrum": "glows"}, {"hand_simulation-head": "maybe"}])
def test_a_mark_that_is_not_on_the_list_is_refused(client, samira, draft, sent):
    client.force_login(samira)
    assert client.post(url("autosave", draft), {"version": 0, **sent}).json()["unsaved"] == 1
    draft.refresh_from_db()
    assert (draft.skin_marks, draft.hand_simulation) == ({}, {})


def test_the_hand_simulation_keeps_the_answer_and_what_held_the_part(client, samira, draft):
    client.force_login(samira)
    client.post(url("autosave", draft), {"version": 0, "hand_simulation-head-support": " derrière la nuque "})
    client.post(url("autosave", draft), {"version": 1, "hand_simulation-head": "yes"})
    draft.refresh_from_db()
    assert draft.hand_simulation == {"head": {"neutral": "yes", "support": "derrière la nuque"}}


def test_a_page_that_comes_back_shows_the_marks_that_were_sent_and_those_that_were_not(client, samira, draft):
    assessing.save_draft(draft, version=0, answers={"skin_marks": {"sacrum": "healed"}, "issues": ["pain"]})
    client.force_login(samira)
    sent = {"version": 1, "assessed_on": "31/02/2026", "skin_marks-heel_left": "present"}
    page = client.post(url("edit", draft), sent).text
    for name, value in (("skin_marks-sacrum", "healed"), ("skin_marks-heel_left", "present"), ("issues", "pain")):
        assert re.search(rf'name="{name}" value="{value}"[^>]*checked', page), name


@pytest.mark.parametrize(
    ("question", "answers", "is_asked"),
    [
        ("pain_where", {"issues": ["", "fatigue"]}, False),
        ("pain_where", {"issues": ["", "pain"]}, True),
        ("continence_is_managed", {"issues": ["", "bowel"]}, True),
        ("injury_story", {"injury": "none"}, False),
        ("injury_story", {"injury": "past"}, True),
        ("hip_left_deg", {"hip_left_sits": "yes"}, False),
        ("hip_left_deg", {"hip_left_sits": "no"}, True),
        ("substitute_cm", {"height_method": "standing"}, False),
        ("substitute_cm", {"height_method": "knee_height"}, True),
        ("height_cm", {"height_method": "knee_height"}, False),
        ("height_cm", {}, True),
    ],
)
def test_a_question_that_depends_on_another_is_asked_after_that_answer(
    client, samira, draft, question, answers, is_asked
):
    client.force_login(samira)
    said = client.post(url("autosave", draft), {"version": 0, "place": "home", **answers}).json()
    assert (question not in said["not_asked"]) == is_asked


def test_only_what_scores_or_chooses_a_chair_is_missing(client, samira, draft):
    client.force_login(samira)
    standing = client.get(url("edit", draft)).context["standing"]
    missing = {each["name"] for section in standing for each in section["open"]}
    assert {"mobility", "conditions", "daily_ground", "hip_width_mm", "head_control", "needs_tilt"} <= missing
    assert not {"goal_1", "meal_minutes", "floor", "skin_marks", "knee_gap_mm", "trunk_width_mm"} & missing
    assert {section["id"] for section in standing if section["is_optional"]} == {"goals", "skin", "simulation", "days"}
    page = client.post(url("edit", draft), {"version": 0, "assessed_on": "20/11/2026", "posture_level": "complex"})
    assert page.status_code == 302
    standing = client.get(url("edit", draft)).context["standing"]
    assert "trunk_width_mm" in {each["name"] for section in standing for each in section["open"]}


def test_what_rarely_changes_comes_from_the_last_assessment_in_a_list_of_its_own(child, samira):
    last = AssessmentFactory(
        child=child, complete=True, issues=["pain"], daily_ground="rough", goal_1="Lire", goal_1_now=2
    )
    draft = assessing.begin_assessment(child=child, by=samira)
    assert (draft.issues, draft.daily_ground, draft.goal_1, draft.goal_1_now) == (["pain"], "rough", "Lire", None)
    assert draft.issues is not last.issues
    assert {"issues", "daily_ground", "goal_1"} <= assessing.proposals(draft).keys()


# --- completing ---------------------------------------------------------------------------------------------------


def test_completing_saves_scores_and_leads_to_the_document(client, samira, ready):
    client.force_login(samira)
    sent = fields_of(client.get(url("edit", ready))) | {"goals": "Voir la mer"}
    response = client.post(url("complete", ready), sent)
    assert response.status_code == 302, response.context["form"].errors
    assert response.headers["Location"] == url("detail", ready)
    ready.refresh_from_db()
    assert (ready.is_complete, ready.goals) == (True, "Voir la mer")
    assert Need.objects.get().score_high == 78


def test_an_unanswered_red_flag_is_named_beside_its_question_and_nothing_typed_is_lost(client, samira, ready):
    client.force_login(samira)
    sent = fields_of(client.get(url("edit", ready))) | {"palliative": "unknown", "goals": "Voir la mer"}
    response = client.post(url("complete", ready), sent)
    assert response.status_code == 422
    said = re.search(r'id="said-palliative".*?</div>', response.text, re.DOTALL)[0]
    assert "Find this out before you complete the assessment." in said
    assert "Voir la mer" in response.text
    ready.refresh_from_db()
    assert (ready.is_complete, ready.goals) == (False, "Voir la mer")


def test_an_unusual_measure_waits_for_its_tick(client, samira, ready):
    client.force_login(samira)
    sent = fields_of(client.get(url("edit", ready))) | {"calf_left_mm": "300"}
    response = client.post(url("complete", ready), sent)
    assert response.status_code == 422
    key = re.search(r'name="confirm" value="([^"]+)"', response.text)[1]
    sent |= {"version": response.context["draft"].version, "confirm": key}
    assert client.post(url("complete", ready), sent).status_code == 302
    ready.refresh_from_db()
    assert (ready.is_complete, ready.calf_left_mm) == (True, 300)


def test_an_impossible_measure_is_refused_with_its_offer(client, samira, ready):
    client.force_login(samira)
    sent = fields_of(client.get(url("edit", ready))) | {"hip_width_mm": "27"}
    response = client.post(url("complete", ready), sent)
    assert response.status_code == 422
    assert 'value="hip_width_mm:270"' in response.text
    assert not Need.objects.exists()


def test_a_bare_request_to_complete_wipes_no_answer(client, samira, ready):
    client.force_login(samira)
    client.post(url("complete", ready), {"version": 0})
    ready.refresh_from_db()
    assert ready.mobility == "lifted"


def test_completing_after_somebody_else_saved_keeps_what_was_typed(client, samira, ready):
    client.force_login(samira)
    sent = fields_of(client.get(url("edit", ready))) | {"goals": "Voir la mer"}
    assessing.save_draft(ready, version=0, answers={"goals": "Autre chose"})
    response = client.post(url("complete", ready), sent)
    assert response.status_code == 409
    assert "Voir la mer" in response.text and "Autre chose" in response.text
    ready.refresh_from_db()
    assert not ready.is_complete


# --- discarding, reading ------------------------------------------------------------------------------------------


def test_a_draft_is_discarded(client, samira, draft, child):
    client.force_login(samira)
    assert client.post(url("discard", draft)).headers["Location"] == child.get_absolute_url()
    assert not Assessment.objects.exists()


def test_a_form_left_open_on_a_discarded_draft_leads_away(client, samira, draft):
    address = url("edit", draft)
    assessing.discard_draft(draft, by=samira)
    client.force_login(samira)
    assert client.post(address, {"version": 0, "goals": "Trop tard"}).status_code == 404


def test_a_complete_assessment_reads_as_a_document_with_its_reasons(
    client, samira, ready, django_assert_max_num_queries
):
    assessing.complete_assessment(ready, by=samira)
    client.force_login(samira)
    with django_assert_max_num_queries(16):
        page = client.get(url("detail", ready)).text
    assert "78 of 100 points" in page
    assert "The child cannot walk and is lifted for every move." in page
    assert "270 mm" in page
    assert "Correct by a new assessment" in page
    assert '<input class="form-check-input"' not in page


def test_the_carer_set_stands_item_by_item_beside_the_assessment_before(client, samira, child):
    common = {"child": child, "complete": True, "goal_1": "Lire", "meal_minutes": 40}
    AssessmentFactory(**common, assessed_on=date(2026, 3, 2), goal_1_now=2, longest_carry="over_200_m")
    now = AssessmentFactory(**common, assessed_on=date(2026, 9, 2), goal_1_now=7, longest_carry="")
    client.force_login(samira)
    response = client.get(url("detail", now))
    changes = {change.label: (change.before, change.now) for change in response.context["changes"]}
    assert changes["longest carry without a rest"] == ("more than 200 m", "")
    assert changes["minutes that a meal takes"] == ("40 min", "40 min")
    assert "days out of the home in the last 28" not in changes
    (goal,) = response.context["goals"]
    assert (goal.before, goal.now) == (2, 7)
    assert "March 2, 2026" in response.text or "2 March 2026" in response.text


def test_the_document_shows_the_body_map_and_the_hand_simulation(client, samira, child):
    complete = AssessmentFactory(
        child=child,
        complete=True,
        skin_marks={"heel_left": "present"},
        hand_simulation={"head": {"neutral": "no", "support": "une main"}},
        conditions=["cerebral_palsy"],
    )
    client.force_login(samira)
    page = client.get(url("detail", complete)).text
    assert 'data-spot="heel_left" data-mark="present"' in page
    assert "Left heel · present injury" in page
    assert "no: une main" in page
    assert "cerebral palsy" in page


@pytest.mark.parametrize("name", ["edit", "complete"])
def test_the_form_of_a_complete_assessment_leads_to_its_document(client, samira, ready, name):
    assessing.complete_assessment(ready, by=samira)
    client.force_login(samira)
    response = client.get(url("edit", ready)) if name == "edit" else client.post(url(name, ready), {"version": 0})
    assert response.headers["Location"] == url("detail", ready)


def test_a_draft_leads_whoever_may_go_on_to_its_form(client, samira, draft):
    client.force_login(samira)
    assert client.get(url("detail", draft)).headers["Location"] == url("edit", draft)


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_form_and_document_speak_each_language(client, samira, ready, language):
    client.cookies["django_language"] = language
    client.force_login(samira)
    assert client.get(url("edit", ready)).status_code == 200
    assessing.complete_assessment(ready, by=samira)
    assert client.get(url("detail", ready)).status_code == 200
