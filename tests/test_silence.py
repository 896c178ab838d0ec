"""A child dies, and everything falls silent at once: every list, reminder, plan, page of the store and phone.

One child has everything due that can be due. Her name is on many pages; one confirmed act later it is on none.
"""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from beneficiaries import closing, guarding
from beneficiaries.models import Child
from distributions import following_up, returning
from distributions.models import Allocation
from distributions.models.allocations import AllocationQuerySet
from tests.factories import (
    AllocationFactory,
    AssessmentFactory,
    ChairFactory,
    ChildFactory,
    ConsentFactory,
    DeliveryFactory,
    FamilyFactory,
    FollowUpFactory,
    GuardianFactory,
    HealthRecordFactory,
    InitiativeFactory,
    NeedFactory,
    RecallFactory,
    RoundFactory,
)
from tests.permissions import RULES

pytestmark = pytest.mark.django_db

NAMES = ("Zxcanary", "زقناري")
DEVICE = "6f1c1b7e-0a53-4a0e-9a55-9d7d5b1b7a10"
# Each of these names her while she lives: were it not so, their silence afterwards would prove nothing.
LOUD = {
    "home",
    "beneficiaries:child_list",
    "beneficiaries:need_list",
    "beneficiaries:reminder_list",
    "distributions:followup_list",
    "distributions:followup_list?show=actions",
    "distributions:round_detail",
    "distributions:recall_detail",
    "distributions:mobile_round_detail",
    "distributions:mobile_pack",
}
# The register and what was done: whoever looks for a child who has died finds her there, and nothing calls.
HISTORY = {"beneficiaries:family_list", "distributions:followup_list?show=done"}
LISTS = sorted({rule.name for rule in RULES if not rule.args and not rule.post} - {"set_language", "health"})
SHOWS = ("due", "soon", "actions", "done")


@pytest.fixture
def due(karim, driss):
    """Zxcanary: of age, consents of a former guardian, a draft, a need with a chair on tomorrow's round, a chair at
    home that is called back, broke and wants a look, and a little brother who is followed as well."""
    today = timezone.localdate()
    family = FamilyFactory()
    former = GuardianFactory(family=family)
    mother = GuardianFactory(family=family, is_first_contact=True, given_name_latin="Malika", given_name_arabic="مليكة")
    born = today.replace(day=1, year=today.year - 18) - timedelta(days=3)
    child = ChildFactory(
        family=family, born_on=born, given_name_latin=NAMES[0], given_name_arabic=NAMES[1], requested_on=today
    )
    brother = ChildFactory(family=family, given_name_latin="Anas", given_name_arabic="أنس", sex="M")
    HealthRecordFactory(child=child)
    ConsentFactory(child=child, guardian=former)
    guarding.end_guardianship(former, by=karim, because="death", successor=mother)
    AssessmentFactory(child=child)
    held = AllocationFactory(need__child=child, loaded=True, volunteer=driss)
    delivery = DeliveryFactory(allocation=held, handed_over_on=today - timedelta(days=60))
    FollowUpFactory(delivery=delivery, action="Appeler", action_due_on=today, step="days_14")
    recall = RecallFactory(chair=held.chair)
    following_up.report_breakdown(chair=held.chair, by=karim, what="Frein cassé")
    initiative = InitiativeFactory()
    need = NeedFactory(child=child, is_urgent=True, urgent_since=today, purpose="replacement")
    round_ = RoundFactory(initiative=initiative, volunteer=driss, day=today + timedelta(days=1))
    reserved = AllocationFactory(need=need, initiative=initiative, approved=True, round=round_, chair=ChairFactory())
    return {
        "child": child,
        "brother": brother,
        "reserved": reserved,
        "held": held.chair,
        "pages": {
            "distributions:round_detail": [round_.pk],
            "distributions:initiative_detail": [initiative.pk],
            "distributions:initiative_plan": [initiative.pk],
            "distributions:recall_detail": [recall.pk],
            "distributions:mobile_round_detail": [round_.pk],
            "distributions:mobile_pack": [DEVICE],
        },
    }


def who_names(child: Child, due: dict, *people) -> set[str]:
    """The addresses on which one of these people still reads the child's name or number."""
    words = (*NAMES, child.reference)
    found = set()
    for person in people:
        client = Client()
        client.force_login(person)
        addresses = {name: reverse(name) for name in LISTS}
        addresses |= {name: reverse(name, args=args) for name, args in due["pages"].items()}
        followups = addresses["distributions:followup_list"]
        addresses |= {f"distributions:followup_list?show={show}": f"{followups}?show={show}" for show in SHOWS[1:]}
        for name, address in addresses.items():
            response = client.get(address)
            text = b"".join(response) if response.streaming else response.content
            if response.status_code == 200 and any(word.encode() in text for word in words):
                found.add(name)
    return found


def bury(child: Child, by) -> Child:
    return closing.close_child(child, by=by, status="deceased", confirmed=True)


def test_a_death_silences_every_list_and_every_phone_at_once(due, karim, driss):
    child = due["child"]
    assert LOUD - who_names(child, due, karim, driss) == set(), "she was not on this page while she lived"
    bury(child, karim)
    assert who_names(child, due, karim, driss) - HISTORY == set()


def test_a_list_that_forgot_that_she_died_is_found(due, karim, driss, monkeypatch):
    """The twin: were the dead counted among the followed, and driven to, the walk must say where."""
    monkeypatch.setattr(Child, "FOLLOWED", (*Child.FOLLOWED, Child.Status.DECEASED))
    child = bury(due["child"], karim)
    monkeypatch.setattr(AllocationQuerySet, "to_drive_to", lambda rows: rows.exclude(status="proposed"))
    loud = who_names(child, due, karim, driss)
    assert {
        "beneficiaries:child_list",
        "beneficiaries:reminder_list",
        "distributions:followup_list",
        "distributions:mobile_round_detail",
        "distributions:mobile_pack",
    } <= loud


def test_the_chair_that_was_reserved_is_free_and_the_one_at_home_stays(due, karim):
    bury(due["child"], karim)
    due["reserved"].refresh_from_db()
    assert (due["reserved"].status, due["reserved"].release) == ("released", "file_closed")
    due["held"].refresh_from_db()
    assert due["held"].holder_id == due["child"].pk


def test_brothers_and_sisters_stay_as_they_are(due, karim):
    NeedFactory(child=due["brother"])
    bury(due["child"], karim)
    brother = Child.objects.get(pk=due["brother"].pk)
    assert brother.is_followed
    assert brother.needs.get().is_open


def test_the_phone_is_told_which_stop_to_forget_and_nothing_of_her(due, karim, driss):
    bury(due["child"], karim)
    client = Client()
    client.force_login(driss)
    response = client.get(reverse("distributions:mobile_pack", args=[DEVICE]))
    pack = response.json()
    assert str(due["reserved"].pk) in pack["gone"]
    told = {stop["id"] for round_ in pack["rounds"] for stop in round_["words"]["fr"]["stops"]}
    assert str(due["reserved"].pk) not in told
    assert all(str(due["reserved"].pk) not in round_["proofs"] for round_ in pack["rounds"])


def test_a_death_by_mistake_is_taken_back_with_a_reason_and_what_was_released_stays_so(due, karim, client):
    child = bury(due["child"], karim)
    client.force_login(karim)
    url = reverse("beneficiaries:child_status_edit", args=[child.pk])
    page = client.get(url)
    assert page.context["form"].initial["status"] == "active"
    assert client.post(url, {"status": "active"}).status_code == 422
    client.post(url, {"status": "active", "note": "Erreur de dossier : c'était une homonyme"})
    child.refresh_from_db()
    assert (child.status, child.died_on) == ("active", None)
    assert not child.needs.filter(closed_on=None).exists()
    assert Allocation.objects.get(pk=due["reserved"].pk).status == "released"


def test_the_page_of_a_child_who_has_died_is_quiet(due, karim, client):
    child = bury(due["child"], karim)
    client.force_login(karim)
    page = client.get(child.get_absolute_url())
    text = page.content.decode()
    assert page.context["farewell"] in text
    for loud in ('role="alert"', "notice--warn", "notice--urgent", "score", 'class="journey"', "precautions"):
        assert loud not in text, loud


def test_nobody_speaks_of_her_chair_for_forty_days_and_then_only_a_coordinator(due, karim, samira, client):
    child = bury(due["child"], karim)
    today = timezone.localdate()
    assert returning.offers(karim) == []
    (offer,) = returning.offers(karim, today + returning.FIRST_DAYS)
    assert (offer.chair, offer.child) == (due["held"], child)
    client.force_login(samira)
    assert client.get(reverse("distributions:return_offer_list")).status_code == 403
