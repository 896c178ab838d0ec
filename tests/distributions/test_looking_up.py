"""The search box of those who see no file of a child."""

import pytest
from django.urls import reverse

from beneficiaries.models import Mandate
from tests.factories import ChairFactory, ChildFactory, DepotFactory, province

pytestmark = pytest.mark.django_db


@pytest.fixture
def chair():
    return ChairFactory(serial="KX-77")


def found(client, typed):
    page = client.get(reverse("distributions:search"), {"q": typed}, follow=True)
    groups = page.context.get("groups")
    return page.request["PATH_INFO"] if groups is None else [hit.url for group in groups for hit in group.hits]


@pytest.mark.parametrize("typed", ["{number}", "KX-77", "kx-77"])
def test_a_storekeeper_finds_a_chair_by_its_number_or_its_serial(client, omar, chair, typed):
    client.force_login(omar)
    assert found(client, typed.format(number=chair.number)) == [chair.get_absolute_url()]


@pytest.mark.parametrize("typed", ["CH-{number:04d}", "ch {number}"])
def test_a_whole_label_opens_the_chair(client, omar, chair, typed):
    client.force_login(omar)
    assert found(client, typed.format(number=chair.number)) == chair.get_absolute_url()


def test_stock_is_the_associations_as_a_whole_but_who_has_no_mandate_finds_none(client, omar, chair):
    client.force_login(omar)
    there = ChairFactory(depot=DepotFactory(province=province("MA-TAR")))
    assert found(client, there.label) == there.get_absolute_url()
    Mandate.objects.filter(user=omar).delete()
    assert found(client, there.label) == []


def test_the_box_of_a_storekeeper_finds_no_child(client, omar, chair):
    child = ChildFactory()
    client.force_login(omar)
    for typed in (child.full_name_latin, child.reference, str(child.number)):
        page = client.get(reverse("distributions:search"), {"q": typed}).content.decode()
        assert child.get_absolute_url() not in page
        assert child.family.get_absolute_url() not in page
    assert client.get(reverse("beneficiaries:search"), {"q": "x"}).status_code == 403


def test_every_page_of_a_storekeeper_has_the_box_and_a_case_worker_keeps_hers(client, omar, samira, driss):
    pages = {}
    for user in (omar, samira, driss):
        client.force_login(user)
        pages[user] = client.get(reverse("home"), follow=True).content.decode()
    chairs, people = (f'action="{reverse(f"{app}:search")}"' for app in ("distributions", "beneficiaries"))
    assert chairs in pages[omar]
    assert people not in pages[omar]
    assert people in pages[samira]
    assert chairs not in pages[samira]
    assert "data-hajar-search" not in pages[driss]


def test_suggestions_are_a_part_of_the_page(client, omar, chair):
    client.force_login(omar)
    address = reverse("distributions:search")
    part = client.get(address, {"q": "KX-77"}, headers={"HX-Request": "true", "HX-Target": "search-found"})
    assert chair.get_absolute_url() in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "CH-9999" in client.get(address, {"q": "CH-9999"}).content.decode()
