import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from distributions import travelling
from distributions.models import Allocation, Chair, Delivery, Round
from tests.factories import (
    AllocationFactory,
    DeliveryFactory,
    FamilyFactory,
    InitiativeFactory,
    RoundFactory,
    province,
)

LIST = "/rounds/"


def url(name, *args):
    return reverse(f"distributions:{name}", args=args)


def tomorrow():
    return (timezone.localdate() + timedelta(days=1)).strftime("%d/%m/%Y")


@pytest.fixture
def initiative(db):
    return InitiativeFactory()


@pytest.fixture
def ready(initiative):
    """Three prepared chairs for Casablanca."""
    return [AllocationFactory(prepared=True, initiative=initiative) for _number in range(3)]


def where(initiative, iso="MA-CAS"):
    return f"{url('round_create')}?initiative={initiative.pk}&province={province(iso).pk}"


# --- planning ------------------------------------------------------------------------------------------------------


def test_a_coordinator_plans_a_round_in_the_order_she_types(client, karim, driss, initiative, ready):
    client.force_login(karim)
    typed = {"volunteer": str(driss.pk), "day": tomorrow(), "note": "Passer avant midi"}
    for place, allocation in zip("٣12", ready, strict=True):
        typed |= {f"take_{allocation.pk}": "on", f"order_{allocation.pk}": place}
    del typed[f"take_{ready[1].pk}"]
    answer = client.post(where(initiative), typed)
    round_ = Round.objects.get()
    assert answer.url == round_.get_absolute_url()
    assert (round_.volunteer, round_.note) == (driss, "Passer avant midi")
    assert list(round_.allocations.order_by("stop")) == [ready[2], ready[0]]
    assert Allocation.objects.get(pk=ready[1].pk).round is None


def test_only_what_is_ready_to_go_there_can_become_a_stop(client, karim, initiative, ready):
    AllocationFactory(initiative=initiative)  # proposed only
    AllocationFactory(prepared=True)  # another initiative
    AllocationFactory(loaded=True, initiative=initiative)  # on another round
    AllocationFactory(
        prepared=True, initiative=initiative, need__child__family=FamilyFactory(province=province("MA-TAR"))
    )
    client.force_login(karim)
    assert {row.pk for row in client.get(where(initiative)).context["candidates"]} == {row.pk for row in ready}


@pytest.mark.parametrize(
    "wrong",
    [{"day": "01/01/2020"}, {"day": "31/02/2030"}, {"volunteer": ""}, {"volunteer": "karim"}, {"take": False}],
)
def test_a_round_that_cannot_be_keeps_what_was_typed(client, karim, driss, initiative, ready, wrong):
    client.force_login(karim)
    typed = {"volunteer": str(driss.pk), "day": tomorrow(), "note": "Porte bleue", **wrong}
    if typed["volunteer"] == "karim":  # no volunteer
        typed["volunteer"] = str(karim.pk)
    if typed.pop("take", True):
        typed[f"take_{ready[0].pk}"] = "on"
    answer = client.post(where(initiative), typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert "Porte bleue" in answer.content.decode()
    assert not Round.objects.exists()


def test_a_round_is_corrected_until_it_is_loaded(client, karim, driss, khadija, initiative, ready):
    round_ = travelling.plan_round(
        initiative=initiative, volunteer=driss, province=province("MA-CAS"), day=timezone.localdate(),
        allocations=ready, by=karim,
    )  # fmt: skip
    client.force_login(karim)
    address = url("round_edit", round_.pk)
    lines = client.get(address).context["form"].lines
    assert [take.value() for _row, take, _order in lines] == [True] * 3
    client.post(address, {"volunteer": str(khadija.pk), "day": tomorrow(), f"take_{ready[1].pk}": "on"})
    round_.refresh_from_db()
    assert round_.volunteer == khadija
    assert list(round_.allocations.all()) == [ready[1]]
    travelling.load(round_, by=karim)
    answer = client.post(address, {"volunteer": str(driss.pk), "day": tomorrow(), f"take_{ready[0].pk}": "on"})
    assert answer.context["form"].errors
    round_.refresh_from_db()
    assert round_.volunteer == khadija


def test_planning_asks_where_before_anything_else(client, karim):
    client.force_login(karim)
    answer = client.get(url("round_create"))
    assert answer.context["form"] is None
    assert client.get(url("round_create") + "?initiative=nonsense&province=x").status_code == 200


# --- the day -------------------------------------------------------------------------------------------------------


def test_the_storekeeper_loads_and_brings_back(client, karim, omar, driss, initiative, ready):
    round_ = travelling.plan_round(
        initiative=initiative, volunteer=driss, province=province("MA-CAS"), day=timezone.localdate(),
        allocations=ready, by=karim,
    )  # fmt: skip
    client.force_login(omar)
    client.post(url("round_load", round_.pk))
    assert set(round_.allocations.values_list("status", flat=True)) == {"loaded"}
    DeliveryFactory(
        allocation=Allocation.objects.get(pk=ready[0].pk), outcome="refused", reason="Déjà servie", checks={}
    )
    page = client.get(round_.get_absolute_url()).content.decode()
    back = url("round_bring_back", round_.pk, ready[0].pk)
    assert back in page
    assert client.post(back).status_code == 302
    assert Chair.objects.get(pk=ready[0].chair_id).state == Chair.State.AVAILABLE
    assert client.post(back, follow=True).status_code == 200  # a second click is told, not broken
    assert client.post(url("round_bring_back", round_.pk, AllocationFactory().pk)).status_code == 404


def test_a_storekeeper_reads_no_family_name(client, omar, driss):
    stop = AllocationFactory(loaded=True, volunteer=driss, need__child__family_name_latin="Zzcanary")
    DeliveryFactory(allocation=stop, is_healthy=False)
    client.force_login(omar)
    for address in (LIST, stop.round.get_absolute_url()):
        text = client.get(address).content.decode()
        assert "Zzcanary" not in text
        assert "Someone must look" not in text


def test_the_load_out_list_goes_by_serial_number(client, karim, initiative):
    round_ = RoundFactory(initiative=initiative)
    for serial in ("C", "A", "B"):
        AllocationFactory(prepared=True, round=round_, initiative=initiative, chair__serial=serial)
    client.force_login(karim)
    rows = client.get(url("round_loading", round_.pk)).context["rows"]
    assert [row["chair"].serial for row in rows] == ["A", "B", "C"]


def test_what_someone_must_look_at_stands_above_the_rounds_until_it_is_settled(client, karim):
    doubtful, _fine = DeliveryFactory(is_healthy=False), DeliveryFactory()
    client.force_login(karim)
    assert list(client.get(LIST).context["doubtful"]) == [doubtful]
    settle = url("delivery_settle", doubtful.pk)
    assert client.post(settle, {"note": " "}).status_code == 422
    client.post(settle, {"note": "Appelée : elle va bien"})
    assert list(client.get(LIST).context["doubtful"]) == []
    assert "elle va bien" in client.get(doubtful.get_absolute_url()).content.decode()


# --- a delivery ----------------------------------------------------------------------------------------------------


def signed() -> Delivery:
    out = io.BytesIO()
    Image.new("RGB", (200, 80), "white").save(out, "PNG")
    return DeliveryFactory(signature=out.getvalue())


def test_the_page_of_a_delivery_says_both_times(client, samira):
    now = timezone.now()
    delivery = DeliveryFactory(happened_at=now - timedelta(hours=5), received_at=now)
    client.force_login(samira)
    text = client.get(delivery.get_absolute_url()).content.decode()
    for moment in (delivery.happened_at, delivery.received_at):
        assert timezone.localtime(moment).isoformat() in text


def test_a_signature_is_shown_to_who_may_see_the_delivery(client, samira, youssef, omar):
    delivery = signed()
    address = url("delivery_file", delivery.pk, "signature")
    for user, status in [(samira, 200), (youssef, 404), (omar, 403)]:
        client.force_login(user)
        assert client.get(address).status_code == status
    client.force_login(samira)
    answer = client.get(address)
    assert answer["Content-Type"] == "image/png"
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    assert client.get(url("delivery_file", delivery.pk, "photo")).status_code == 404
    delivery.attachments.get().file.delete(save=False)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", ["delivery_detail", "delivery_settle"])
def test_a_delivery_of_another_region_is_not_there(client, person, name):
    from hajar.accounts import roles

    delivery = DeliveryFactory(is_healthy=False)
    client.force_login(person("Lina", roles.COORDINATOR, "MA-09"))
    address = url(name, delivery.pk)
    answer = client.get(address) if name == "delivery_detail" else client.post(address, {"note": "x"})
    assert answer.status_code == 404


def test_a_round_of_another_region_is_not_there(client, youssef, driss):
    round_ = RoundFactory(volunteer=driss)
    client.force_login(youssef)
    assert list(client.get(LIST).context["lines"]) == []
    assert client.get(round_.get_absolute_url()).status_code == 404


def test_a_volunteer_has_no_office_pages(client, driss):
    round_ = RoundFactory(volunteer=driss)
    client.force_login(driss)
    for address in (LIST, round_.get_absolute_url(), url("round_create"), url("followup_list"), url("repair_list")):
        assert client.get(address).status_code == 403


# --- speed ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 15])
def test_the_lists_and_pages_cost_the_same_with_many_rows(client, karim, django_assert_max_num_queries, number):
    round_ = RoundFactory()
    for _stop in range(number):
        delivery = DeliveryFactory(
            allocation=AllocationFactory(loaded=True, round=round_, initiative=round_.initiative), is_healthy=False
        )
    for _round in range(number - 1):
        RoundFactory()
    client.force_login(karim)
    with django_assert_max_num_queries(13):
        assert len(client.get(LIST).context["lines"]) == number
    for address in (round_.get_absolute_url(), delivery.get_absolute_url()):
        with django_assert_max_num_queries(19):
            assert client.get(address).status_code == 200


def test_the_part_that_htmx_asks_for_is_in_the_page(client, karim):
    DeliveryFactory()
    client.force_login(karim)
    part = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "rows"}).content.decode().strip()
    assert part
    assert part in client.get(LIST).content.decode()
