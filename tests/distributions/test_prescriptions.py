"""The page on which a prescription is written."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from distributions.models import Prescription
from tests.factories import GuardianFactory, NeedFactory, PrescriptionFactory


def url(need):
    return reverse("distributions:prescription_create", args=[need.pk])


def filled(**changed):
    answers = {"category": "tilt_in_space", "posture_class": "intermediate", "substitution_allowed": "on"}
    return answers | {"prescribed_on": f"{timezone.localdate():%d/%m/%Y}"} | changed


def test_a_prescription_is_written(client, salwa):
    client.force_login(salwa)
    need = NeedFactory()
    guardian = GuardianFactory(family=need.child.family)
    answer = client.post(
        url(need),
        filled(
            agreed_by=guardian.pk, supports=["headrest", "tray"], must_have=["cover"], seat_width_mm="٢٨٠",
            trainings=["care"], cushion="flat_foam",
        ),
    )  # fmt: skip
    assert answer.url == reverse("distributions:need_choices", args=[need.pk])
    kept = Prescription.objects.get()
    assert (kept.need, kept.prescribed_by, kept.agreed_by) == (need, salwa, guardian)
    assert (kept.supports, kept.must_have, kept.seat_width_mm) == (["headrest", "tray"], ["cover"], 280)


def test_the_form_begins_with_what_the_measures_say(client, salwa):
    client.force_login(salwa)
    first = client.get(url(NeedFactory())).context["form"].initial
    assert (first["seat_width_mm"], first["seat_depth_mm"], first["posture_class"]) == (270, 310, "intermediate")


def test_the_form_begins_with_the_last_prescription(client, salwa):
    client.force_login(salwa)
    need = NeedFactory()
    guardian = GuardianFactory(family=need.child.family)
    PrescriptionFactory(need=need, category="buggy", supports=["tray"], agreed_by=guardian)
    first = client.get(url(need)).context["form"].initial
    assert (first["category"], first["supports"]) == ("buggy", ["tray"])
    assert "agreed_by" not in first  # a family agrees to what is chosen now


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"category": ""}, "category"),
        ({"posture_class": "complex"}, "second_signatory"),
        ({"prescribed_on": f"{timezone.localdate() + timedelta(days=2):%d/%m/%Y}"}, "prescribed_on"),
        ({"prescribed_on": "01/01/2001"}, "prescribed_on"),
        ({"prescribed_on": "gestern"}, "prescribed_on"),
        ({"seat_width_mm": "28"}, "seat_width_mm"),
        ({"seat_width_mm": "9000"}, "seat_width_mm"),
        ({"agreed_on": f"{timezone.localdate():%d/%m/%Y}"}, "agreed_on"),
        ({"substitution_allowed": ""}, "__all__"),
        ({"supports": ["a cloud"]}, "supports"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_kept(client, salwa, changed, field):
    client.force_login(salwa)
    answer = client.post(url(NeedFactory()), filled(set_up="Assise inclinée à 5°") | changed)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors or "__all__" in answer.context["form"].errors
    assert "Assise inclinée à 5°" in answer.text
    assert not Prescription.objects.exists()


def test_a_guardian_of_another_family_is_not_offered(client, salwa):
    client.force_login(salwa)
    answer = client.post(url(NeedFactory()), filled(agreed_by=GuardianFactory().pk))
    assert answer.context["form"].errors["agreed_by"]


def test_only_those_who_may_prescribe_are_offered_as_second(client, salwa, karim, driss, omar):
    client.force_login(salwa)
    offered = client.get(url(NeedFactory())).context["form"].fields["second_signatory"].queryset
    assert list(offered) == [karim]


def test_a_prescription_stands_on_the_needs_page(client, samira):
    client.force_login(samira)
    need = NeedFactory()
    PrescriptionFactory(need=need, supports_note="Cale gauche 40 mm")
    assert "Cale gauche 40 mm" in client.get(need.get_absolute_url()).text


def test_the_page_costs_few_queries(client, salwa, django_assert_max_num_queries):
    client.force_login(salwa)
    need = NeedFactory()
    PrescriptionFactory(need=need)
    with django_assert_max_num_queries(16):
        client.get(url(need))
