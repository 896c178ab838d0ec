"""The waiting list and the page of a need: order, reasons, filters, who may decide."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beneficiaries import assessing, closing
from beneficiaries.forms.needs import NeedFilterForm
from beneficiaries.models import Family, Need, Province, Region
from hajar.lib import counting, paging
from tests.factories import AllocationFactory, AssessmentFactory, ChildFactory, NeedFactory

pytestmark = pytest.mark.django_db

LIST = reverse("beneficiaries:need_list")


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def need(samira):
    return assessing.complete_assessment(AssessmentFactory(), by=samira)


def url(name, row):
    return reverse(f"beneficiaries:need_{name}", args=[row.pk])


def queue_of_many(number=30):
    """Needs of every kind: urgent or not, scores that tie, waits with and without bonus."""
    today = timezone.localdate()
    for n in range(number):
        NeedFactory(
            child__requested_on=today - timedelta(days=(n * 37) % 400),
            score_low=(n * 13) % 60,
            score_high=(n * 13) % 60 + (n % 4) * 8,
            is_urgent=n % 5 == 0,
            urgent_since=today - timedelta(days=n) if n % 5 == 0 else None,
        )


def walk(client, address=LIST):
    """The needs of every page, in the order in which a person pages through them."""
    seen = []
    while address:
        context = client.get(address).context
        seen += context["rows"]
        address = context["next_url"]
    return seen


# --- the list -----------------------------------------------------------------------------------------------------


@pytest.fixture(params=["few", "many", "kept"])
def as_many(request, monkeypatch):
    """Once put in order as a whole, once as where very many wait: by levels; once more with what is kept of many."""
    if request.param != "few":
        monkeypatch.setattr(paging, "COUNT_CAP", 1)
    if request.param == "kept":
        monkeypatch.setattr(counting, "KEPT_FROM", 1)


def test_the_pages_follow_the_queue_and_count_the_places(client, karim, as_many):
    queue_of_many(60)
    closed = NeedFactory(score_high=100, closed_on=timezone.localdate(), closing="declined")
    NeedFactory(score_high=100, child__status="moved")
    client.force_login(karim)
    seen = walk(client)
    assert closed not in seen
    assert [need.pk for need in seen] == [need.pk for need in Need.objects.open().in_queue_order()]
    assert [need.place for need in seen] == list(range(1, 61))


def test_places_are_counted_so_far_and_no_further(client, karim, monkeypatch):
    queue_of_many(60)
    monkeypatch.setattr("beneficiaries.views.needs.PLACES_COUNTED", 30)
    client.force_login(karim)
    assert [need.place for need in walk(client)] == [*range(1, 31), *[None] * 30]


def test_who_stands_before_a_need_is_who_comes_first_in_the_queue():
    queue_of_many(20)
    queue = list(Need.objects.open().in_queue_order())
    for place, need in enumerate(queue):
        assert set(Need.objects.open().before(need)) == set(queue[:place])


def test_paging_back_leads_to_the_same_rows(client, karim, as_many):
    queue_of_many(60)
    client.force_login(karim)
    first = client.get(LIST).context
    second = client.get(first["next_url"]).context
    again = client.get(second["previous_url"]).context
    assert [need.pk for need in again["rows"]] == [need.pk for need in first["rows"]]


def test_the_admin_shows_the_very_same_order(client, nadia):
    queue_of_many(30)
    Need.objects.filter(score_high__lt=5).update(closed_on=timezone.localdate(), closing="declined")
    client.force_login(nadia)
    page = client.get(reverse("admin:beneficiaries_need_changelist"))
    order = [row.pk for row in page.context["cl"].result_list]
    queue = [need.pk for need in Need.objects.open().in_queue_order()]
    assert order[: len(queue)] == queue


def test_a_filter_leaves_a_child_her_place_in_the_queue(client, karim, as_many):
    queue_of_many(40)
    client.force_login(karim)
    places = {need.pk: need.place for need in walk(client)}
    picked = walk(client, f"{LIST}?urgent=no")
    assert picked and all(not need.is_urgent for need in picked)
    assert all(need.place == places[need.pk] for need in picked)


def test_a_region_has_a_queue_of_its_own(client, karim, as_many):
    NeedFactory(score_high=90)
    far = NeedFactory(score_high=20, score_low=20, child__family__province=Province.objects.get(iso="MA-TAR"))
    client.force_login(karim)
    (row,) = walk(client, f"{LIST}?region={far.child.family.province.region_id}")
    assert (row, row.place) == (far, 1)
    (row,) = walk(client, f"{LIST}?province={far.child.family.province_id}")
    assert row == far


FAR = "MA-TAR"


def queue_of_two_regions(number):
    queue_of_many(number)
    far = Province.objects.get(iso=FAR)
    for need in Need.objects.select_related("child__family").order_by("pk")[::3]:
        need.child.family.province = far
        need.child.family.save()
    return far.region_id


@pytest.mark.parametrize("picked", ["", "&urgent=no", "&urgent=yes", "&band=planned", "&incomplete=yes"])
def test_every_place_in_a_region_is_the_one_that_counting_by_hand_gives(client, karim, as_many, picked):
    region = queue_of_two_regions(90)
    NeedFactory(child__family__province=Province.objects.get(iso=FAR), child__status="moved", score_high=99)
    client.force_login(karim)
    for asked, queue in (
        (f"{LIST}?region={region}{picked}", Need.objects.filter(child__family__province__region=region)),
        (f"{LIST}?{picked}", Need.objects.all()),
    ):
        in_order = [need.pk for need in queue.open().in_queue_order()]
        seen = walk(client, asked)
        assert [(need.pk, need.place) for need in seen] == [
            (pk, place) for place, pk in enumerate(in_order, start=1) if pk in {need.pk for need in seen}
        ]
        form = NeedFilterForm(QueryDict(asked.partition("?")[2]), user=karim)
        assert {need.pk for need in seen} == {need.pk for need in form.pick(queue.open())}


def test_a_case_worker_walks_the_queue_of_her_region_and_of_the_families_it_follows(client, samira, as_many):
    queue_of_two_regions(60)
    followed = NeedFactory(child__family__province=Province.objects.get(iso=FAR), score_high=50, score_low=50)
    Family.objects.filter(pk=followed.child.family_id).update(also_followed_by=Region.objects.get(iso="MA-06"))
    client.force_login(samira)
    seen = walk(client)
    queue = list(Need.objects.visible_to(samira).open().in_queue_order())
    assert followed in seen and len(seen) == 41
    assert [need.pk for need in seen] == [need.pk for need in queue]
    assert [need.place for need in seen] == list(range(1, 42))


def test_the_count_of_a_region_is_the_one_of_this_moment(client, karim, monkeypatch):
    """It is kept of many until something is written: a need that is closed is gone from it at once."""
    monkeypatch.setattr(counting, "KEPT_FROM", 1)
    first, second = NeedFactory(score_high=90), NeedFactory(score_high=80)
    client.force_login(karim)
    address = f"{LIST}?region={first.child.family.province.region_id}"
    assert "2 needs" in client.get(address).text
    with CaptureQueriesContext(connection) as asked:
        assert "2 needs" in client.get(address).text
    assert not any("COUNT" in query["sql"] and "beneficiaries_need" in query["sql"] for query in asked)
    closing.close_need(first, by=karim, closing=Need.Closing.DECLINED)
    page = client.get(address)
    assert "1 need" in page.text and "2 needs" not in page.text
    assert [(need.pk, need.place) for need in page.context["rows"]] == [(second.pk, 1)]
    found = NeedFactory(score_high=95)
    assessing.override_need(found, by=karim, score=95, urgent=None, reason="Seen today.")
    page = client.get(address)
    assert [(need.pk, need.place) for need in page.context["rows"]] == [(found.pk, 1), (second.pk, 2)]


def test_one_sees_the_queue_of_ones_own_regions(client, samira, youssef):
    here = NeedFactory()
    NeedFactory(child__family__province=Province.objects.get(iso="MA-TAR"))
    client.force_login(samira)
    assert walk(client) == [here]
    client.force_login(youssef)
    assert here not in walk(client)


@pytest.mark.parametrize(
    ("query", "scores"),
    [
        ("band=high", {(65, 65), (50, 70)}),
        ("band=medium", {(40, 40), (50, 64)}),
        ("band=planned", {(39, 39), (0, 20)}),
        ("incomplete=yes", {(50, 70), (0, 20)}),
        ("incomplete=no", {(65, 65), (40, 40), (50, 64), (39, 39)}),
        ("band=nonsense&urgent=perhaps&region=x&province=99999", None),
    ],
)
def test_filters(client, karim, as_many, query, scores):
    every = {(65, 65), (50, 70), (40, 40), (50, 64), (39, 39), (0, 20)}
    for low, high in sorted(every):
        NeedFactory(score_low=low, score_high=high)
    client.force_login(karim)
    shown = {(need.score_low, need.score_high) for need in walk(client, f"{LIST}?{query}")}
    assert shown == (every if scores is None else scores)


@pytest.mark.parametrize("words", ["Yassine", "ياسين", "HJ-77777"])
def test_a_child_is_found_by_name_in_either_script_or_by_number(client, karim, words):
    NeedFactory()
    sought = NeedFactory(
        child=ChildFactory(
            number=77777,
            given_name_latin="Yassine",
            family_name_latin="Tazi",
            given_name_arabic="ياسين",
            family_name_arabic="التازي",
        )
    )
    client.force_login(karim)
    assert walk(client, f"{LIST}?q={words}") == [sought]


def test_the_list_takes_a_constant_number_of_queries(client, karim, django_assert_max_num_queries):
    client.force_login(karim)
    counts = []
    for number in (1, 14):
        queue_of_many(number)
        with django_assert_max_num_queries(12) as asked:
            client.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_htmx_gets_the_part_that_stands_in_the_page(client, karim, need):
    client.force_login(karim)
    part = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "rows"}).text
    page = client.get(LIST).text
    token = r'name="csrfmiddlewaretoken" value="[^"]+"'
    assert "<html" not in part
    assert re.sub(token, "", part).strip() in re.sub(token, "", page)


def test_a_row_says_why(client, karim, need):
    client.force_login(karim)
    page = client.get(LIST).text
    assert "The child cannot walk and is lifted for every move." in page
    assert "For waiting more than 60 days." in page
    assert "100 days" in page


def test_an_overdue_decision_is_marked_in_words(client, karim):
    NeedFactory(is_urgent=True, urgent_since=timezone.localdate() - timedelta(days=15))
    client.force_login(karim)
    page = client.get(LIST).text
    assert "urgent" in page and "overdue" in page


def test_what_is_not_known_is_marked_in_words(client, karim):
    flag = {"field": "palliative", "state": "unknown", "reason": "flag.palliative.unknown"}
    NeedFactory(score_low=40, score_high=60, flags=[flag])
    client.force_login(karim)
    page = client.get(LIST).text
    assert "assessment incomplete" in page and "red flag to be checked" in page
    assert "40–60" in page


def test_a_reserved_chair_shows_where_it_stands(client, karim, salwa):
    AllocationFactory(approved=True)
    client.force_login(karim)
    assert "approved" in client.get(LIST).text
    client.force_login(salwa)  # who may not see allocations still sees that nothing is to be done
    page = client.get(LIST).text
    assert "approved" not in page and "A chair is reserved" in page


def test_an_empty_list_says_what_to_do_next(client, karim):
    client.force_login(karim)
    assert reverse("beneficiaries:child_list") in client.get(LIST).text
    assert "No need fits these filters" in client.get(f"{LIST}?urgent=yes").text


@pytest.mark.parametrize("who", ["omar", "driss", "hind"])
def test_who_has_nothing_to_do_with_needs_is_refused(client, request, need, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(LIST).status_code == 403
    assert client.get(url("detail", need)).status_code == 403


# --- one need -----------------------------------------------------------------------------------------------------


def test_a_need_opens_into_its_parts(client, karim, need, django_assert_max_num_queries):
    client.force_login(karim)
    with django_assert_max_num_queries(16):
        page = client.get(url("detail", need)).text
    assert "Moving about" in page
    assert "NEED-1.0" in page
    assert "a named person decides" in page
    assert "Placed on the waiting list" in page
    assert "78 points" in page


def test_another_region_finds_no_need(client, youssef, need):
    client.force_login(youssef)
    assert client.get(url("detail", need)).status_code == 404


def test_a_decision_is_kept_with_reason_and_author(client, karim, need):
    client.force_login(karim)
    decided = {"score": "٩٠", "urgent": "yes", "reason": "La mère est hospitalisée."}
    assert client.post(url("override", need), decided).status_code == 302
    need.refresh_from_db()
    assert (need.rank_score, need.is_urgent, need.overridden_by) == (90, True, karim)
    page = client.get(url("detail", need)).text
    assert "La mère est hospitalisée." in page and "Karim" in page
    assert "The rule alone gave 78." in page


def test_a_decision_is_taken_back(client, karim, need):
    assessing.override_need(need, by=karim, score=10, urgent=None, reason="Erreur.")
    client.force_login(karim)
    assert client.post(url("override", need), {"take_back": "1", "reason": "Vérifié."}).status_code == 302
    need.refresh_from_db()
    assert (need.rank_score, need.is_overridden) == (78, False)


@pytest.mark.parametrize(
    "decided",
    [
        {"score": "90"},
        {"score": "101", "reason": "Trop."},
        {"score": "-1", "reason": "Peu."},
        {"score": "many", "reason": "Beaucoup."},
        {"reason": "Rien de décidé."},
        {"urgent": "perhaps", "reason": "Peut-être."},
        {"take_back": "1"},
        {},
    ],
)
def test_half_a_decision_is_refused_and_keeps_what_was_typed(client, karim, need, decided):
    client.force_login(karim)
    response = client.post(url("override", need), decided)
    assert response.status_code == 422
    assert decided.get("reason", "") in response.text
    need.refresh_from_db()
    assert not need.is_overridden


def test_a_case_worker_decides_nothing_against_the_rule(client, samira, need):
    client.force_login(samira)
    assert "Decide otherwise" not in client.get(url("detail", need)).text
    assert client.post(url("override", need), {"score": "90", "reason": "Je veux."}).status_code == 403
    assert client.post(url("close", need), {"closing": "declined"}).status_code == 403


def test_a_need_is_closed_with_its_reason(client, karim, need):
    client.force_login(karim)
    assert client.post(url("close", need), {"closing": "declined"}).status_code == 302
    need.refresh_from_db()
    assert (need.is_open, need.closing) == (False, "declined")
    page = client.get(url("detail", need)).text
    assert "declined by the family" in page and "Close this need" not in page


@pytest.mark.parametrize("closing", ["", "delivered", "file_closed", "bored"])
def test_a_need_is_not_closed_for_a_reason_that_is_not_a_persons_to_give(client, karim, need, closing):
    client.force_login(karim)
    assert client.post(url("close", need), {"closing": closing}).status_code == 422
    need.refresh_from_db()
    assert need.is_open


def test_closing_twice_says_so(client, karim, need):
    closing.close_need(need, by=karim, closing="declined")
    client.force_login(karim)
    assert client.post(url("close", need), {"closing": "declined"}).status_code == 422


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_list_and_need_speak_each_language(client, karim, need, language):
    client.cookies["django_language"] = language
    client.force_login(karim)
    assert client.get(LIST).status_code == 200
    assert client.get(url("detail", need)).status_code == 200
