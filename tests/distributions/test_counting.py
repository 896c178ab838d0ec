"""Counting a depot: only what somebody says is done."""

import pytest
from django.urls import reverse

from distributions import counting, stocktaking
from distributions.models import Chair, CountLine, StockCount
from tests.factories import AllocationFactory, ChairFactory, DepotFactory, StockCountFactory

State = Chair.State


def url(name, *args):
    return reverse(f"distributions:count_{name}", args=args)


def fresh(chair):
    return Chair.objects.get(pk=chair.pk)


def test_only_chairs_marked_missing_become_lost(omar, karim):
    depot = DepotFactory()
    seen, missing, untouched = (ChairFactory(depot=depot) for _number in range(3))
    count = StockCountFactory(depot=depot, by=omar, seen=seen, missing=missing)
    counting.finalise(count, by=karim)
    assert [fresh(chair).state for chair in (seen, missing, untouched)] == [
        State.AVAILABLE,
        State.LOST,
        State.AVAILABLE,
    ]
    assert missing.events.count() == 2
    assert untouched.events.count() == seen.events.count() == 1
    assert list(stocktaking.stock_faults()) == []
    details = count.history().first().details
    assert (details["lost"], details["not_looked_for"]) == ([missing.label], 1)


def test_the_loss_names_the_count_as_its_reason(omar, karim, settings):
    chair = ChairFactory()
    count = StockCountFactory(depot=chair.depot, by=omar, missing=chair)
    counting.finalise(count, by=karim)
    assert f"{count.day:%d/%m/%Y}" in chair.events.get(kind="lost").note


def test_another_person_finalises(omar, karim):
    chair = ChairFactory()
    count = StockCountFactory(depot=chair.depot, by=omar, missing=chair)
    with pytest.raises(counting.SamePerson):
        counting.finalise(count, by=omar)
    assert fresh(chair).state == State.AVAILABLE
    with pytest.raises(counting.NotTheCounter):
        counting.mark(count=count, chair=chair, found="seen", by=karim)


def test_a_promised_chair_is_not_taken_away_silently(omar, karim):
    kept, given_up = AllocationFactory(), AllocationFactory()
    depot = kept.chair.depot
    stocktaking.record_chair_event(chair=given_up.chair, kind="moved", by=omar, depot=depot)
    count = StockCountFactory(depot=depot, by=omar, missing=kept.chair)
    counting.mark(count=count, chair=given_up.chair, found="missing", by=omar)
    assert len(counting.standing(count).promised) == 2
    counting.finalise(count, by=karim, give_up=[given_up.chair_id])
    assert fresh(kept.chair).state == State.RESERVED
    assert fresh(given_up.chair).state == State.LOST
    given_up.refresh_from_db()
    assert given_up.is_live, "a person releases it, and chooses another chair"
    assert list(stocktaking.stock_faults()) == []


def test_a_chair_recorded_elsewhere_comes_here_only_if_ticked(omar, karim):
    depot = DepotFactory()
    moved, left, found = (ChairFactory() for _number in range(3))
    elsewhere = left.depot_id
    stocktaking.record_chair_event(chair=found, kind="lost", by=omar, note="Introuvable")
    count = StockCountFactory(depot=depot, by=omar)
    for chair in (moved, left, found):
        counting.mark(count=count, chair=chair, found="seen", by=omar)
    counting.finalise(count, by=karim, bring=[moved.pk, found.pk])
    assert fresh(moved).depot_id == depot.pk
    assert fresh(left).depot_id == elsewhere
    assert fresh(found).state == State.TO_DISINFECT, "who knows where it was"
    assert list(stocktaking.stock_faults()) == []


@pytest.mark.parametrize("trait", [{"loaded": True}])
def test_a_chair_on_the_road_is_left_to_its_round(omar, karim, trait):
    chair = AllocationFactory(**trait).chair
    count = StockCountFactory(by=omar, seen=chair)
    (each,) = counting.standing(count).unexpected
    assert each.way is None
    counting.finalise(count, by=karim, bring=[chair.pk])
    assert fresh(chair).state == State.LOADED


def test_a_chair_that_left_meanwhile_is_not_lost(omar, karim):
    chair = ChairFactory()
    count = StockCountFactory(depot=chair.depot, by=omar, missing=chair)
    stocktaking.record_chair_event(chair=chair, kind="moved", by=omar, depot=DepotFactory())
    counting.finalise(count, by=karim)
    assert fresh(chair).state == State.AVAILABLE


def test_the_last_word_on_a_chair_counts_and_can_be_taken_back(omar):
    chair = ChairFactory()
    count = StockCountFactory(depot=chair.depot, by=omar, missing=chair)
    line = counting.mark(count=count, chair=chair, found="seen", by=omar)
    assert [line.found for line in count.lines.all()] == ["seen"]
    counting.unmark(line, by=omar)
    assert counting.standing(count).unseen == [chair]


def test_a_depot_is_counted_once_at_a_time(omar, karim):
    count = StockCountFactory(by=omar)
    with pytest.raises(counting.AlreadyCounted):
        counting.begin_count(depot=count.depot, by=karim)
    counting.abandon(count, by=karim)
    assert counting.begin_count(depot=count.depot, by=karim).is_open


def test_a_count_that_is_over_takes_nothing_more(omar, karim):
    chair = ChairFactory()
    count = StockCountFactory(depot=chair.depot, by=omar, seen=chair)
    counting.finalise(count, by=karim)
    for act in (
        lambda: counting.mark(count=count, chair=chair, found="missing", by=omar),
        lambda: counting.finalise(count, by=karim),
        lambda: counting.abandon(count, by=karim),
    ):
        with pytest.raises(counting.CountIsOver):
            act()


def test_an_empty_count_is_not_finalised(omar, karim):
    with pytest.raises(counting.NothingCounted):
        counting.finalise(StockCountFactory(by=omar), by=karim)


# --- the pages -------------------------------------------------------------------------------------------------------


def test_chairs_are_counted_by_their_numbers(client, omar):
    client.force_login(omar)
    chair, scanned = ChairFactory(), ChairFactory()
    assert client.post(url("create", chair.depot_id), {"note": "Salle 1"}).status_code == 302
    count = StockCount.objects.get()
    arabic = str(chair.number).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for typed, found in [(arabic, "seen"), (f"http://testserver/c/{scanned.number}/", "missing")]:
        assert client.post(url("mark", count.pk), {"number": typed, "found": found}).status_code == 302
    assert dict(count.lines.values_list("chair", "found")) == {chair.pk: "seen", scanned.pk: "missing"}
    page = client.get(url("detail", count.pk))
    assert chair.label in page.text
    assert "autofocus" in page.text


@pytest.mark.parametrize("typed", ["", "n'importe quoi", "CH-999999"])
def test_a_number_that_is_none_is_said_beside_the_field(client, omar, typed):
    client.force_login(omar)
    count = StockCountFactory(by=omar)
    answer = client.post(url("mark", count.pk), {"number": typed, "found": "seen"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["number"]
    assert not CountLine.objects.exists()


def test_a_colleague_finalises_on_the_page(client, omar, karim):
    depot = DepotFactory()
    missing, elsewhere = ChairFactory(depot=depot), ChairFactory()
    count = StockCountFactory(depot=depot, by=omar, missing=missing, seen=elsewhere)
    page = url("finalise", count.pk)
    client.force_login(omar)
    assert client.post(page).status_code == 422
    client.force_login(karim)
    assert missing.label in client.get(page).text
    assert client.post(page, {"bring": [str(elsewhere.pk), "nonsense"]}).status_code == 302
    assert (fresh(missing).state, fresh(elsewhere).depot_id) == (State.LOST, depot.pk)


def test_a_second_count_of_a_depot_is_refused_in_words(client, karim, omar):
    client.force_login(karim)
    count = StockCountFactory(by=omar)
    answer = client.post(url("create", count.depot_id), {"note": "encore"})
    assert answer.status_code == 422
    assert counting.AlreadyCounted().message in answer.text


def test_a_counts_page_costs_the_same_with_many_chairs(client, omar, django_assert_max_num_queries):
    client.force_login(omar)
    depot = DepotFactory()
    count = StockCountFactory(depot=depot, by=omar, seen=ChairFactory(depot=depot))
    ChairFactory(depot=depot)
    with django_assert_max_num_queries(16) as first:
        client.get(url("detail", count.pk))
    for found in ["seen", "missing"] * 7:
        counting.mark(count=count, chair=ChairFactory(depot=depot), found=found, by=omar)
        ChairFactory(depot=depot)
    with django_assert_max_num_queries(len(first)):
        client.get(url("detail", count.pk))
