"""What a trained person and the family choose together: when it is kept, when it is refused."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from distributions import planning, prescribing
from distributions.models import Prescription
from tests.factories import AssessmentFactory, ChairModelFactory, GuardianFactory, NeedFactory, PrescriptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def need():
    return NeedFactory()


def prescribe(need, by, **chosen):
    return prescribing.prescribe(need, by=by, **({"category": "buggy", "posture_class": "basic"} | chosen))


def test_a_prescription_is_kept_and_told(need, salwa):
    guardian = GuardianFactory(family=need.child.family)
    today = timezone.localdate()
    kept = prescribe(need, salwa, agreed_by=guardian, supports=["headrest"], trainings=["handling"], must_have=["tray"])
    assert (kept.need, kept.prescribed_by, kept.prescribed_on) == (need, salwa, today)
    assert (kept.agreed_by, kept.agreed_on) == (guardian, today)  # who agrees does so that day, unless told otherwise
    entry = kept.history()[0]
    assert (entry.act, entry.actor) == ("prescription.made", salwa)
    assert entry.details["agreed"] is True


def test_another_choice_is_another_prescription_and_the_first_stays(need, salwa):
    first, second = prescribe(need, salwa), prescribe(need, salwa, category="tilt_in_space")
    assert list(Prescription.objects.latest_first()) == [second, first]
    with pytest.raises(DatabaseError), transaction.atomic():
        Prescription.objects.filter(pk=first.pk).update(category="powered")


def test_it_follows_a_complete_assessment(salwa):
    need = NeedFactory(assessment=AssessmentFactory())
    with pytest.raises(prescribing.NotAssessed):
        prescribe(need, salwa)


@pytest.mark.parametrize(("days", "refusal"), [(1, "PrescribedInTheFuture"), (-1, "BeforeTheAssessment")])
def test_its_day_lies_between_the_assessment_and_today(need, salwa, days, refusal):
    with pytest.raises(getattr(prescribing, refusal)):
        prescribe(need, salwa, prescribed_on=timezone.localdate() + timedelta(days=days))


def test_nothing_is_prescribed_for_a_closed_need(salwa):
    with pytest.raises(planning.NeedIsClosed):
        prescribe(NeedFactory(closed_on=timezone.localdate(), closing="declined"), salwa)


def test_nothing_is_prescribed_for_a_child_no_longer_followed(salwa):
    with pytest.raises(planning.ChildNotFollowed):
        prescribe(NeedFactory(child__status="moved"), salwa)


def test_nothing_is_prescribed_for_a_repair(salwa):
    with pytest.raises(prescribing.NotAChair):
        prescribe(NeedFactory(purpose="repair"), salwa)


def test_a_complex_posture_needs_a_second_person_who_may_prescribe(need, salwa, karim, driss):
    for second, refusal in (
        (None, prescribing.SecondSignatoryMissing),
        (salwa, prescribing.SecondSignatoryIsTheSame),
        (driss, prescribing.SecondSignatoryMayNotPrescribe),
    ):
        with pytest.raises(refusal):
            prescribe(need, salwa, posture_class="complex", second_signatory=second)
    assert prescribe(need, salwa, posture_class="complex", second_signatory=karim).second_signatory == karim


def test_a_person_who_left_signs_no_more(need, salwa, karim):
    karim.is_active = False
    karim.save()
    with pytest.raises(prescribing.SecondSignatoryMayNotPrescribe):
        prescribe(need, salwa, second_signatory=karim)


def test_only_a_guardian_of_the_childs_family_agrees(need, salwa):
    with pytest.raises(prescribing.NotOfTheFamily):
        prescribe(need, salwa, agreed_by=GuardianFactory())
    with pytest.raises(prescribing.AgreedInTheFuture):
        day = timezone.localdate() + timedelta(days=1)
        prescribe(need, salwa, agreed_by=GuardianFactory(family=need.child.family), agreed_on=day)


@pytest.mark.parametrize(
    "chosen",
    [
        {"agreed_on": timezone.localdate()},  # a day without a person
        {"substitution_allowed": False},  # no other model, and none named
        {"supports": ["a cloud"]},
        {"category": "bicycle"},
    ],
)
def test_what_cannot_be_is_refused(need, salwa, chosen):
    with pytest.raises(ValidationError):
        prescribe(need, salwa, **chosen)
    assert not Prescription.objects.exists()


def test_a_named_model_may_be_the_only_one(need, salwa):
    model = ChairModelFactory()
    assert prescribe(need, salwa, model=model, substitution_allowed=False).model == model


def test_it_is_seen_in_the_childs_region_alone(need, samira, youssef):
    prescription = PrescriptionFactory(need=need)
    assert list(Prescription.objects.visible_to(samira)) == [prescription]
    assert list(Prescription.objects.visible_to(youssef)) == []
