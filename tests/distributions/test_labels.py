"""Labels: a code that holds an address and nothing else."""

import pytest
from django.urls import reverse

from distributions import documents
from distributions.models import Chair
from tests.factories import ChairFactory, DepotFactory


def url(name, *args):
    return reverse(f"distributions:{name}", args=args)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("CH-0012", 12),
        (" ch 12 ", 12),
        ("١٢", 12),
        ("12", 12),
        ("https://hajar.example/c/12/", 12),
        ("http://localhost:8000/c/12", 12),
        ("https://hajar.example/children/12/", None),
        ("AA-12", None),
        ("", None),
    ],
)
def test_a_number_is_read_from_what_is_typed_or_scanned(typed, number):
    assert Chair.number_in(typed) == number


def test_a_scanned_label_leads_to_the_chair_after_the_sign_in(client, samira, driss):
    chair = ChairFactory()
    address = url("chair_scan", chair.number)
    assert client.get(address).url.startswith(reverse("account_login"))
    client.force_login(driss)
    assert client.get(address).status_code == 403
    client.force_login(samira)
    assert client.get(address).url == chair.get_absolute_url()
    assert client.get(url("chair_scan", 999_999)).status_code == 404


def test_the_code_holds_the_short_address_alone(client, omar, monkeypatch):
    client.force_login(omar)
    chair = ChairFactory()
    held = []
    monkeypatch.setattr(
        documents,
        "qr_code",
        lambda address: held.append(address) or "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>",
    )
    client.get(url("label_sheet"), {"chair": chair.number})
    assert held == [f"http://testserver/c/{chair.number}/"]


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_sheet_is_a_pdf_of_twenty_one_labels_a_page(client, omar, language):
    client.force_login(omar)
    depot = DepotFactory()
    numbers = [ChairFactory(depot=depot).number for _number in range(21)]
    for first, pages in [("1", 1), ("2", 2)]:
        query = {"chair": numbers, "first": first}
        answer = client.get(url("label_sheet"), query, headers={"Accept-Language": language})
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        assert f"/Type/Pages/Count {pages}/".encode() in answer.content


@pytest.mark.parametrize("query", [{}, {"chair": "x"}, {"chair": "999999"}])
def test_without_a_chair_there_is_no_sheet(client, omar, query):
    client.force_login(omar)
    assert client.get(url("label_sheet"), query).url == url("label_list")


@pytest.mark.parametrize("first", ["0", "99", "x", ""])
def test_a_strange_place_on_the_sheet_is_no_error(client, omar, first):
    client.force_login(omar)
    assert client.get(url("label_sheet"), {"chair": ChairFactory().number, "first": first}).status_code == 200


def test_chairs_are_chosen_by_depot_state_arrival_and_number(client, omar):
    client.force_login(omar)
    here, there = ChairFactory(), ChairFactory(used=True)
    for query, expected in [
        ({}, []),
        ({"depot": here.depot_id}, [here]),
        ({"state": "to_disinfect"}, [there]),
        ({"since": "week"}, [here, there]),
        ({"numbers": f"{here.label}, {there.number}"}, [here, there]),
        ({"numbers": "nonsense"}, []),
    ]:
        assert client.get(url("label_list"), query).context["chairs"] == expected, query


def test_the_list_costs_the_same_with_many_chairs(client, omar, django_assert_max_num_queries):
    client.force_login(omar)
    ChairFactory()
    with django_assert_max_num_queries(12) as first:
        client.get(url("label_list"), {"since": "week"})
    for _number in range(14):
        ChairFactory()
    with django_assert_max_num_queries(len(first)):
        client.get(url("label_list"), {"since": "week"})
