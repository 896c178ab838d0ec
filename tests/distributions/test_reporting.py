from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from distributions import documents, planning, reporting
from tests.factories import (
    AllocationFactory,
    ChairModelFactory,
    DeliveryFactory,
    DepotFactory,
    FollowUpFactory,
    InitiativeFactory,
    RoundFactory,
    UserFactory,
    province,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def december():
    return InitiativeFactory(name_fr="Initiative de décembre", name_ar="مبادرة دجنبر")


@pytest.fixture
def hand_over(december):
    """Hand over (or try to) so many chairs in a province of the December initiative."""
    shared = {"chair__model": ChairModelFactory(), "chair__depot": DepotFactory()}
    proposer, approver = UserFactory(), UserFactory()

    def act(iso: str, number: int, **said):
        there = province(iso)
        round = RoundFactory(initiative=december, province=there)
        return [
            DeliveryFactory(
                allocation=AllocationFactory(
                    loaded=True,
                    initiative=december,
                    need__child__family__province=there,
                    round=round,
                    by=proposer,
                    approver=approver,
                    **shared,
                ),
                **said,
            )
            for _ in range(number)
        ]

    return act


def test_the_report_counts_what_happened(december, hand_over):
    hand_over("MA-CAS", 3)
    hand_over("MA-TAR", 1)
    hand_over("MA-TAR", 1, outcome="not_at_home")
    report = reporting.initiative_report(december, small_counts=True)
    assert (report.planned, report.delivered, report.failed, report.left) == (5, 4, 1, 1)
    assert [(line.region.iso, line.planned, line.delivered, line.failed, line.left) for line in report.regions] == [
        ("MA-06", 3, 3, 0, 0),
        ("MA-09", 2, 1, 1, 1),
    ]
    assert [(failure.outcome, failure.count) for failure in report.failures] == [("not_at_home", 1)]
    assert report.median_wait_days == 100


def test_a_chair_that_did_not_fit_was_planned_and_failed_and_nothing_is_left(december, hand_over):
    hand_over("MA-CAS", 1, outcome="did_not_fit", reason="trop étroit")
    report = reporting.initiative_report(december, small_counts=True)
    assert (report.planned, report.delivered, report.failed, report.left) == (1, 0, 1, 0)


def test_the_wait_ends_on_the_day_of_the_hand_over_in_morocco(december, hand_over):
    """Half past midnight is still yesterday in universal time."""
    night = timezone.localtime().replace(hour=0, minute=30)
    hand_over("MA-CAS", 1, happened_at=night, received_at=night)
    assert reporting.initiative_report(december, small_counts=True).median_wait_days == 100


def test_a_hand_over_told_twice_is_one_hand_over_and_no_failure(december, hand_over):
    (delivery,) = hand_over("MA-CAS", 1, handed_over_on=timezone.localdate() - timedelta(days=20))
    second = DeliveryFactory(allocation=delivery.allocation, note="Une deuxième fois")
    assert "already_delivered" in second.needs_a_look
    report = reporting.initiative_report(december, small_counts=True)
    assert (report.planned, report.delivered, report.failed, report.left) == (1, 1, 0, 0)
    assert report.failures == []
    assert report.median_wait_days == 80


def test_a_chair_that_two_families_are_said_to_have_is_no_failure(december, hand_over, karim):
    """The first reservation was released on the road; its volunteer handed the chair over all the same."""
    stranded = AllocationFactory(loaded=True, initiative=december)
    planning.release(stranded, by=karim, release="mistake")
    entry = DeliveryFactory(allocation=stranded)
    assert {"released", "chair_disputed"} <= set(entry.needs_a_look.split(","))
    report = reporting.initiative_report(december, small_counts=True)
    assert (report.planned, report.delivered, report.failed, report.left) == (1, 0, 0, 0)
    assert report.median_wait_days is None


def test_the_summary_shows_no_cell_under_five(december, hand_over):
    hand_over("MA-CAS", 6)
    hand_over("MA-TAR", 2)
    hand_over("MA-CHE", 5)
    summary = reporting.anonymous_summary(december)
    numbers = [number for line in summary.regions for number in (line.planned, line.delivered, line.failed, line.left)]
    assert all(number is None or number == 0 or number >= 5 for number in numbers)
    delivered = {line.region.iso: line.delivered for line in summary.regions}
    assert delivered == {"MA-06": 6, "MA-09": None, "MA-01": None}  # one alone could be had by subtraction
    assert summary.delivered == 13


def test_no_hidden_count_can_be_had_from_its_neighbours(december, hand_over):
    hand_over("MA-CAS", 6)
    hand_over("MA-CAS", 1, outcome="did_not_fit", reason="trop étroit")
    summary = reporting.anonymous_summary(december)
    assert summary.planned is None  # 7 planned - 6 handed over - 0 left = 1 child
    assert [(line.planned, line.failed, line.left) for line in summary.regions] == [(None, None, None)]
    assert reporting.initiative_report(december, small_counts=True).planned == 7


def test_the_map_knows_that_nothing_happened_elsewhere(december, hand_over):
    hand_over("MA-CAS", 6)
    pairs = {region.iso: number for region, number in reporting.anonymous_summary(december).delivered_pairs}
    assert len(pairs) == 12
    assert (pairs["MA-06"], pairs["MA-12"]) == (6, 0)


def test_a_summary_of_four_says_fewer_than_five(december, hand_over):
    hand_over("MA-CAS", 4)
    with translation.override("en"):
        words = documents.summary_words(reporting.anonymous_summary(december))
    assert words["figures"][0][1] == "fewer than 5"
    assert words["localities"] == ""


def test_the_latest_answer_of_a_family_counts(december, hand_over):
    now = timezone.localdate()
    for delivery in hand_over("MA-CAS", 6, handed_over_on=now - timedelta(days=60)):
        FollowUpFactory(delivery=delivery, step="days_14", done_on=now - timedelta(days=40), school_change="same")
        FollowUpFactory(delivery=delivery, step="days_42", done_on=now - timedelta(days=10), school_change="better")
    change = reporting.initiative_report(december, small_counts=True).changes["school_change"]
    assert (change.better, change.same, change.answered) == (6, 0, 6)


def test_no_name_is_in_the_summary(december, hand_over, client, hind):
    deliveries = hand_over("MA-CAS", 6, receiver_name="Zoubida Secret")
    client.force_login(hind)
    for language in ("fr", "ar", "en"):
        page = client.get(reverse("distributions:initiative_summary", args=[december.pk]), {"language": language})
        assert page.status_code == 200
        for hidden in ("Zoubida", "Chaimae", "شيماء", "العمراني", deliveries[0].allocation.chair.serial):
            assert hidden not in page.content.decode()


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_summary_can_be_had_on_paper(december, hand_over, client, hind, language):
    hand_over("MA-CAS", 6)
    client.force_login(hind)
    url = reverse("distributions:initiative_summary_pdf", args=[december.pk])
    response = client.get(url, {"language": language})
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")


def test_an_observer_sees_the_report_without_small_counts(december, hand_over, client, hind, karim):
    hand_over("MA-CAS", 2)
    url = reverse("distributions:initiative_report", args=[december.pk])
    client.force_login(hind)
    assert client.get(url).context["report"].planned is None
    client.force_login(karim)
    assert client.get(url).context["report"].planned == 2


@pytest.mark.parametrize("number", [1, 15])
def test_the_report_costs_the_same_at_1_and_15_rows(
    december, hand_over, client, karim, number, django_assert_max_num_queries
):
    hand_over("MA-CAS", number)
    client.force_login(karim)
    for name in ("initiative_report", "initiative_summary"):
        with django_assert_max_num_queries(16):
            client.get(reverse(f"distributions:{name}", args=[december.pk]))
    with django_assert_max_num_queries(12):
        client.get(reverse("distributions:report_list"))
