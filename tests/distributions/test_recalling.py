"""A model or a batch is called back: who has one, who was told, what is safe."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from distributions import planning, recalling, stocktaking, tallying, travelling
from distributions.models import Chair, Recall
from tests.factories import (
    IN_ORDER,
    AllocationFactory,
    ChairFactory,
    ChairModelFactory,
    DepotFactory,
    FamilyFactory,
    GuardianFactory,
    InitiativeFactory,
    NeedFactory,
    RecallFactory,
    province,
)


def url(name, *args):
    return reverse(f"distributions:recall_{name}", args=args)


def with_child(**child):
    """A chair that a child has."""
    allocation = AllocationFactory(loaded=True, **{f"need__child__{key}": value for key, value in child.items()})
    with transaction.atomic():
        stocktaking.append_event(
            allocation.chair, "handed_over", by=allocation.approved_by, child=allocation.need.child
        )
    return allocation.chair


def test_a_batch_is_called_back_whatever_its_letters_case(karim):
    model = ChairModelFactory()
    two = [ChairFactory(model=model, batch=batch) for batch in ("L-42", "l-42")]
    ChairFactory(model=model, batch="L-43")
    ChairFactory(batch="L-42")  # another model
    recall = recalling.open_recall(model=model, batch=" L-42 ", reason="Vis", what_to_do="Changer", by=karim)
    assert set(recall.lines.values_list("chair", flat=True)) == {chair.pk for chair in two}
    assert set(Chair.objects.recalled()) == set(two)


def test_every_chair_of_a_model_is_called_back_but_the_scrapped(karim, omar):
    chair = ChairFactory()
    scrapped = ChairFactory(model=chair.model)
    stocktaking.record_chair_event(chair=scrapped, kind="scrapped", by=omar, note="Cadre cassé")
    assert RecallFactory(chair=chair, by=karim).lines.get().chair == chair


def test_a_recall_needs_a_chair_and_is_opened_once(karim):
    chair = ChairFactory(batch="A")
    with pytest.raises(recalling.NobodyHasOne):
        RecallFactory(chair=chair, batch="B")
    RecallFactory(chair=chair, batch="A")
    with pytest.raises(recalling.AlreadyCalledBack):
        RecallFactory(chair=chair, batch="a")
    RecallFactory(chair=chair, batch="")
    assert Recall.objects.count() == 2


def test_a_recalled_chair_is_reserved_for_nobody_until_it_is_safe(karim, omar):
    chair = ChairFactory()
    recall = RecallFactory(chair=chair, by=karim)
    need, initiative = NeedFactory(), InitiativeFactory()
    assert not Chair.objects.available().not_recalled().exists()
    with pytest.raises(planning.ChairRecalled):
        planning.propose(need=need, chair=chair, initiative=initiative, by=karim)
    recalling.record_safe(recall.lines.get(), by=omar)
    assert planning.propose(need=need, chair=chair, initiative=initiative, by=karim).chair == chair


def test_a_recalled_chair_is_neither_prepared_nor_loaded(karim, omar):
    approved, prepared = AllocationFactory(approved=True), AllocationFactory(loaded=False, prepared=True)
    RecallFactory(chair=approved.chair)
    with pytest.raises(planning.ChairRecalled):
        planning.prepare(approved, by=omar, **IN_ORDER)
    round_ = travelling.plan_round(
        initiative=prepared.initiative,
        volunteer=_volunteer(),
        province=province("MA-CAS"),
        day=timezone.localdate(),
        allocations=[prepared],
        by=karim,
    )
    RecallFactory(chair=prepared.chair)
    with pytest.raises(planning.ChairRecalled):
        travelling.load(round_, by=omar)


def _volunteer():
    from hajar.accounts import roles
    from tests.factories import UserFactory

    volunteer = UserFactory()
    roles.give(volunteer, roles.VOLUNTEER)
    return volunteer


def test_a_recalled_chair_is_in_stock_but_not_available(karim):
    chair = ChairFactory()
    RecallFactory(chair=chair)
    line = tallying.stock_summary().by_depot[chair.depot_id]
    assert (line.in_stock, line.available, line.recalled) == (1, 0, 1)
    assert tallying.stock_of_models([chair.model])[chair.model_id].available == 0


def test_a_chair_that_comes_in_later_is_called_back_too(omar):
    chair = ChairFactory(batch="A")
    recall = RecallFactory(chair=chair, batch="A")
    (same,) = stocktaking.receive_chairs(model=chair.model, depot=chair.depot, by=omar, batch="a")
    (other,) = stocktaking.receive_chairs(model=chair.model, depot=chair.depot, by=omar, batch="B")
    assert set(recall.lines.values_list("chair", flat=True)) == {chair.pk, same.pk}
    stocktaking.correct_chair(other, by=omar, batch="A")
    assert recall.lines.filter(chair=other).exists()


def test_a_recall_is_closed_when_every_chair_is_safe(karim, omar):
    chair = ChairFactory()
    lost = ChairFactory(model=chair.model)
    recall = RecallFactory(chair=chair)
    stocktaking.record_chair_event(chair=lost, kind="lost", by=omar, note="Introuvable")
    with pytest.raises(recalling.SomeNotSafe) as refused:
        recalling.close_recall(recall, by=karim)
    assert chair.label in refused.value.message
    assert lost.label not in refused.value.message
    recalling.record_safe(recall.lines.get(chair=chair), by=omar)
    recalling.close_recall(recall, by=karim)
    with pytest.raises(recalling.RecallIsClosed):
        recalling.record_safe(recall.lines.get(chair=lost), by=omar)
    stocktaking.record_chair_event(chair=lost, kind="found", by=omar, depot=DepotFactory())
    assert set(Chair.objects.recalled()) == {lost}, "found again, it is still not safe"
    recalling.record_safe(recall.lines.get(chair=lost), by=omar)
    assert not Chair.objects.recalled().exists()


def test_a_chair_found_after_its_recall_closed_is_made_safe_on_the_page(client, karim, omar):
    lost = ChairFactory()
    recall = RecallFactory(chair=lost)
    stocktaking.record_chair_event(chair=lost, kind="lost", by=omar, note="Introuvable")
    recalling.close_recall(recall, by=karim)
    client.force_login(omar)
    page = url("safe", recall.pk, recall.lines.get().pk)
    assert page not in client.get(recall.get_absolute_url()).text
    stocktaking.record_chair_event(chair=lost, kind="found", by=omar, depot=DepotFactory())
    assert page in client.get(recall.get_absolute_url()).text
    assert client.post(page, {"on": timezone.localdate().strftime("%d/%m/%Y")}).status_code == 302
    assert page not in client.get(recall.get_absolute_url()).text
    assert not Chair.objects.recalled().exists()


def test_who_was_told_and_when_it_was_safe_is_kept(karim, omar):
    recall = RecallFactory()
    line = recalling.record_contact(recall.lines.get(), by=karim, note="La mère sait")
    line = recalling.record_safe(line, by=omar)
    assert (line.contacted_by, line.safe_by, line.note) == (karim, omar, "La mère sait")
    with pytest.raises(recalling.AlreadySafe):
        recalling.record_safe(line, by=omar)
    with pytest.raises(stocktaking.InTheFuture):
        recalling.record_contact(line, by=karim, on=timezone.localdate() + timedelta(days=1))
    assert [entry.act for entry in recall.history()] == ["recall.made_safe", "recall.contacted", "recall.opened"]


# --- the pages -------------------------------------------------------------------------------------------------------


def test_child_and_phone_are_shown_to_who_may_see_her(client, karim, samira, youssef, omar):
    chair = with_child(given_name_latin="Ghizlane")
    GuardianFactory(family=chair.holder.family, is_first_contact=True, phone="+212612345678")
    recall = RecallFactory(chair=chair)
    for reader, sees in [(karim, True), (samira, True), (youssef, False), (omar, False)]:
        client.force_login(reader)
        text = client.get(recall.get_absolute_url()).text
        assert ("Ghizlane" in text) is ("+212612345678" in text) is sees, reader.full_name
        assert chair.label in text


def test_a_family_is_told_by_who_may_see_the_child(client, samira, youssef):
    chair = with_child(family=FamilyFactory())
    recall = RecallFactory(chair=chair)
    page = url("contact", recall.pk, recall.lines.get().pk)
    form = {"on": timezone.localdate().strftime("%d/%m/%Y"), "note": "Le père a compris"}
    client.force_login(youssef)
    assert client.post(page, form).status_code == 404
    client.force_login(samira)
    assert client.post(page, form | {"on": "31/12/2099"}).status_code == 422
    assert client.post(page, form).status_code == 302
    assert recall.lines.get().contacted_by == samira


def test_a_model_is_called_back_on_the_page(client, omar):
    client.force_login(omar)
    chair = ChairFactory(batch="A")
    form = {"model": chair.model_id, "batch": "Z", "reason": "Vis", "what_to_do": "Changer la vis"}
    refused = client.post(url("create"), form)
    assert (refused.status_code, refused.context["form"]["batch"].value()) == (422, "Z")
    assert client.post(url("create"), form | {"batch": "A"}).status_code == 302
    page = client.get(reverse("distributions:chair_detail", args=[chair.pk]))
    assert "Vis" in page.text
    assert f"?chair={chair.pk}" not in page.text, "it cannot be reserved"


def test_the_pages_cost_the_same_with_many_recalls_and_chairs(client, karim, django_assert_max_num_queries):
    client.force_login(karim)
    first = RecallFactory(chair=with_child())
    large = ChairFactory()
    for _number in range(14):
        ChairFactory(model=large.model)
    with django_assert_max_num_queries(12) as one:
        client.get(url("list"))
    with django_assert_max_num_queries(16) as small:
        client.get(first.get_absolute_url())
    RecallFactory.create_batch(13)
    many = RecallFactory(chair=large)
    with django_assert_max_num_queries(len(one)):
        assert len(client.get(url("list")).context["recalls"]) == 15
    with django_assert_max_num_queries(len(small)):
        assert len(client.get(many.get_absolute_url()).context["lines"]) == 15
