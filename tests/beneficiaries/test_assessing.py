"""What holds when a child is assessed and a need takes its place, whoever does it and by whatever way."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from beneficiaries import assessing, closing, scoring
from beneficiaries.assessing import AssessmentRefused, Stale
from beneficiaries.models import Assessment, Need
from hajar.journal.models import Entry
from tests.factories import AssessmentFactory, ChildFactory, NeedFactory, UserFactory
from tests.racing import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def child():
    return ChildFactory()


@pytest.fixture
def draft(child):
    return AssessmentFactory(child=child)


def acts():
    return list(Entry.objects.order_by("sequence").values_list("act", flat=True))


def complete(draft, by, **options):
    draft.refresh_from_db()
    return assessing.complete_assessment(draft, by=by, **options)


# --- beginning ----------------------------------------------------------------------------------------------------


def test_a_draft_starts_with_what_the_register_tells(child, samira):
    draft = assessing.begin_assessment(child=child, by=samira)
    assert draft.out_of_school == "yes"  # she left school because of mobility
    assert draft.assessor == samira
    assert not draft.is_complete
    assert acts() == ["assessment.started"]


@pytest.mark.parametrize("school", ["irregular", "never_enrolled", "home_tuition", "unknown"])
def test_a_school_that_does_not_tell_leaves_the_question_open(samira, school):
    assert assessing.begin_assessment(child=ChildFactory(school=school), by=samira).out_of_school == ""


def test_a_draft_starts_from_the_last_assessment_but_never_from_its_measures_or_red_flags(child, samira):
    AssessmentFactory(child=child, complete=True, posture_level="complex", narrowest_door_mm=720, palliative="yes")
    draft = assessing.begin_assessment(child=child, by=samira)
    assert (draft.posture_level, draft.narrowest_door_mm) == ("complex", 720)
    assert (draft.palliative, draft.injury, draft.hip_width_mm, draft.mass_kg) == ("", "", None, None)


def test_what_is_proposed_says_where_it_comes_from(child, samira):
    AssessmentFactory(child=child, complete=True, assessed_on=date(2026, 5, 3))
    with translation.override("en"):
        said = assessing.proposals(assessing.begin_assessment(child=child, by=samira))
    assert "left school because of mobility" in said["out_of_school"]
    assert "2026" in said["posture_level"]
    assert "palliative" not in said


def test_a_proposal_that_was_answered_otherwise_is_no_proposal_any_more(child, samira):
    draft = assessing.begin_assessment(child=child, by=samira)
    draft.out_of_school = "no"
    assert "out_of_school" not in assessing.proposals(draft)


def test_an_open_draft_is_taken_up_again(draft, samira):
    assert assessing.begin_assessment(child=draft.child, by=samira) == draft
    assert acts() == []


def test_no_assessment_is_begun_in_a_closed_file(samira):
    with pytest.raises(AssessmentRefused):
        assessing.begin_assessment(child=ChildFactory(status="closed"), by=samira)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_begin_at_once_share_one_draft():
    child, people = ChildFactory(), [UserFactory() for _ in range(8)]
    begun = race(8, lambda index: assessing.begin_assessment(child=child, by=people[index]))
    assert len({draft.pk for draft in begun}) == 1, begun
    assert Assessment.objects.count() == 1
    assert acts() == ["assessment.started"]


# --- saving a draft -----------------------------------------------------------------------------------------------


def test_saving_counts_the_version_and_the_same_answers_again_are_harmless(draft):
    saved = assessing.save_draft(draft, version=0, answers={"mobility": "unsteady", "mass_kg": Decimal("12.5")})
    assert saved.version == 1
    assert assessing.save_draft(draft, version=0, answers={"mobility": "unsteady"}).version == 1


def test_other_answers_on_an_old_version_are_stale_and_change_nothing(draft):
    assessing.save_draft(draft, version=0, answers={"goals": "Aller à l'école"})
    with pytest.raises(Stale):
        assessing.save_draft(draft, version=0, answers={"goals": "Jouer dehors"})
    draft.refresh_from_db()
    assert draft.goals == "Aller à l'école"


def test_a_draft_accepts_a_measure_that_cannot_be_right(draft):
    assert assessing.save_draft(draft, version=0, answers={"hip_width_mm": 27}).hip_width_mm == 27


def test_a_complete_assessment_takes_no_answer(draft, samira):
    complete(draft, samira)
    with pytest.raises(AssessmentRefused):
        assessing.save_draft(draft, version=0, answers={"goals": "Autre"})


@pytest.mark.parametrize("write", ["update", "delete"])
def test_the_database_itself_refuses_to_change_a_complete_assessment(draft, samira, write):
    complete(draft, samira)
    row = Assessment.objects.filter(pk=draft.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.update(mobility="independent") if write == "update" else row._raw_delete(row.db)
    assert row.get().mobility == "lifted"


def test_a_discarded_draft_is_gone_and_its_journal_line_stays(draft, samira):
    assessing.discard_draft(draft, by=samira)
    assert not Assessment.objects.exists()
    assert acts() == ["assessment.discarded"]
    with pytest.raises(AssessmentRefused):
        assessing.save_draft(draft, version=0, answers={"goals": "Trop tard"})


def test_a_complete_assessment_is_never_discarded(draft, samira):
    complete(draft, samira)
    with pytest.raises(AssessmentRefused):
        assessing.discard_draft(draft, by=samira)


# --- completing ---------------------------------------------------------------------------------------------------


def test_completing_opens_a_need_with_its_score_and_its_reasons(draft, samira):
    need = complete(draft, samira)
    assert (need.score_low, need.score_high, need.rank_score) == (78, 78, 78)
    assert need.rule_version == "NEED-1.0"
    assert sum(part["high"] for part in need.parts) == 78
    assert need.requested_on == draft.child.requested_on
    draft.refresh_from_db()
    assert draft.is_complete and draft.completed_at
    assert acts() == ["need.opened", "assessment.completed"]


def test_every_part_of_a_need_has_a_sentence_for_each_line(draft, samira):
    need = complete(draft, samira)
    with translation.override("en"):
        parts = need.explained_parts
    assert [part.code for part in parts] == list("ABCDEF")
    assert all(reason.sentence for part in parts for reason in part.reasons)
    assert "{" not in str(parts)


@pytest.mark.parametrize("flag", scoring.RED_FLAGS)
@pytest.mark.parametrize("answer", ["", "unknown", "refused"])
def test_a_red_flag_that_nobody_answered_blocks_completion(draft, samira, flag, answer):
    Assessment.objects.filter(pk=draft.pk).update(**{flag: answer})
    with pytest.raises(AssessmentRefused) as refused:
        complete(draft, samira)
    assert refused.value.fields == (flag,)
    assert not Need.objects.exists()
    assert acts() == []


def test_an_injury_nobody_looked_for_blocks_completion(draft, samira):
    Assessment.objects.filter(pk=draft.pk).update(injury="unknown")
    with pytest.raises(AssessmentRefused) as refused:
        complete(draft, samira)
    assert refused.value.fields == ("injury",)


def test_an_impossible_measure_blocks_completion_and_is_named_with_the_offer(draft, samira):
    Assessment.objects.filter(pk=draft.pk).update(hip_width_mm=27)
    with translation.override("en"), pytest.raises(AssessmentRefused) as refused:
        complete(draft, samira)
    assert "270 mm" in refused.value.problems["hip_width_mm"]


def test_a_mass_of_nothing_is_a_mistake_and_not_a_crash(draft, samira):
    Assessment.objects.filter(pk=draft.pk).update(mass_kg=0)
    with pytest.raises(AssessmentRefused) as refused:
        complete(draft, samira)
    assert refused.value.fields == ("mass_kg",)


def test_all_that_blocks_is_said_at_once(draft, samira):
    Assessment.objects.filter(pk=draft.pk).update(hip_width_mm=27, palliative="", assessed_on=date(2999, 1, 1))
    with pytest.raises(AssessmentRefused) as refused:
        complete(draft, samira)
    assert set(refused.value.fields) == {"assessed_on", "hip_width_mm", "palliative"}


@pytest.mark.parametrize(
    "answers",
    [
        {"hip_width_mm": 445, "seat_depth_left_mm": 450, "seat_depth_right_mm": 450},
        {"calf_left_mm": 300},
        {"rib_height_mm": 310},
        {"lost_chair_full_time_user": "yes", "has_chair": "yes"},
        {"lifts_per_day": 0},
    ],
)
def test_a_doubt_asks_and_a_confirmed_one_passes(draft, samira, answers):
    Assessment.objects.filter(pk=draft.pk).update(**answers)
    draft.refresh_from_db()
    doubts = assessing.doubts_about(draft)
    assert doubts and all(doubt.sentence and "{" not in doubt.sentence for doubt in doubts)
    with pytest.raises(AssessmentRefused):
        complete(draft, samira)
    assert complete(draft, samira, confirmed={doubt.key for doubt in doubts})
    assert Entry.objects.get(act="assessment.completed").details["confirmed"]


def test_a_confirmation_counts_for_the_value_that_was_seen(draft, samira):
    draft.refresh_from_db()
    draft.calf_left_mm = 300
    seen = {doubt.key for doubt in assessing.doubts_about(draft)}
    Assessment.objects.filter(pk=draft.pk).update(calf_left_mm=290)
    with pytest.raises(AssessmentRefused):
        complete(draft, samira, confirmed=seen)


def test_a_file_closed_meanwhile_takes_no_assessment(draft, samira):
    draft.child.status = "moved"
    draft.child.save()
    with pytest.raises(AssessmentRefused):
        complete(draft, samira)


def test_completing_twice_is_refused(draft, samira):
    complete(draft, samira)
    with pytest.raises(AssessmentRefused):
        complete(draft, samira)
    assert Need.objects.count() == 1


def test_a_cushion_that_was_not_asked_about_leaves_no_interval(samira, child):
    """Has a chair, skin not at risk: the question does not apply, and so is not unknown."""
    draft = AssessmentFactory(
        child=child,
        has_chair="yes",
        cannot_feel="no",
        risk_poor_posture="no",
        **{question: "yes" for question in scoring.CHAIR_QUESTIONS if question != "chair_cushion_relieves"},
    )
    draft.refresh_from_db()
    assert "chair_cushion_relieves" not in assessing.missing(draft)
    need = complete(draft, samira)
    assert need.score_low == need.score_high
    draft.refresh_from_db()
    assert draft.chair_cushion_relieves == "not_applicable"


def test_unknown_is_never_zero(samira, child):
    draft = AssessmentFactory(
        child=child, swallowing_or_breathing_worse="", out_of_school="unknown", lifts_per_day=None, carer_pain=None
    )
    need = complete(draft, samira)
    assert (need.score_low, need.score_high) == (65, 78)  # NEED-1.0's sixth worked case
    assert need.rank_score == 78
    assert not need.is_incomplete


def test_a_child_who_needs_nothing_gets_no_need(samira, child):
    nothing = {
        field: "no"
        for field in (
            *scoring.AT_RISK_FACTORS,
            *scoring.YES,
            *scoring.RED_FLAGS,
            "cannot_feel",
        )
    }
    draft = AssessmentFactory(
        child=child,
        **nothing,
        mobility="independent",
        injury="none",
        posture_level="basic",
        progression="static",
        lifts_per_day=0,
        carer_pain=0,
    )
    assert complete(draft, samira) is None
    assert acts() == ["assessment.completed"]


@pytest.mark.parametrize("flag", ["palliative", "discharge_depends"])
def test_a_red_flag_makes_the_need_urgent_from_today(draft, samira, flag):
    Assessment.objects.filter(pk=draft.pk).update(**{flag: "yes"})
    need = complete(draft, samira)
    assert need.is_urgent
    assert need.urgent_since == timezone.localdate()
    assert need.decision_due_on == timezone.localdate() + timedelta(days=14)
    assert not need.decision_is_overdue
    assert need.red_flags
    assert need.score_high == 78  # the flag stands outside the points


def test_an_urgent_need_is_overdue_after_fourteen_days():
    today = timezone.localdate()
    assert not Need(urgent_since=today - timedelta(days=14)).decision_is_overdue
    assert Need(urgent_since=today - timedelta(days=15)).decision_is_overdue


def test_scoring_again_keeps_the_day_on_which_waiting_began(draft, samira):
    need = complete(draft, samira)
    day, opened = need.requested_on, need.opened_on
    again = AssessmentFactory(child=draft.child, mobility="short_distance", palliative="yes")
    rescored = complete(again, samira)
    assert rescored.pk == need.pk
    assert (rescored.requested_on, rescored.opened_on) == (day, opened)
    assert rescored.score_high == 68
    assert rescored.assessment == again
    assert "need.rescored" in acts()


def test_a_need_that_stays_urgent_keeps_the_day_of_its_flag(draft, samira):
    Assessment.objects.filter(pk=draft.pk).update(palliative="yes")
    need = complete(draft, samira)
    flagged = timezone.localdate() - timedelta(days=9)
    Need.objects.filter(pk=need.pk).update(urgent_since=flagged)
    rescored = complete(AssessmentFactory(child=draft.child, palliative="yes"), samira)
    assert rescored.urgent_since == flagged


# --- a person decides ---------------------------------------------------------------------------------------------


@pytest.fixture
def need(draft, samira):
    return complete(draft, samira)


def test_an_override_ranks_the_need_and_keeps_score_reason_and_author(need, karim):
    need = assessing.override_need(need, by=karim, score=90, urgent=True, reason="La mère est hospitalisée.")
    assert (need.rank_score, need.is_urgent) == (90, True)
    assert (need.score_low, need.score_high) == (78, 78)
    assert need.scored_text == "78" and need.score_text == "90"
    assert (need.overridden_by, need.override_reason) == (karim, "La mère est hospitalisée.")
    entry = Entry.objects.latest("sequence")
    assert (entry.act, entry.actor, entry.details["after"]) == ("need.overridden", karim, {"score": 90, "urgent": True})


def test_an_override_without_a_reason_is_refused(need, karim):
    with pytest.raises(AssessmentRefused) as refused:
        assessing.override_need(need, by=karim, score=90, urgent=None, reason="  ")
    assert refused.value.fields == ("reason",)


def test_an_override_is_taken_back_to_what_the_rule_says(need, karim):
    assessing.override_need(need, by=karim, score=10, urgent=True, reason="Erreur possible.")
    need = assessing.override_need(need, by=karim, score=None, urgent=None, reason="Vérifié.")
    assert (need.rank_score, need.is_urgent, need.urgent_since) == (78, False, None)
    assert not need.is_overridden and need.overridden_by is None
    assert Entry.objects.filter(act="need.overridden").count() == 2


def test_scoring_again_ends_what_was_decided_about_the_old_facts(need, karim, samira):
    assessing.override_need(need, by=karim, score=10, urgent=None, reason="Attend une opération.")
    rescored = complete(AssessmentFactory(child=need.child), samira)
    assert rescored.rank_score == 78
    assert not rescored.is_overridden


def test_a_closed_need_is_neither_overruled_nor_closed_again(need, karim):
    closed = closing.close_need(need, by=karim, closing="no_longer_needed")
    assert closed.closed_on == timezone.localdate()
    with pytest.raises(AssessmentRefused):
        assessing.override_need(need, by=karim, score=1, urgent=None, reason="Non.")
    with pytest.raises(closing.StatusRefused):
        closing.close_need(need, by=karim, closing="declined")


def test_an_assessment_after_the_need_was_closed_opens_a_new_one(need, karim, samira):
    closing.close_need(need, by=karim, closing="no_longer_needed")
    assert complete(AssessmentFactory(child=need.child), samira).pk != need.pk


# --- the queue ----------------------------------------------------------------------------------------------------


def test_the_queue_is_in_the_order_that_need_1_0_decides():
    today = timezone.localdate()
    days = (0, 59, 60, 89, 90, 91, 119, 120, 359, 360, 361, 1000)
    scores = (0, 40, 64, 65, 66, 100)
    for (waited, score), urgent in zip(itertools.product(days, scores), itertools.cycle([False, True, False, False])):
        NeedFactory(
            child__requested_on=today - timedelta(days=waited),
            score_low=max(0, score - 7),
            score_high=score,
            is_urgent=urgent,
            urgent_since=today if urgent else None,
        )
    twin = Need.objects.first()  # a tie in everything but the key
    NeedFactory(
        child__requested_on=twin.requested_on,
        score_low=0,
        score_high=twin.score_high,
        is_urgent=twin.is_urgent,
        urgent_since=twin.urgent_since,
    )
    by_rule = sorted(
        Need.objects.open(),
        key=lambda need: scoring.queue_key(
            urgent=need.is_urgent,
            need_high=need.rank_score,
            requested_on=need.requested_on,
            today=today,
            pk=need.pk,
        ),
    )
    by_database = list(Need.objects.open().in_queue_order())
    assert [need.pk for need in by_database] == [need.pk for need in by_rule]
    assert all(need.wait_bonus == need.bonus for need in by_database)


def test_the_waiting_list_leaves_out_the_closed_and_those_no_longer_followed(need, karim):
    gone = NeedFactory(child__status="moved")
    paused = NeedFactory(child__status="paused")
    assert set(Need.objects.open()) == {need, paused}
    closing.close_need(need, by=karim, closing="declined")
    assert gone not in Need.objects.open()
    assert list(Need.objects.open()) == [paused]
