from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection, models
from django.db.models import Count
from django.db.models.functions import Lower, NullIf
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hajar.lib import paging


class Depot(models.Model):
    """A place of this test alone."""

    name = models.CharField(max_length=30)

    class Meta:
        app_label = "paging_test"
        managed = False

    def __str__(self):
        return self.name


class Chair(models.Model):
    """A row of this test alone, with a value of every kind a list is sorted by."""

    name = models.CharField(max_length=30)
    score = models.IntegerField(null=True)
    mass_kg = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    weight = models.FloatField(default=0)
    urgent = models.BooleanField(default=False)
    came_at = models.DateTimeField(default=datetime(2026, 1, 1, tzinfo=UTC))
    depot = models.ForeignKey(Depot, null=True, on_delete=models.PROTECT, related_name="chairs")

    class Meta:
        app_label = "paging_test"
        managed = False

    def __str__(self):
        return self.name


@pytest.fixture
def tables(db):
    """Both tables, made and taken back inside the test's transaction."""
    with connection.cursor() as cursor:
        for model in (Depot, Chair):
            columns = ", ".join(
                f'"{field.column}" {field.db_type(connection)}{"" if field.null else " NOT NULL"}'
                + (f" PRIMARY KEY {field.db_type_suffix(connection)}" if field.primary_key else "")
                for field in model._meta.local_fields
            )
            cursor.execute(f'CREATE TABLE "{model._meta.db_table}" ({columns})')


def forward(queryset, **asked):
    """Every page from the first to the last."""
    pages = [paging.page(queryset, **asked)]
    while pages[-1].next_token:
        assert len(pages) < 500
        pages.append(paging.page(queryset, token=pages[-1].next_token, **asked))
    return pages


def backward(queryset, start, **asked):
    """From a page back to the first."""
    pages = [start]
    while pages[0].previous_token:
        assert len(pages) < 500
        pages.insert(0, paging.page(queryset, token=pages[0].previous_token, **asked))
    return pages


def ids(pages):
    return [[row.pk for row in page.rows] for page in pages]


def expected(rows, order):
    """What the order means, in plain Python: empty values last, whichever way it runs."""
    rows = list(rows)
    for name in reversed(order):
        descending, field = name.startswith("-"), name.lstrip("-")
        filled = [row for row in rows if getattr(row, field) is not None]
        empty = [row for row in rows if getattr(row, field) is None]
        rows = sorted(filled, key=lambda row: getattr(row, field), reverse=descending) + empty
    return [row.pk for row in rows]


FEW = st.sampled_from
ROW = st.fixed_dictionaries(
    {
        "name": FEW(["a", "b", "c"]),
        "score": FEW([None, 0, 1, 2]),
        "mass_kg": FEW([None, Decimal("9.5"), Decimal("10.0"), Decimal("10.1")]),
        "weight": FEW([0.1, 0.1 + 0.2, -1e9, 1 / 3]),
        "urgent": st.booleans(),
        "came_at": FEW([datetime(2026, 1, 1, 8, 0, 0, micro, tzinfo=UTC) for micro in (0, 1, 2, 999_999)]),
    }
)
ORDERS = FEW(["name", "score", "mass_kg", "weight", "urgent", "came_at"]).flatmap(
    lambda name: FEW([name, f"-{name}"]),
)


@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(ROW, max_size=25),
    order=st.lists(ORDERS, max_size=4, unique_by=lambda name: name.lstrip("-")),
    by_pk=FEW([[], ["pk"], ["-pk"]]),
    size=st.integers(1, 7),
)
def test_walking_forward_and_back_meets_every_row_once_and_in_order(tables, rows, order, by_pk, size):
    Chair.objects.all().delete()
    Chair.objects.bulk_create(Chair(**row) for row in rows)
    order = [*order, *by_pk]
    asked = {"order": order, "size": size}
    there = forward(Chair.objects.all(), **asked)
    assert [pk for page in ids(there) for pk in page] == expected(Chair.objects.all(), [*order, "pk"])
    assert [len(page.rows) for page in there[:-1]] == [size] * (len(there) - 1)
    assert ids(backward(Chair.objects.all(), there[-1], **asked)) == ids(there)
    assert all(page.count == len(rows) and not page.count_is_capped for page in there)


@pytest.fixture
def chairs(tables):
    depots = [Depot.objects.create(name=name) for name in ("Agadir", "Casablanca")]
    return Chair.objects.bulk_create(
        Chair(name="Bb" if n % 2 else "bB", score=n % 3 or None, depot=depots[n % 2] if n % 5 else None)
        for n in range(23)
    )


@pytest.mark.parametrize(
    "order", [["depot__name"], ["-depot__name", "-score"], ["depot"], ["folded", "-half"], ["-half"]]
)
def test_related_columns_and_annotations_sort_too(chairs, order):
    queryset = Chair.objects.annotate(folded=Lower("name"), half=NullIf("score", 2))
    there = forward(queryset, order=order, size=4)
    assert sorted(pk for page in ids(there) for pk in page) == sorted(chair.pk for chair in chairs)
    assert ids(backward(queryset, there[-1], order=order, size=4)) == ids(there)
    whole = ids(forward(queryset, order=order, size=100))
    assert [pk for page in ids(there) for pk in page] == whole[0]


def test_an_aggregate_sorts_too(chairs):
    queryset = Chair.objects.annotate(depots=Count("depot")).filter(depots__gte=0)
    there = forward(queryset, order=["-depots"], size=7)
    assert [row.depots for page in there for row in page.rows] == [1] * 18 + [0] * 5
    assert ids(backward(queryset, there[-1], order=["-depots"], size=7)) == ids(there)
    assert there[0].count == 23


def test_a_page_takes_two_queries_wherever_it_is(chairs, django_assert_num_queries):
    queryset = Chair.objects.select_related("depot")
    token = None
    for _page in range(3):
        with django_assert_num_queries(2):
            found = paging.page(queryset, order=["depot__name", "-score"], size=5, token=token)
            [row.depot and row.depot.name for row in found.rows]
        token = found.next_token
    with django_assert_num_queries(2):
        paging.page(queryset, order=["depot__name", "-score"], size=5, token=found.previous_token)


@pytest.mark.parametrize("order", [["name"], ["-name", "pk"]])
def test_a_list_whose_order_is_walked_is_the_same_list(chairs, monkeypatch, django_assert_num_queries, order):
    """Filters, annotations and what is fetched along: nothing differs but how the rows are found."""
    queryset = Chair.objects.filter(depot__name="Agadir").select_related("depot").annotate(folded=Lower("name"))
    plain = forward(queryset, order=order, size=4)
    monkeypatch.setattr(paging, "COUNT_CAP", 5)
    walked = forward(queryset, order=order, size=4, walk=True)
    assert ids(walked) == ids(plain)
    assert len(walked) == 3
    assert ids(backward(queryset, walked[-1], order=order, size=4, walk=True)) == ids(plain)
    with django_assert_num_queries(3):
        found = paging.page(queryset, order=order, size=4, walk=True)
        assert [(row.folded, row.depot.name) for row in found.rows] == [("bb", "Agadir")] * 4
    with django_assert_num_queries(2):  # few are sorted
        assert paging.page(queryset.filter(score=1), order=order, size=4, walk=True).count < 5


def test_an_empty_list_is_one_empty_page(tables):
    assert paging.page(Chair.objects.all()) == paging.Page([], None, None, 0, False)


def test_a_count_stops_at_the_cap(chairs, monkeypatch):
    monkeypatch.setattr(paging, "COUNT_CAP", 23)
    assert (paging.page(Chair.objects.all()).count, paging.page(Chair.objects.all()).count_is_capped) == (23, False)
    monkeypatch.setattr(paging, "COUNT_CAP", 22)
    assert (paging.page(Chair.objects.all()).count, paging.page(Chair.objects.all()).count_is_capped) == (22, True)


def test_a_row_that_comes_or_goes_between_two_pages_moves_no_other(chairs):
    queryset = Chair.objects.all()
    first = paging.page(queryset, order=["name"], size=5)
    Chair.objects.filter(pk=first.rows[-1].pk).delete()
    Chair.objects.create(name="A")
    second = paging.page(queryset, order=["name"], size=5, token=first.next_token)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}
    everything = [row.pk for row in first.rows[:-1]] + [row.pk for row in second.rows]
    assert everything == list(queryset.exclude(name="A").order_by("name", "pk").values_list("pk", flat=True)[:9])


def test_a_page_whose_rows_are_gone_is_the_first_page(chairs):
    first = paging.page(Chair.objects.all(), size=20)
    Chair.objects.filter(pk__gt=first.rows[-1].pk).delete()
    assert paging.page(Chair.objects.all(), size=20, token=first.next_token) == paging.page(
        Chair.objects.all(), size=20
    )


BROKEN = ["", "x", "é", "\x00", "===", "A" * 30, "A" * 100_000, "ÿ" * 40, "٣", "' OR 1=1", "%00"]


@pytest.mark.parametrize("token", BROKEN)
def test_a_broken_token_gives_the_first_page(chairs, token):
    assert paging.page(Chair.objects.all(), token=token).previous_token is None
    assert len(paging.page(Chair.objects.all(), token=token).rows) == 23


def test_a_token_of_another_order_list_or_secret_gives_the_first_page(chairs, settings):
    token = paging.page(Chair.objects.all(), order=["name"], size=5).next_token
    assert paging.page(Chair.objects.all(), order=["name"], size=5, token=token).previous_token
    assert not paging.page(Chair.objects.all(), order=["-name"], size=5, token=token).previous_token
    assert not paging.page(Depot.objects.all(), order=["name"], size=5, token=token).previous_token
    spoilt = ("B" if token[0] == "A" else "A") + token[1:]
    assert not paging.page(Chair.objects.all(), order=["name"], size=5, token=spoilt).previous_token
    settings.SECRET_KEY, old = "another", settings.SECRET_KEY
    assert not paging.page(Chair.objects.all(), order=["name"], size=5, token=token).previous_token
    settings.SECRET_KEY_FALLBACKS = [old]
    assert paging.page(Chair.objects.all(), order=["name"], size=5, token=token).previous_token


def test_a_token_is_the_same_every_time_and_tells_no_name(tables):
    import base64

    Chair.objects.bulk_create([Chair(name="Benhaddou"), Chair(name="Zerouali")])
    tokens = {paging.page(Chair.objects.all(), order=["name"], size=1).next_token for _time in range(3)}
    assert len(tokens) == 1
    (token,) = tokens
    assert b"Benhaddou" not in base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def test_a_plain_index_serves_a_column_that_is_never_empty(tables):
    """Otherwise page 4,000 sorts the whole table: NULLS LAST must not be said where nothing is null."""
    chairs = Chair.objects.all()
    keyed, keys = paging._with_keys(chairs, ["-name", "score", "depot__name", "pk"])
    assert [key.nullable for key in keys] == [False, True, True, False]
    ordered = str(keyed.order_by(keys[0].order(forward=True), keys[1].order(forward=False)).query)
    assert ordered.endswith("DESC NULLS FIRST") and ordered.count("NULLS") == 1


def test_what_cannot_be_told_in_a_token_is_refused_to_the_programmer(tables):
    with pytest.raises(TypeError):
        paging._plain(object())
