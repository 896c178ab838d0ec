from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from beneficiaries import closing, consenting, guarding, reminding
from beneficiaries.models import Guardian
from hajar.journal.models import Entry
from tests.factories import AllocationFactory, ChildFactory, ConsentFactory, FamilyFactory, GuardianFactory, province

pytestmark = pytest.mark.django_db


@pytest.fixture
def family():
    return FamilyFactory()


@pytest.fixture
def father(family):
    return GuardianFactory(
        family=family, given_name_latin="Brahim", relation="father", legal_basis="father", is_first_contact=True
    )


@pytest.fixture
def mother(family, father):
    return GuardianFactory(family=family)


def of_age(**fields):
    today = timezone.localdate()
    return ChildFactory(born_on=today.replace(day=1, year=today.year - 18) - timedelta(days=3), **fields)


# --- a guardianship ends ---------------------------------------------------------------------------------------------


def test_who_is_called_first_is_handed_over_in_the_same_act(samira, father, mother):
    ended = guarding.end_guardianship(father, by=samira, because="death", note="Acte de décès vu")
    mother.refresh_from_db()
    assert (ended.ended_on, ended.is_first_contact, mother.is_first_contact) == (timezone.localdate(), False, True)
    entry = Entry.objects.latest_first().first()
    assert (entry.act, entry.subject_id, entry.details["called_first"]) == (
        "guardian.ended",
        father.family_id,
        str(mother.pk),
    )


def test_the_one_who_is_named_is_called_first_else_the_next_by_law(samira, family, father, mother):
    uncle = GuardianFactory(family=family, given_name_latin="Said", relation="uncle_aunt", legal_basis="de_facto")
    judged = GuardianFactory(family=family, given_name_latin="Rachid", relation="guardian", legal_basis="judge")
    guarding.end_guardianship(father, by=samira, because="judge", successor=uncle)
    assert family.guardians.get(is_first_contact=True) == uncle
    guarding.end_guardianship(uncle, by=samira, because="other")
    assert family.guardians.get(is_first_contact=True) == mother
    guarding.end_guardianship(mother, by=samira, because="death")
    assert family.guardians.get(is_first_contact=True) == judged


def test_guardians_stand_in_the_order_of_the_family_code(family, samira):
    made = {
        basis: GuardianFactory(family=family, legal_basis=basis, given_name_latin=basis.title())
        for basis in ("unknown", "de_facto", "judge", "testamentary", "mother", "father")
    }
    assert list(family.guardians.representing_first()) == list(reversed(made.values()))
    guarding.end_guardianship(made["father"], by=samira, because="death")
    assert list(family.guardians.representing_first())[-1] == made["father"]


@pytest.mark.parametrize("case", ["twice", "tomorrow", "stranger"])
def test_what_makes_no_sense_is_refused(samira, father, mother, case):
    told = {"because": "other"}
    if case == "twice":
        guarding.end_guardianship(mother, by=samira, **told)
    elif case == "tomorrow":
        told["ended_on"] = timezone.localdate() + timedelta(days=1)
    else:
        told["successor"] = GuardianFactory()
    before = Entry.objects.count()
    with pytest.raises(guarding.GuardianshipRefused):
        guarding.end_guardianship(mother, by=samira, **told)
    assert Entry.objects.count() == before


def test_who_no_longer_answers_cannot_be_called_first(father):
    with pytest.raises(IntegrityError), transaction.atomic():
        Guardian.objects.filter(pk=father.pk).update(ended_on=timezone.localdate())


def test_consents_of_a_former_guardian_are_asked_again_until_somebody_answers(client, samira, father, mother):
    child = ChildFactory(family=father.family)
    ConsentFactory(child=child, guardian=father, purpose="care")
    ConsentFactory(child=child, guardian=mother, purpose="messages")
    guarding.end_guardianship(father, by=samira, because="death")
    assert Entry.objects.latest_first().first().details["consents_to_ask_again"] == 1
    client.force_login(samira)
    page = client.get(child.get_absolute_url())
    assert [row.purpose for row in page.context["consents_of_former"]] == ["care"]
    assert client.get(child.family.get_absolute_url()).context["asks_again"] == 1
    assert list(reminding.for_person(samira).consents) == [child]
    ConsentFactory(child=child, guardian=mother, purpose="care")
    assert not guarding.consents_to_ask_again().exists()
    assert client.get(child.get_absolute_url()).context["consents_of_former"] == []


def test_phones_and_forms_call_only_who_still_answers(client, samira, driss, father, mother):
    stop = AllocationFactory(need__child__family=father.family, loaded=True, volunteer=driss)
    guarding.end_guardianship(father, by=samira, because="judge")
    client.force_login(driss)
    page = client.get(reverse("distributions:mobile_stop", args=[stop.round_id, stop.pk])).content.decode()
    assert str(mother.phone) in page.replace(" ", "")
    assert "Brahim" not in page
    client.force_login(samira)
    child = stop.need.child
    assert list(client.get(child.get_absolute_url()).context["guardians"]) == [mother]
    asked = client.get(reverse("beneficiaries:consent_create", args=[child.pk])).context["form"]
    assert list(asked.fields["guardian"].queryset) == [mother]


def test_a_guardianship_ends_on_its_page(client, samira, father, mother):
    client.force_login(samira)
    url = reverse("beneficiaries:guardian_end", args=[father.pk])
    page = client.post(url, {"ended_on": "٠١/٠١/٢٠٩٩", "because": "death", "note": "tapé"})
    assert (page.status_code, "tapé" in page.content.decode()) == (422, True)
    assert client.post(url, {"ended_on": "01/11/2026", "because": "death"}).url == father.family.get_absolute_url()
    page = client.get(father.family.get_absolute_url())
    assert page.context["former_guardians"] == [father]


# --- of age ----------------------------------------------------------------------------------------------------------


def test_a_young_person_of_age_answers_for_herself_and_is_called(client, samira, mother):
    young = of_age(family=mother.family)
    client.force_login(samira)
    page = client.get(young.get_absolute_url())
    assert page.context["may_answer_herself"]
    url = reverse("beneficiaries:child_own_contact", args=[young.pk])
    assert client.post(url, {"phone": "٠٦ ١٢ ٣٤ ٥٦ ٧٨", "is_first_contact": "on"}).url == young.get_absolute_url()
    own = young.own_contact
    assert (own.relation, own.legal_basis, str(own.phone), own.is_first_contact) == (
        "herself",
        "of_age",
        "+212612345678",
        True,
    )
    assert own.full_name_latin == young.full_name_latin
    assert not client.get(young.get_absolute_url()).context["may_answer_herself"]


def test_what_is_refused_as_a_whole_is_said_once(client, samira):
    client.force_login(samira)
    page = client.post(reverse("beneficiaries:child_own_contact", args=[ChildFactory().pk]), {"phone": ""})
    assert page.status_code == 422
    assert page.content.decode().count(page.context["form"].non_field_errors()[0]) == 1


def test_before_eighteen_or_twice_nobody_is_registered_as_of_age(samira, karim):
    with pytest.raises(guarding.GuardianshipRefused):
        guarding.register_own_contact(ChildFactory(), by=samira)
    young = of_age()
    guarding.register_own_contact(young, by=samira)
    with pytest.raises(guarding.GuardianshipRefused):
        guarding.register_own_contact(young, by=samira)
    gone = of_age()
    closing.close_child(gone, by=karim, status="deceased", confirmed=True)
    with pytest.raises(guarding.GuardianshipRefused):
        guarding.register_own_contact(gone, by=karim)


def test_a_young_person_signs_for_herself_alone_and_a_former_guardian_for_nobody(samira, father, mother):
    young = of_age(family=father.family)
    sister = ChildFactory(family=father.family, given_name_latin="Hiba")
    own = guarding.register_own_contact(young, by=samira)
    consenting.record_consent(child=young, guardian=None, by=samira, purpose="care")
    guarding.end_guardianship(mother, by=samira, because="other")
    for guardian in (own, Guardian.objects.get(pk=mother.pk)):
        with pytest.raises(ValidationError) as refusal:
            consenting.record_consent(child=sister, guardian=guardian, by=samira, purpose="care")
        assert "guardian" in refusal.value.message_dict


def test_only_the_young_person_is_a_guardian_of_herself():
    with pytest.raises(IntegrityError), transaction.atomic():
        GuardianFactory(relation="herself")


# --- what the files ask for ------------------------------------------------------------------------------------------


def test_who_comes_of_age_is_on_the_list_until_she_was_asked(samira):
    young = of_age()
    today = timezone.localdate()
    soon = ChildFactory(born_on=(today + timedelta(days=20)).replace(year=today.year - 18))
    ChildFactory()
    found = reminding.for_person(samira)
    assert (list(found.of_age), list(found.soon_of_age)) == ([young], [soon])
    guarding.register_own_contact(young, by=samira)
    ConsentFactory(child=young, guardian=None, legal_basis="of_age")
    assert list(reminding.for_person(samira).of_age) == []


def test_a_pause_reminds_on_its_day(samira, client):
    child = ChildFactory()
    today = timezone.localdate()
    closing.change_status(child, by=samira, status="paused", paused_until=today + timedelta(days=7), note="Hôpital")
    assert list(reminding.for_person(samira).pauses_over) == []
    assert list(reminding.for_person(samira, today + timedelta(days=7)).pauses_over) == [child]
    with pytest.raises(closing.StatusRefused):
        closing.change_status(ChildFactory(), by=samira, status="paused", paused_until=today)
    closing.change_status(child, by=samira, status="active")
    child.refresh_from_db()
    assert child.paused_until is None
    assert list(reminding.for_person(samira, today + timedelta(days=7)).pauses_over) == []


def test_a_family_for_whom_nobody_answers_is_on_the_list(samira, father):
    ChildFactory(family=father.family)
    assert list(reminding.for_person(samira).nobody_answers) == []
    guarding.end_guardianship(father, by=samira, because="death")
    assert list(reminding.for_person(samira).nobody_answers) == [father.family]


def test_the_list_is_of_ones_regions_and_costs_the_same_with_many(client, samira, django_assert_max_num_queries):
    for _number in range(15):
        of_age()
    far = of_age(family__province=province("MA-TAR"))
    client.force_login(samira)
    client.get(reverse("beneficiaries:reminder_list"))
    with django_assert_max_num_queries(14):
        page = client.get(reverse("beneficiaries:reminder_list"))
    shown = [row for section in page.context["sections"] if section.icon == "person-check" for row in section.rows]
    assert len(shown) == 15
    assert far not in shown
