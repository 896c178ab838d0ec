from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaries import moving
from beneficiaries.models import Assessment, Child, Family, Need, places
from distributions.models import Allocation
from hajar.journal.models import Entry
from tests.factories import (
    AllocationFactory,
    AssessmentFactory,
    ChildFactory,
    ConsentFactory,
    FamilyFactory,
    FollowUpFactory,
    GuardianFactory,
    HealthRecordFactory,
    MeasurementFactory,
    NeedFactory,
    RoundFactory,
    province,
)

pytestmark = pytest.mark.django_db
SOUSS = "MA-TAR"  # a province of MA-09; families of the tests live in Casablanca, MA-06


def move(family, by, iso=SOUSS, **fields):
    return moving.move_family(family, by=by, province=province(iso), **fields)


def region(iso):
    return places.Region.objects.get(iso=iso)


# --- the move --------------------------------------------------------------------------------------------------------


def test_a_family_that_moves_keeps_its_open_work_and_new_staff_see_it(samira, youssef):
    need = NeedFactory()
    draft = AssessmentFactory(child=need.child)
    reserved = AllocationFactory(need=need, approved=True)
    family = move(need.child.family, samira, commune="Ouled Teima", note="Le père y travaille")
    assert not Child.objects.visible_to(samira).exists()
    for model, row in ((Child, need.child), (Need, need), (Assessment, draft), (Allocation, reserved)):
        assert row in model.objects.visible_to(youssef)
    assert Need.objects.open().get() == need
    assert Allocation.objects.live().get() == reserved
    entry = Entry.objects.latest_first().first()
    assert (entry.act, entry.subject_id) == ("family.moved", family.pk)
    (home,) = moving.homes(family)
    assert (home.place, home.until, home.note) == (
        "Sidi Moumen, Casablanca",
        timezone.localdate(),
        "Le père y travaille",
    )


def test_a_stop_elsewhere_is_taken_off_its_round_unless_the_chair_is_in_the_vehicle(samira, driss):
    family = FamilyFactory()
    waiting = AllocationFactory(
        need__child__family=family, approved=True, round=RoundFactory(volunteer=driss, province=province("MA-CAS"))
    )
    on_the_road = AllocationFactory(need__child__family=family, loaded=True, volunteer=driss)
    told = moving.to_plan_again(family, province(SOUSS))
    assert any(waiting.chair.label in sentence for sentence in told)
    assert any(on_the_road.chair.label in sentence for sentence in told)
    move(family, samira)
    waiting.refresh_from_db()
    on_the_road.refresh_from_db()
    assert (waiting.round, waiting.stop, waiting.status) == (None, None, "approved")
    assert on_the_road.round is not None
    assert Entry.objects.latest_first().first().details["taken_off_rounds"] == [waiting.chair.label]


def test_a_stop_stays_where_the_family_moves_within_the_province(samira, driss):
    waiting = AllocationFactory(approved=True, round=RoundFactory(volunteer=driss, province=province("MA-CAS")))
    move(waiting.need.child.family, samira, "MA-CAS", commune="Anfa")
    waiting.refresh_from_db()
    assert waiting.round is not None


def test_a_chair_in_the_vehicle_of_a_far_round_is_said_on_its_page(samira, karim, driss, client):
    on_the_road = AllocationFactory(loaded=True, volunteer=driss)
    client.force_login(karim)
    url = reverse("distributions:allocation_detail", args=[on_the_road.pk])
    assert not client.get(url).context["is_on_a_far_round"]
    move(on_the_road.need.child.family, samira)
    assert client.get(url).context["is_on_a_far_round"]


def test_a_move_to_come_and_a_move_to_the_same_door_are_refused(samira):
    family = FamilyFactory()
    with pytest.raises(moving.MoveRefused):
        move(family, samira, moved_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(moving.MoveRefused):
        move(family, samira, "MA-CAS", commune=family.commune, address=family.address)
    assert not Entry.objects.exists()


# --- the page --------------------------------------------------------------------------------------------------------


def test_what_follows_is_told_before_the_move_is_written(client, samira, driss):
    waiting = AllocationFactory(approved=True, round=RoundFactory(volunteer=driss, province=province("MA-CAS")))
    family = waiting.need.child.family
    client.force_login(samira)
    url = reverse("beneficiaries:family_move", args=[family.pk])
    typed = {"moved_on": "01/11/2026", "province": province(SOUSS).pk, "commune": "Ouled Teima"}
    page = client.post(url, typed)
    assert page.context["is_asked"]
    assert waiting.chair.label in page.content.decode()
    family.refresh_from_db()
    assert family.province == province("MA-CAS"), "nothing is written before it is confirmed"
    other = client.post(url, typed | {"told": str(province("MA-CAS").pk)})
    assert other.context["is_asked"], "what was told was of another place"
    answer = client.post(url, typed | {"told": str(province(SOUSS).pk)})
    assert answer.url == reverse("beneficiaries:family_list"), "she no longer sees the family"
    family.refresh_from_db()
    assert family.province == province(SOUSS)


def test_the_region_that_it_leaves_may_go_on_following_it(client, samira):
    family = FamilyFactory()
    client.force_login(samira)
    url = reverse("beneficiaries:family_move", args=[family.pk])
    typed = {
        "moved_on": "01/11/2026",
        "province": province(SOUSS).pk,
        "also_followed_by": region("MA-06").pk,
        "told": str(province(SOUSS).pk),
    }
    assert client.post(url, typed).url == family.get_absolute_url()
    assert client.get(family.get_absolute_url()).status_code == 200


def test_a_bad_day_is_told_beside_its_field_and_nothing_is_lost(client, samira):
    client.force_login(samira)
    url = reverse("beneficiaries:family_move", args=[FamilyFactory().pk])
    page = client.post(url, {"moved_on": "31/02/2026", "commune": "Ouled Teima"})
    assert (page.status_code, "Ouled Teima" in page.content.decode()) == (422, True)
    assert set(page.context["form"].errors) == {"moved_on", "province"}


# --- a second region -------------------------------------------------------------------------------------------------


@pytest.fixture
def everything(driss):
    """One row of each kind that hangs on a family, in Casablanca."""
    family = FamilyFactory()
    child = ChildFactory(family=family)
    guardian = GuardianFactory(family=family)
    followup = FollowUpFactory(delivery__allocation__need__child=child, delivery__allocation__volunteer=driss)
    return family, [
        family,
        child,
        guardian,
        ConsentFactory(child=child, guardian=guardian),
        HealthRecordFactory(child=child),
        AssessmentFactory(child=child),
        MeasurementFactory(child=child),
        NeedFactory(child=child),
        followup,
        followup.delivery,
        followup.delivery.allocation,
    ]


def test_a_second_region_sees_all_that_hangs_on_the_family_each_once(everything, youssef):
    family, rows = everything
    assert [row for row in rows if type(row).objects.visible_to(youssef).filter(pk=row.pk).exists()] == []
    Family.objects.filter(pk=family.pk).update(also_followed_by=region("MA-09"))
    for row in rows:
        assert type(row).objects.visible_to(youssef).filter(pk=row.pk).count() == 1, row


def test_a_second_region_opens_no_other(everything, person):
    family, rows = everything
    Family.objects.filter(pk=family.pk).update(also_followed_by=region("MA-09"))
    stranger = person("Rachida", "case_worker", "MA-01")
    assert [row for row in rows if type(row).objects.visible_to(stranger).filter(pk=row.pk).exists()] == []


def test_a_scope_that_forgot_the_other_families_is_found(everything, person, monkeypatch):
    """The twin: a condition that lets every family with a second region through must be seen by the test above."""
    family, rows = everything
    Family.objects.filter(pk=family.pk).update(also_followed_by=region("MA-09"))
    monkeypatch.setattr(places.Mandate, "regions_of", staticmethod(lambda user: list(range(100_000))[:999]))
    stranger = person("Rachida", "case_worker", "MA-01")
    assert [row for row in rows if type(row).objects.visible_to(stranger).filter(pk=row.pk).exists()]


def test_whoever_sees_by_the_second_region_may_correct_and_change_nothing_of_the_place(client, youssef):
    family = FamilyFactory(also_followed_by=region("MA-09"))
    client.force_login(youssef)
    url = reverse("beneficiaries:family_edit", args=[family.pk])
    typed = {
        "province": family.province_id,
        "commune": "Anfa",
        "language": "ar",
        "also_followed_by": region("MA-09").pk,
    }
    assert client.post(url, typed).url == family.get_absolute_url()
    family.refresh_from_db()
    assert (family.commune, family.province) == ("Anfa", province("MA-CAS"))


@pytest.mark.parametrize("name", ["child_list", "family_list", "need_list"])
def test_lists_cost_the_same_with_families_of_a_second_region(client, youssef, name, django_assert_max_num_queries):
    for number in range(15):
        family = FamilyFactory(also_followed_by=region("MA-09") if number % 2 else None, province=province(SOUSS))
        NeedFactory(child__family=family)
    FamilyFactory(also_followed_by=region("MA-09"))
    client.force_login(youssef)
    client.get(reverse(f"beneficiaries:{name}"))
    with django_assert_max_num_queries(12):
        page = client.get(reverse(f"beneficiaries:{name}"))
    assert page.context["count"] == (16 if name == "family_list" else 15)


def test_a_second_region_is_found_through_no_new_table(youssef):
    """Its column lies in a row that the path passes anyway: no join is added, so no row can come twice."""
    for model, path in (
        (Child, "family__province__region"),
        (Need, "child__family__province__region"),
        (Allocation, "need__child__family__province__region"),
    ):
        plain = str(model.objects.filter(**{f"{path}__in": [1]}).query)
        both = str(model.objects.filter(places.scope(youssef, path)).query)
        assert "also_followed_by" in both
        assert both.count("JOIN") == plain.count("JOIN")
