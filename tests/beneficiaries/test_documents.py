"""What a family is told about the need of their child: plain, kind, complete, in their language, on one page."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from beneficiaries import assessing, documents, scoring
from beneficiaries.models import Association
from hajar.journal.models import Entry
from tests import papers
from tests.factories import AssessmentFactory, ChildFactory, FamilyFactory, GuardianFactory, NeedFactory, province

pytestmark = pytest.mark.django_db

WORST = scoring.Answers(
    mobility="lifted", has_chair="yes", chair_meets_needs="no", chair_suits_home="no", chair_fits="no",
    chair_is_safe="no", chair_cushion_relieves="no", injury="stage_2", swallowing_or_breathing_worse="yes",
    pain_or_deformity="yes", posture_level="complex", progression="rapid", out_of_school="yes", missed_treatment="yes",
    lifts_per_day=9, sole_or_burdened_carer="yes", falls_or_breathing_trouble_in_seat="yes",
    lost_chair_full_time_user="yes", palliative="yes", discharge_depends="yes",
)  # fmt: skip
BEST = scoring.Answers(
    mobility="unsteady", has_chair="yes", chair_meets_needs="yes", chair_suits_home="yes", chair_fits="yes",
    chair_is_safe="yes", chair_cushion_relieves="yes", injury="none", cannot_feel="no", risk_cannot_move="no",
    risk_moisture="no", risk_poor_posture="no", risk_poor_diet="no", risk_weight="no",
    swallowing_or_breathing_worse="no", pain_or_deformity="no", posture_level="basic", progression="static",
    out_of_school="no", missed_treatment="no", lifts_per_day=0, carer_pain=0, mass_kg=20, sole_or_burdened_carer="no",
    falls_or_breathing_trouble_in_seat="no", lost_chair_full_time_user="no", palliative="no", discharge_depends="no",
)  # fmt: skip


def scored(answers, **fields):
    """A need with the score that these answers give."""
    score = scoring.score(answers).as_dict()
    return NeedFactory(
        **{
            "score_low": score["low"],
            "score_high": score["high"],
            "parts": score["parts"],
            "flags": score["flags"],
            "is_urgent": score["urgent"],
            "urgent_since": timezone.localdate() if score["urgent"] else None,
            **fields,
        }
    )


@pytest.fixture
def phone():
    Association.objects.create(phone="+212522001122", email="contact@hajar.example")
    return "+212 5 22 00 11 22"


def words_of(need, by, language="en"):
    with translation.override(language):
        return documents.explanation_words(need, by=by)


def test_each_of_the_six_parts_is_one_sentence(samira):
    for answers in (WORST, BEST, scoring.Answers()):
        parts = words_of(scored(answers), samira)["parts"]
        with translation.override("en"):
            assert [title for title, _sentence in parts] == [str(title) for title in documents.TITLES.values()]
        assert all(sentence.endswith(".") and sentence.count(".") == 1 for _title, sentence in parts)


def test_the_worst_and_the_best_are_told_in_kind_words(samira):
    worst, best = (dict(words_of(scored(answers), samira)["parts"]) for answers in (WORST, BEST))
    assert worst["Moving about"] == "Walking is not possible, and every move needs somebody’s arms."
    assert (
        worst["Health and comfort"] == "Sitting asks for care: the skin, swallowing and breathing, pain, hips and back."
    )
    assert worst["Present chair"] == "The present chair no longer suits as it should."
    assert best["Present chair"] == "The present chair suits well."
    assert best["Health and comfort"] == "Sitting puts neither the skin nor comfort at risk."
    assert best["School and daily life"] == "School, treatment and care go on well at present."


def test_every_reason_that_a_score_can_give_is_told_or_asked():
    """A reason that NEED-1.0 learns and this paper does not would leave a family without an answer."""
    told = documents.SAID.keys() | {f"{name}.unknown" for name in scoring.ACCEPTED}
    single = {"mobility", "posture_level", "progression"}  # parts of one line
    reasons = {reason for reason in scoring.REASONS if reason.split(".")[0] in single}
    assert reasons - told == set()
    fields = {*scoring.ACCEPTED, *scoring.GROUPS, *scoring.RED_FLAGS, "lifts_per_day", "carer_pain"}
    # Answers that are only counted within a group never stand on a line of their own.
    grouped = {"risk_cannot_move", "risk_moisture", "risk_poor_posture", "risk_poor_diet", "risk_weight"}
    assert fields - grouped == documents.THINGS.keys()


def test_what_is_unknown_is_said_and_counts_against_nobody(samira):
    words = words_of(scored(scoring.Answers(mobility="lifted", posture_level="basic")), samira)
    parts = dict(words["parts"])
    assert parts["Moving about"] != parts["Over time"] == "We do not know this yet; we will ask you."
    for thing in ("the present chair", "the skin", "school", "leaving hospital"):
        assert thing in words["unknown"]
    assert "moving about" not in words["unknown"]
    assert "never counts against" in words["unknown"]
    assert words_of(scored(BEST), samira)["unknown"] == "We have an answer to every question."


def test_an_urgent_need_says_why_and_until_when_it_is_decided(samira):
    words = words_of(scored(WORST, urgent_since=date.today()), samira)
    assert words["standing"] == "Urgent"
    assert "the skin, safety in the present seat" in words["standing_sentence"]
    assert "decides by" in words["standing_sentence"]


def test_a_day_that_is_gone_is_not_promised(samira):
    words = words_of(scored(WORST, urgent_since=timezone.localdate() - timedelta(days=60)), samira)
    assert "decides by" not in words["standing_sentence"]


def test_a_need_that_is_not_urgent_stands_on_the_list_without_a_place(samira):
    words = words_of(scored(BEST), samira)
    assert words["standing"] == "On the waiting list"
    assert "No place and no date can be promised" in words["promise"]


def test_a_closed_need_says_why(samira):
    need = scored(BEST, closed_on=timezone.localdate(), closing="served_elsewhere")
    assert "served elsewhere" in words_of(need, samira)["standing_sentence"]


def test_who_decided_otherwise_is_named_with_the_reason(samira, karim):
    need = scored(BEST)
    assessing.override_need(need, by=karim, score=70, urgent=True, reason="La mère est seule depuis septembre.")
    need.refresh_from_db()
    decision = words_of(need, samira)["decision"]
    assert "Karim" in decision["sentence"]
    assert (decision["reason"], decision["reason_direction"]) == ("La mère est seule depuis septembre.", "ltr")
    assert documents.direction_of("1. الأم وحدها") == "rtl"


def test_no_points_no_diagnosis_and_no_other_child_are_on_it(samira):
    child = ChildFactory()
    NeedFactory(child=ChildFactory(given_name_latin="Anas", family=child.family))
    need = scored(WORST, child=child)
    for language in documents.LANGUAGES:
        everything = str(words_of(need, samira, language))
        for hidden in ("Anas", "AT", "ataxi", "point", "/100", str(need.score_high), "نقط", "diagnos", "تشخيص"):
            assert hidden not in everything, (language, hidden)
        assert "palli" not in everything.lower()


@pytest.mark.parametrize(("spoken", "written"), [("ar", "ar"), ("fr", "fr"), ("zgh", "ar")])
def test_a_paper_is_in_the_familys_language_unless_another_is_asked_for(spoken, written):
    family = FamilyFactory.build(language=spoken, province=None)
    assert documents.language_of(family) == written
    assert documents.language_of(family, "en") == "en"
    assert documents.language_of(family, "xx") == written


# --- on paper -------------------------------------------------------------------------------------------------------


@pytest.fixture
def longest(samira, karim, phone):
    """A need with the longest names, every reason and the longest decision."""
    child = ChildFactory(
        given_name_latin="Fatima-Zahra Moulay Abdellah Sidi Mohammed Ben Abdelkader El Idrissi El Alaoui B",
        family_name_latin="Ben Abdelkader El Idrissi El Alaoui Moulay Abdellah Sidi Mohammed Fatima-Zahra X",
        given_name_arabic="فاطمة الزهراء مولاي عبد الله سيدي محمد بن عبد القادر الإدريسي العلوي بوعنان الك"[:80],
        family_name_arabic="بن عبد القادر الإدريسي العلوي بوعنان الكبير مولاي عبد الله سيدي محمد فاطمة الز"[:80],
    )
    assessment = AssessmentFactory(child=child, complete=True, assessor__full_name="Utilisatrice " * 9)
    return scored(
        WORST,
        child=child,
        assessment=assessment,
        override_score=90,
        overridden_by=karim,
        overridden_at=timezone.now(),
        override_reason=("La mère est seule depuis septembre et la maison est à l’étage. " * 20)[:1000],
    )


@pytest.mark.parametrize("language", documents.LANGUAGES)
def test_the_longest_explanation_is_one_page(longest, samira, language):
    with translation.override(language):
        assert papers.page_count(documents.explanation_pdf(longest, by=samira)) == 1


@pytest.mark.parametrize("language", documents.LANGUAGES)
def test_numbers_run_left_to_right_on_paper(longest, samira, phone, language):
    with translation.override(language):
        said = papers.words(documents.explanation_pdf(longest, by=samira))
    assert phone in said
    assert "09-08" in said
    assert longest.child.reference in said


def test_a_number_that_is_turned_round_would_be_noticed(longest, samira, phone, monkeypatch):
    monkeypatch.setattr(documents, "contact_words", lambda association: {"phone": phone, "email": ""})
    with translation.override("ar"):
        assert phone not in papers.words(documents.explanation_pdf(longest, by=samira))


def test_arabic_is_shaped_and_can_be_read_on_paper(longest, samira):
    with translation.override("ar"):
        said = papers.words(documents.explanation_pdf(longest, by=samira))
    for word in ("الحاجة", "كرسي", "مستعجل", "الجمعية", "المدرسة", "الزهراء"):
        assert word in said


# --- on the screen --------------------------------------------------------------------------------------------------


def url_of(need, kind="need_explanation"):
    return reverse(f"beneficiaries:{kind}", args=[need.pk])


def test_the_page_speaks_the_familys_language_first(client, samira, phone):
    need = scored(WORST, child__family__province=province("MA-CAS"), child__family__language="ar")
    GuardianFactory(family=need.child.family)
    client.force_login(samira)
    page = client.get(url_of(need)).content.decode()
    assert '<article class="panel paper" lang="ar" dir="rtl">' in page
    assert "كيف قدرت الحاجة" in page
    assert (
        '<article class="panel paper" lang="fr" dir="ltr">'
        in client.get(url_of(need), {"language": "fr"}).content.decode()
    )


def test_the_pages_of_need_and_child_lead_to_it(client, samira):
    need = scored(WORST, child__family__province=province("MA-CAS"))
    client.force_login(samira)
    for page in (need.get_absolute_url(), need.child.get_absolute_url()):
        assert url_of(need) in client.get(page).content.decode()


@pytest.mark.parametrize("kind", ["need_explanation", "need_explanation_pdf"])
def test_opening_it_is_kept(client, samira, kind):
    need = scored(WORST, child__family__province=province("MA-CAS"))
    client.force_login(samira)
    client.get(url_of(need, kind), {"language": "ar"})
    entry = Entry.objects.select_related("payload").get(act="need.explained")
    assert (entry.actor, entry.object_id, entry.subject_id) == (samira, str(need.pk), need.child_id)
    assert entry.details == {"language": "ar"}


@pytest.mark.parametrize("kind", ["need_explanation", "need_explanation_pdf"])
def test_what_one_may_not_see_is_neither_shown_nor_kept(client, youssef, omar, kind):
    need = scored(WORST, child__family__province=province("MA-CAS"))
    for person, status in ((youssef, 404), (omar, 403)):
        client.force_login(person)
        assert client.get(url_of(need, kind)).status_code == status
    assert not Entry.objects.filter(act="need.explained").exists()


def test_the_file_is_named_without_a_name(client, samira):
    need = scored(WORST, child__family__province=province("MA-CAS"))
    client.force_login(samira)
    response = client.get(url_of(need, "need_explanation_pdf"), {"language": "fr"})
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'inline; filename="{need.child.reference.lower()}-explanation-fr.pdf"'


def test_the_page_costs_few_queries(client, samira, django_assert_max_num_queries):
    need = scored(WORST, child__family__province=province("MA-CAS"))
    client.force_login(samira)
    with django_assert_max_num_queries(16):
        client.get(url_of(need))
