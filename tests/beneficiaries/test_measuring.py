"""What is known of a child's measures, and what holds when some are taken again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from beneficiaries import assessing, measuring
from beneficiaries.measuring import MeasurementRefused
from beneficiaries.models import Measurement
from hajar.journal.models import Entry
from tests.factories import AssessmentFactory, ChildFactory, MeasurementFactory

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
IN_MAY, IN_JULY = date(2026, 5, 3), date(2026, 7, 3)


@pytest.fixture
def child():
    return ChildFactory()


@pytest.fixture
def assessed(child):
    return AssessmentFactory(child=child, complete=True, assessed_on=IN_MAY)


@pytest.fixture
def refreshed(monkeypatch):
    """The children for whom a room above was told."""
    told = []
    monkeypatch.setattr(measuring, "foretellers", [told.append])
    return told


def record(child, by, **options):
    return measuring.record_measurement(child=child, by=by, **{"measured_on": TODAY} | options)


# --- what is known ------------------------------------------------------------------------------------------------


def test_nothing_is_known_of_a_child_nobody_measured(child):
    known = measuring.known_measures(child)
    assert (dict(known.values), known.assessment, known.get("hip_width_mm")) == ({}, None, None)


def test_a_draft_tells_nothing(child):
    AssessmentFactory(child=child)
    assert measuring.known_measures(child).assessment is None


def test_a_later_measurement_lies_over_the_assessment_field_by_field(child, assessed):
    MeasurementFactory(child=child, measured_on=IN_JULY)
    known = measuring.known_measures(child)
    assert known.assessment == assessed
    assert (known.get("hip_width_mm"), known.taken_on["hip_width_mm"]) == (280, IN_JULY)
    assert (known.get("seat_depth_left_mm"), known.taken_on["seat_depth_left_mm"]) == (350, IN_MAY)


def test_the_latest_of_several_measurements_counts(child, assessed):
    MeasurementFactory(child=child, measured_on=IN_JULY, hip_width_mm=290)
    MeasurementFactory(child=child, measured_on=IN_JULY - timedelta(days=20), hip_width_mm=285)
    assert measuring.known_measures(child).get("hip_width_mm") == 290


def test_a_measurement_before_the_assessment_counts_no_more(child, assessed):
    MeasurementFactory(child=child, measured_on=IN_MAY - timedelta(days=1), trunk_width_mm=240)
    known = measuring.known_measures(child)
    assert (known.get("hip_width_mm"), known.get("trunk_width_mm")) == (270, None)


def test_an_assessment_of_the_same_day_counts_when_it_was_completed_after_the_measurement(child):
    MeasurementFactory(child=child, measured_on=IN_MAY)
    AssessmentFactory(child=child, complete=True, assessed_on=IN_MAY)
    assert measuring.known_measures(child).get("hip_width_mm") == 270


def test_an_older_assessment_gives_nothing_because_the_latest_may_be_its_correction(child, assessed):
    AssessmentFactory(child=child, complete=True, assessed_on=IN_JULY, skull_base_mm=None)
    assert measuring.known_measures(child).get("skull_base_mm") is None


def test_what_was_taken_back_counts_nowhere(child, assessed):
    MeasurementFactory(child=child, measured_on=IN_JULY, taken_back=True)
    assert measuring.known_measures(child).get("hip_width_mm") == 270
    assert [reading.on for reading in measuring.growth_readings_of([child])[child.pk]] == [IN_MAY]


def test_a_new_height_takes_the_place_of_what_stood_in_for_it(child):
    AssessmentFactory(
        child=child,
        complete=True,
        assessed_on=IN_MAY,
        height_method="knee_height",
        height_cm=None,
        substitute_cm=Decimal("38.0"),
    )
    MeasurementFactory(child=child, measured_on=IN_JULY, height_method="lying", height_cm=Decimal("129.0"))
    known = measuring.known_measures(child)
    assert (known.get("height_method"), known.get("height_cm")) == ("lying", Decimal("129.0"))
    assert known.get("substitute_cm") is None


def test_what_is_known_of_many_children_takes_as_many_queries_as_of_one(django_assert_num_queries):
    children = [AssessmentFactory(complete=True).child for _number in range(15)]
    for child in children:
        MeasurementFactory(child=child)
    for some in (children[:1], children):
        with django_assert_num_queries(2):
            known = measuring.known_measures_of(some)
        assert all(known[child.pk].get("hip_width_mm") == 280 for child in some)
        with django_assert_num_queries(2):
            readings = measuring.growth_readings_of(some)
        assert all(len(readings[child.pk]) == 2 for child in some)


# --- growth -------------------------------------------------------------------------------------------------------


def test_readings_are_oldest_first_and_hold_what_grows(child, assessed):
    MeasurementFactory(child=child, measured_on=IN_JULY)
    first, last = measuring.growth_readings_of([child])[child.pk]
    assert (first.on, first.hip_width_mm, first.height_cm) == (IN_MAY, 270, Decimal("128.0"))
    assert (last.on, last.hip_width_mm, last.height_cm, last.mass_kg) == (IN_JULY, 280, None, Decimal("28.0"))


@pytest.mark.parametrize(
    ("method", "is_stature"), [("", True), ("standing", True), ("lying", True), ("arm_span", False)]
)
def test_only_a_stature_is_a_height(child, method, is_stature):
    AssessmentFactory(child=child, complete=True, height_method=method)
    (reading,) = measuring.growth_readings_of([child])[child.pk]
    assert (reading.height_cm is not None) == is_stature


def test_whether_she_stands_is_what_the_assessment_before_says(child):
    AssessmentFactory(child=child, complete=True, assessed_on=IN_MAY, mobility="unsteady")
    MeasurementFactory(child=child, measured_on=IN_MAY + timedelta(days=9))
    AssessmentFactory(child=child, complete=True, assessed_on=IN_JULY, mobility="lifted")
    MeasurementFactory(child=child, measured_on=IN_JULY + timedelta(days=9))
    readings = measuring.growth_readings_of([child])[child.pk]
    assert [reading.is_non_standing for reading in readings] == [False, False, True, True]


def test_a_day_on_which_nothing_that_grows_was_measured_is_no_reading(child):
    empty = dict.fromkeys(["hip_width_mm", "calf_left_mm", "calf_right_mm", "mass_kg"])
    MeasurementFactory(child=child, **empty, knee_gap_mm=120)
    assert measuring.growth_readings_of([child])[child.pk] == ()


# --- measuring again ----------------------------------------------------------------------------------------------


def test_only_what_was_taken_is_recorded(child, assessed, samira, refreshed):
    row = record(child, samira, occasion="follow_up", note=" En chaussures ", calf_left_mm=340, mass_kg=None)
    row.refresh_from_db()
    assert (row.calf_left_mm, row.calf_right_mm, row.mass_kg) == (340, None, None)
    assert (row.occasion, row.note, row.measured_by) == ("follow_up", "En chaussures", samira)
    entry = Entry.objects.latest_first().first()
    assert (entry.act, entry.subject_id, entry.details["measured"]) == (
        "measurement.recorded",
        child.pk,
        ["calf_left_mm"],
    )
    assert refreshed == [child]


@pytest.mark.parametrize(
    ("taken", "field"),
    [
        ({}, None),
        ({"height_method": "lying"}, None),
        ({"calf_left_mm": 34}, "calf_left_mm"),
        ({"mass_kg": Decimal(500)}, "mass_kg"),
        ({"calf_left_mm": 340, "measured_on": TODAY + timedelta(days=1)}, "measured_on"),
        ({"calf_left_mm": 340, "measured_on": date(1990, 1, 1)}, "measured_on"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(child, samira, taken, field, refreshed):
    with pytest.raises(MeasurementRefused) as refusal:
        record(child, samira, **taken)
    assert list(refusal.value.problems) == ([field] if field else [])
    assert not Measurement.objects.exists()
    assert refreshed == []


def test_what_is_no_measure_is_a_mistake_of_the_program(child, samira):
    with pytest.raises(TypeError, match="remarks"):
        record(child, samira, remarks="x")


@pytest.mark.parametrize(
    ("taken", "key"),
    [
        ({"hip_width_mm": 440}, "measure.unusual"),
        ({"calf_left_mm": 340, "calf_right_mm": 360}, "measure.calves_differ"),
        ({"calf_left_mm": 314}, "measure.shorter"),
        ({"height_cm": Decimal("126.4")}, "measure.shorter"),
        ({"knee_gap_mm": 12}, "measure.small"),
    ],
)
def test_what_is_unusual_is_confirmed_first(child, assessed, samira, taken, key):
    with pytest.raises(MeasurementRefused) as refusal:
        record(child, samira, **taken)
    (doubt,) = refusal.value.doubts
    assert doubt.key.startswith(key)
    assert refusal.value.problems == {doubt.fields[0]: doubt.sentence}
    assert record(child, samira, **taken, confirmed=[doubt.key]).pk
    assert Entry.objects.latest_first().first().details["confirmed"] == [doubt.key]


@pytest.mark.parametrize(
    "taken", [{"calf_left_mm": 315}, {"height_cm": Decimal("126.5")}, {"hip_width_mm": 240}, {"mass_kg": Decimal(22)}]
)
def test_a_little_less_or_thinner_is_not_unusual(child, assessed, samira, taken):
    assert record(child, samira, **taken).pk


def test_a_closed_file_is_measured_no_more(samira):
    with pytest.raises(MeasurementRefused):
        record(ChildFactory(status="moved"), samira, calf_left_mm=340)


# --- taking back --------------------------------------------------------------------------------------------------


def test_a_measurement_is_taken_back_once_and_with_a_reason(child, samira, karim, refreshed):
    row = MeasurementFactory(child=child)
    with pytest.raises(MeasurementRefused):
        measuring.take_back_measurement(row, by=samira, why="  ")
    row = measuring.take_back_measurement(row, by=samira, why="C'était sa sœur")
    assert (row.taken_back_why, bool(row.taken_back_at), refreshed) == ("C'était sa sœur", True, [child])
    assert Entry.objects.latest_first().first().act == "measurement.taken_back"
    with pytest.raises(MeasurementRefused):
        measuring.take_back_measurement(row, by=karim, why="Encore")
    row.refresh_from_db()
    assert row.taken_back_why == "C'était sa sœur"


def test_a_complete_assessment_tells_the_rooms_above_too(child, samira, refreshed):
    draft = AssessmentFactory(child=child)
    assessing.complete_assessment(draft, by=samira)
    assert refreshed == [child]
