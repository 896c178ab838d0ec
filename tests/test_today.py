from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from beneficiaries.models import Need
from distributions.models import FollowUp
from hajar import today
from hajar.lib import counting
from tests.factories import (
    AllocationFactory,
    BackupFactory,
    ChairFactory,
    DeliveryFactory,
    InitiativeFactory,
    NeedFactory,
    RoundFactory,
    province,
)

pytestmark = pytest.mark.django_db


def test_a_case_worker_sees_who_waits_in_her_regions_only(client, samira):
    NeedFactory()
    NeedFactory(child__family__province=province("MA-TAR"))
    client.force_login(samira)
    page = client.get("/").context["today"]
    assert [line.need.child.family.province.iso for line in page.needs] == ["MA-CAS"]
    assert page.stats[0].number == 1
    assert [(region.iso, number) for region, number in page.waiting_by_region] == [("MA-06", 1)]


def test_urgent_needs_come_first_and_say_when_the_decision_is_late(karim):
    NeedFactory(score_high=90)
    urgent = NeedFactory(score_low=30, score_high=30, is_urgent=True, urgent_since=timezone.localdate())
    page = today.for_person(karim)
    assert page.needs[0].need == urgent
    assert page.stats[1].tone == "urgent"
    late = today.for_person(karim, timezone.localdate() + timedelta(days=15)).stats[1].words
    assert late != page.stats[1].words


def test_a_need_that_is_met_while_the_page_is_made_breaks_nothing(karim, monkeypatch):
    NeedFactory()

    def handed_over_at_once(counts):
        Need.objects.all().delete()
        return sum(counts)

    monkeypatch.setattr(today, "sum", handed_over_at_once, raising=False)
    assert today.for_person(karim).stats[0].number == 1


def test_where_very_many_wait_they_are_counted_for_an_hour_and_the_page_says_so(client, karim, samira, monkeypatch):
    cache.clear()
    monkeypatch.setattr(counting, "KEPT_FROM", 1)
    NeedFactory()
    NeedFactory(child__family__province=province("MA-TAR"))

    def number(**query):
        return client.get("/", query).context["today"].stats[0].number

    client.force_login(karim)
    assert number() == 2
    NeedFactory()
    assert number() == 2
    assert 'href="?anew=1"' in client.get("/").text
    client.force_login(samira)
    assert number() == 2  # of her region, whatever was counted of the Kingdom
    client.force_login(karim)
    assert number(anew="1") == 3
    assert number() == 3


def test_a_storekeeper_sees_the_chairs_that_want_a_hand(client, omar):
    ChairFactory(used=True)
    client.force_login(omar)
    page = client.get("/").context["today"]
    assert [(state, number) for state, _words, number in page.chairs] == [("to_disinfect", 1)]
    assert page.needs is None


def test_a_volunteer_sees_her_rounds_and_nothing_else(client, driss, khadija):
    mine, _hers = RoundFactory(volunteer=driss), RoundFactory(volunteer=khadija)
    client.force_login(driss)
    page = client.get("/").context["today"]
    assert page.rounds == [mine]
    assert (page.needs, page.stats, page.followups, page.chairs, page.approvals) == (None, [], None, None, None)


def test_an_observer_sees_initiatives(client, hind):
    initiative = InitiativeFactory()
    client.force_login(hind)
    assert client.get("/").context["today"].initiatives == [initiative]


def test_who_proposed_is_not_asked_to_approve(karim, person):
    allocation = AllocationFactory(by=karim)
    assert today.for_person(karim).approvals == []
    assert today.for_person(person("Meriem", "coordinator")).approvals == [allocation]


def test_a_call_that_is_due_is_named_by_its_step(karim):
    DeliveryFactory(handed_over_on=timezone.localdate() - timedelta(days=20))
    assert [line.words for line in today.for_person(karim).followups] == [FollowUp.Step.DAYS_14.label]


@pytest.mark.parametrize("number", [1, 15])
def test_the_page_costs_the_same_at_1_and_15_rows(client, karim, number, django_assert_max_num_queries):
    for _ in range(number):
        NeedFactory()
        DeliveryFactory(handed_over_on=timezone.localdate() - timedelta(days=20))
    client.force_login(karim)
    with django_assert_max_num_queries(30):
        client.get("/")


def test_coordinators_and_administrators_are_told_when_no_backup_is_fresh(karim, nadia, samira, settings, tmp_path):
    settings.HAJAR_BACKUP_DIR = None
    assert today.for_person(karim).late_backup == ""  # a laptop that takes none
    settings.HAJAR_BACKUP_DIR = tmp_path
    assert today.for_person(karim).late_backup
    BackupFactory(taken_at=timezone.now() - timedelta(hours=27))
    for user, is_told in [(karim, True), (nadia, True), (samira, False)]:
        assert bool(today.for_person(user).late_backup) is is_told
    BackupFactory()
    assert today.for_person(karim).late_backup == ""


def test_the_oldest_matters_stand_on_the_home_page_of_who_may_settle_them(karim, samira):
    for _number in range(today.FEW + 2):
        DeliveryFactory(outcome="not_at_home", receiver_name="", receiver_relation="", checks={})
    page = today.for_person(karim)
    assert (len(page.matters), page.matters_waiting) == (today.FEW, today.FEW + 2)
    assert today.for_person(samira).matters is None
