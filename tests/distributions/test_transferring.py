"""From one depot to another: what left, and what arrived."""

import pytest
from django.urls import reverse

from distributions import stocktaking, tallying, transferring
from distributions.models import Chair, Transfer, TransferLine
from tests.factories import AllocationFactory, ChairFactory, DepotFactory, TransferFactory

State = Chair.State


def url(name, *args):
    return reverse(f"distributions:transfer_{name}", args=args)


@pytest.fixture
def two(omar):
    """A transfer of two chairs, and its lines."""
    origin = DepotFactory()
    transfer = TransferFactory(origin=origin, by=omar, chairs=[ChairFactory(depot=origin) for _number in range(2)])
    return transfer, *transfer.lines.select_related("chair").order_by("chair__number")


def state(line):
    return Chair.objects.get(pk=line.chair_id).state


def test_a_sent_chair_is_in_no_depot_and_on_the_way(omar):
    transfer = TransferFactory(by=omar, carrier="Autocar")
    chair = transfer.lines.get().chair
    assert (chair.state, chair.depot) == (State.IN_TRANSFER, None)
    summary = tallying.stock_summary()
    assert (summary.total.in_stock, summary.total.available, summary.total.on_the_way) == (0, 0, 1)
    assert summary.by_depot[transfer.destination_id].on_the_way == 1
    assert tallying.stock_of_models([chair.model])[chair.model_id].on_the_way == 1
    assert list(stocktaking.stock_faults()) == []
    assert transfer.history().first().details["chairs"] == [chair.label]


def test_what_arrives_lies_in_the_depot_and_what_is_missing_stays_on_the_way(two, karim):
    transfer, came, missed = two
    transfer = transferring.receive_transfer(transfer, by=karim, arrived=[came], missing=[missed])
    assert (state(came), state(missed)) == (State.AVAILABLE, State.IN_TRANSFER)
    assert Chair.objects.get(pk=came.chair_id).depot_id == transfer.destination_id
    assert transfer.received_by == karim
    assert list(stocktaking.stock_faults()) == []


def test_of_what_is_not_unpacked_nothing_is_said(two, karim):
    transfer, came, later = two
    transfer = transferring.receive_transfer(transfer, by=karim, arrived=[came])
    assert transfer.received_at is None
    later.refresh_from_db()
    assert later.arrived is None
    assert transferring.receive_transfer(transfer, by=karim, arrived=[later]).received_at


def test_a_missing_chair_can_arrive_later(two, karim):
    transfer, came, missed = two
    transferring.receive_transfer(transfer, by=karim, arrived=[came], missing=[missed])
    transferring.receive_transfer(transfer, by=karim, arrived=[missed])
    assert state(missed) == State.AVAILABLE


def test_a_missing_chair_can_be_lost_and_found_again(two, karim, omar):
    transfer, came, missed = two
    transferring.receive_transfer(transfer, by=karim, arrived=[came], missing=[missed])
    stocktaking.record_chair_event(chair=missed.chair, kind="lost", by=omar, note="Le transporteur ne sait pas")
    with pytest.raises(stocktaking.EventNotPossible):
        transferring.receive_transfer(transfer, by=karim, arrived=[missed])
    stocktaking.record_chair_event(chair=missed.chair, kind="found", by=omar, depot=transfer.origin)
    again = transferring.send_chairs(
        origin=transfer.origin, destination=transfer.destination, chairs=[missed.chair], by=omar
    )
    assert TransferLine.objects.filter(chair=missed.chair).count() == 2
    assert tallying.stock_summary().by_depot[again.destination_id].on_the_way == 1


def test_a_promised_chair_travels_and_stays_promised(omar, karim):
    allocation = AllocationFactory(approved=True)
    transfer = TransferFactory(origin=allocation.chair.depot, by=omar, chairs=[allocation.chair])
    assert transfer.lines.get().chair.state == State.IN_TRANSFER
    transferring.receive_transfer(transfer, by=karim, arrived=transfer.lines.all())
    assert state(transfer.lines.get()) == State.RESERVED


def test_only_chairs_of_the_depot_leave_it(omar):
    here, elsewhere = DepotFactory(), ChairFactory()
    with pytest.raises(transferring.ChairNotThere):
        transferring.send_chairs(origin=here, destination=DepotFactory(), chairs=[elsewhere], by=omar)
    with pytest.raises(transferring.SameDepot):
        transferring.send_chairs(origin=here, destination=here, chairs=[elsewhere], by=omar)
    with pytest.raises(transferring.NothingToSend):
        transferring.send_chairs(origin=here, destination=DepotFactory(), chairs=[], by=omar)
    with pytest.raises(stocktaking.DepotClosed):
        transferring.send_chairs(
            origin=elsewhere.depot, destination=DepotFactory(is_open=False), chairs=[elsewhere], by=omar
        )
    assert not Transfer.objects.exists()


def test_unpacking_says_something(two, karim):
    transfer, came, _missed = two
    with pytest.raises(transferring.NothingToReceive):
        transferring.receive_transfer(transfer, by=karim)
    transferring.receive_transfer(transfer, by=karim, arrived=[came])
    with pytest.raises(transferring.NothingToReceive):
        transferring.receive_transfer(transfer, by=karim, arrived=[came], missing=[came])


# --- the pages -------------------------------------------------------------------------------------------------------


def test_chairs_are_sent_and_unpacked_on_the_pages(client, omar):
    client.force_login(omar)
    chair, destination = ChairFactory(), DepotFactory()
    page = f"{url('create')}?origin={chair.depot_id}"
    assert chair.label in client.get(page).text
    assert client.post(page, {"destination": destination.pk}).context["form"].errors["chairs"]
    form = {"destination": destination.pk, "chairs": [chair.pk], "carrier": "Autocar"}
    assert client.post(page, form).status_code == 302
    transfer = Transfer.objects.get()
    line = transfer.lines.get()
    assert client.post(url("receive", transfer.pk), {f"line_{line.pk}": "arrived"}).status_code == 302
    assert state(line) == State.AVAILABLE
    assert client.get(url("detail", transfer.pk)).status_code == 200


def test_a_chairs_page_says_where_it_is_going(client, omar):
    client.force_login(omar)
    transfer = TransferFactory(by=omar)
    page = client.get(reverse("distributions:chair_detail", args=[transfer.lines.get().chair_id]))
    assert transfer.get_absolute_url() in page.text


def test_the_list_costs_the_same_with_many_transfers(client, omar, django_assert_max_num_queries):
    client.force_login(omar)
    TransferFactory(by=omar)
    with django_assert_max_num_queries(12) as first:
        client.get(url("list"))
    TransferFactory.create_batch(14, by=omar)
    with django_assert_max_num_queries(len(first)):
        assert len(client.get(url("list")).context["transfers"]) == 15


def test_a_transfers_page_costs_the_same_with_many_chairs(client, omar, django_assert_max_num_queries):
    client.force_login(omar)
    small = TransferFactory(by=omar)
    origin = DepotFactory()
    large = TransferFactory(origin=origin, by=omar, chairs=[ChairFactory(depot=origin) for _number in range(15)])
    with django_assert_max_num_queries(16) as first:
        client.get(url("detail", small.pk))
    with django_assert_max_num_queries(len(first)):
        client.get(url("detail", large.pk))
