"""The short form of measures taken again, taking them back, and the card of a child's growth."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models import Measurement
from tests.factories import AssessmentFactory, ChildFactory, MeasurementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def child():
    return ChildFactory()


@pytest.fixture
def assessed(child):
    return AssessmentFactory(child=child, complete=True, assessed_on=date(2026, 5, 3), height_method="standing")


def new(child):
    return reverse("beneficiaries:measurement_create", args=[child.pk])


def back(measurement):
    return reverse("beneficiaries:measurement_take_back", args=[measurement.pk])


def sent(**measures):
    return {"measured_on": f"{timezone.localdate():%d/%m/%Y}", "occasion": "visit"} | measures


# --- measuring again ----------------------------------------------------------------------------------------------


def test_the_form_shows_what_was_measured_before_and_when(client, samira, child, assessed):
    client.force_login(samira)
    page = client.get(new(child)).text
    assert "270 mm · May 3, 2026" in page or "270 mm · 3 May 2026" in page
    assert not re.search(r'name="hip_width_mm"[^>]*value=', page)


def test_only_what_is_typed_is_recorded(client, samira, child, assessed):
    client.force_login(samira)
    typed = sent(hip_width_mm="٢٨٠", mass_kg="28,5", note="Bottes", height_method="standing")
    assert client.post(new(child), typed).headers["Location"] == child.get_absolute_url()
    row = Measurement.objects.get()
    assert (row.hip_width_mm, row.mass_kg, row.note) == (280, Decimal("28.5"), "Bottes")
    assert (row.calf_left_mm, row.height_cm, row.height_method) == (None, None, "")


def test_how_height_was_taken_is_kept_with_the_height(client, samira, child, assessed):
    client.force_login(samira)
    typed = sent(height_method="knee_height", height_cm="129", substitute_cm="39,5")
    assert client.post(new(child), typed).status_code == 302
    row = Measurement.objects.get()
    assert (row.height_method, row.height_cm, row.substitute_cm) == ("knee_height", None, Decimal("39.5"))


@pytest.mark.parametrize("typed", [{}, {"hip_width_mm": "large"}, {"mass_kg": "900"}, {"measured_on": "31/02/2026"}])
def test_what_cannot_be_recorded_stays_on_the_page(client, samira, child, typed):
    client.force_login(samira)
    response = client.post(new(child), sent(calf_left_mm="") | typed | {"note": "Bottes"})
    assert response.status_code == 422
    assert 'value="Bottes"' in response.text
    assert not Measurement.objects.exists()


def test_centimetres_are_asked_about_with_the_value_one_tap_away(client, samira, child):
    client.force_login(samira)
    page = client.post(new(child), sent(hip_width_mm="27")).text
    assert "Was 27 measured in centimetres? That would be 270 mm." in page
    page = client.post(new(child), sent(hip_width_mm="27", take="hip_width_mm:270")).text
    assert re.search(r'name="hip_width_mm"[^>]*value="270"', page) or re.search(r'value="270"[^>]*', page)
    assert not Measurement.objects.exists()
    assert client.post(new(child), sent(hip_width_mm="270")).status_code == 302


def test_a_shorter_leg_than_the_last_time_waits_for_its_tick(client, samira, child, assessed):
    client.force_login(samira)
    response = client.post(new(child), sent(calf_left_mm="300"))
    assert response.status_code == 422
    assert "less than the last time" in response.text
    key = re.search(r'name="confirm" value="([^"]+)"', response.text)[1]
    assert client.post(new(child), sent(calf_left_mm="300", confirm=key)).status_code == 302


def test_the_other_measures_stay_folded_until_one_is_typed(client, samira, child):
    client.force_login(samira)
    assert '<details class="fold">' in client.get(new(child)).text
    assert '<details class="fold" open>' in client.post(new(child), sent(trunk_width_mm="22")).text


def test_the_form_costs_the_same_with_and_without_what_was_known(client, samira, child, django_assert_max_num_queries):
    client.force_login(samira)
    for row in (child, AssessmentFactory(complete=True).child):
        with django_assert_max_num_queries(12):
            assert client.get(new(row)).status_code == 200


# --- taking back --------------------------------------------------------------------------------------------------


def test_measures_are_taken_back_with_a_reason(client, samira, child):
    row = MeasurementFactory(child=child)
    client.force_login(samira)
    assert "A \u2066280 mm\u2069" in client.get(back(row)).text
    assert client.post(back(row), {"why": " "}).status_code == 422
    assert client.post(back(row), {"why": "C'était sa sœur"}).headers["Location"] == child.get_absolute_url()
    row.refresh_from_db()
    assert row.taken_back_why == "C'était sa sœur"
    assert client.post(back(row), {"why": "Encore"}).status_code == 422


# --- growth on the child's page -----------------------------------------------------------------------------------


def test_growth_is_drawn_from_the_second_day_on(client, samira, child):
    client.force_login(samira)
    assert "Nothing is measured yet." in client.get(child.get_absolute_url()).text
    AssessmentFactory(child=child, complete=True, assessed_on=date(2026, 5, 3), height_method="standing")
    page = client.get(child.get_absolute_url()).text
    assert "Measured on one day so far." in page
    assert "chart--time" not in page
    MeasurementFactory(child=child, measured_on=date(2026, 9, 3))
    response = client.get(child.get_absolute_url())
    assert [drawing.title for drawing in response.context["growth"].drawings] == [
        "Mass",
        "A: Hip width",
        "C: Calf length",
    ]


def test_the_figures_stand_beside_the_drawings_as_a_table(client, samira, child, assessed):
    MeasurementFactory(child=child, measured_on=date(2026, 9, 3))
    client.force_login(samira)
    rows = client.get(child.get_absolute_url()).context["growth"].rows
    assert [row["day"] for row in rows] == [date(2026, 9, 3), date(2026, 5, 3)]
    assert dict(rows[0]["cells"])["A: Hip width"] == "280 mm"
    assert dict(rows[0]["cells"])["Height"] == ""
    assert dict(rows[1]["cells"])["C: Calf length left"] == "330 mm"


def test_what_was_taken_back_stays_readable_and_is_not_drawn(client, samira, child, assessed):
    MeasurementFactory(child=child, measured_on=date(2026, 9, 3), taken_back=True)
    client.force_login(samira)
    response = client.get(child.get_absolute_url())
    assert "Taken back: Mesure d&#x27;une autre enfant" in response.text
    assert not response.context["growth"].has_grown


def test_a_closed_file_is_not_measured_again(client, samira):
    child = AssessmentFactory(complete=True, child__status="moved").child
    client.force_login(samira)
    assert new(child) not in client.get(child.get_absolute_url()).text
    assert client.post(new(child), sent(hip_width_mm="270")).status_code == 422
