"""Fairness: who waits how long and whose turn comes, by region, sex, age and kind of place, since the first request.

Counts only. Nobody who may not see small counts sees a group under five, nor what could be had by subtraction.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from statistics import median
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from beneficiaries.models import Child, Need, Province, Region
from beneficiaries.models.needs import NeedQuerySet
from hajar.lib.charts import Cell
from hajar.lib.disclosure import disclose
from hajar.lib.placenames import resolve

YEARS = 2  # hand-overs of so many years count: long enough to see a habit, short enough to mend it
AGES: dict[str, tuple[range, str | Promise]] = {
    "0-5": (range(0, 6), gettext_lazy("under 6 years")),
    "6-11": (range(6, 12), gettext_lazy("6 to 11 years")),
    "12-17": (range(12, 18), gettext_lazy("12 to 17 years")),
    "18-": (range(18, 200), gettext_lazy("18 years and over")),
}
PLACES: dict[str, str | Promise] = {
    "town": pgettext_lazy("kind of place", "town"),
    "country": pgettext_lazy("kind of place", "country"),
}


@dataclass(frozen=True)
class Group:
    """One line: a region, a sex, an age, a kind of place. None is hidden because it is small; days of nobody, too."""

    name: str
    waiting: int | None
    served: int | None
    share: int | None  # of a hundred who asked, how many were served
    days_waiting: int | None  # median, of those who still wait
    days_served: int | None  # median from the first request to the hand-over

    @property
    def cell(self) -> Cell:
        """The wait, for the chart."""
        return Cell(self.name, self.days_waiting, hidden=self.waiting is None)

    @property
    def has_hidden(self) -> bool:
        return self.waiting is None or self.served is None


@dataclass(frozen=True)
class Comparison:
    """One way of dividing those who asked."""

    code: str
    title: str
    groups: tuple[Group, ...]
    note: str = ""


@dataclass(frozen=True)
class _Asked:
    """One need: since when, until when, and of which groups."""

    is_served: bool
    days: int
    keys: dict[str, object]


# Of each way of dividing, of each group: who waits, who was served, and the median days of both.
Tally = dict[str, dict[Any, tuple[int, int, int | None, int | None]]]


def tally(needs: NeedQuerySet, today: date | None = None) -> tuple[Tally, int]:
    """Waiting and served of these needs, divided four ways, and how many needs that are; two queries.

    Waiting: open needs for a chair. Served: those closed by a hand-over in the last years (YEARS). What was closed
    otherwise counts nowhere.
    """
    waits: dict[tuple[str, Any], list[int]] = defaultdict(list)
    served: dict[tuple[str, Any], list[int]] = defaultdict(list)
    rows = 0
    for each in _asked(needs, today or timezone.localdate()):
        rows += 1
        for group in each.keys.items():
            (served if each.is_served else waits)[group].append(each.days)
    found: Tally = defaultdict(dict)
    for code, key in waits.keys() | served.keys():
        so_far, until_served = waits.get((code, key), []), served.get((code, key), [])
        found[code][key] = len(so_far), len(until_served), _middle(so_far), _middle(until_served)
    return dict(found), rows


def _middle(days: list[int]) -> int | None:
    return round(median(days)) if days else None


def fairness(found: Tally, *, small_counts: bool) -> list[Comparison]:
    """A tally as this reader may see it. `small_counts`: the reader may see groups under five."""
    regions = {region.pk: region.name for region in Region.objects.order_by("iso", "pk")}
    place_note = _(
        "Town: a prefecture, or the seat of a province. Country: any other place in a province. Where a family's town "
        "or village is not written down in a province, it counts in neither."
    )
    sexes, ages = dict(Child.Sex.choices), {key: word for key, (_years, word) in AGES.items()}
    return [
        _compared("region", _("By region"), found, regions, small_counts),
        _compared("sex", _("By sex"), found, sexes, small_counts),
        _compared("age", _("By age"), found, ages, small_counts),
        _compared("place", _("Town and country"), found, PLACES, small_counts, place_note),
    ]


def _asked(needs: NeedQuerySet, today: date) -> Iterable[_Asked]:
    waiting = Q(closed_on=None, child__status__in=Child.FOLLOWED)
    served = Q(closing=Need.Closing.DELIVERED, closed_on__gt=today - timedelta(days=round(365.25 * YEARS)))
    rows = needs.filter(waiting | served, purpose__in=Need.CHAIRS).values_list(
        "closed_on",
        "requested_on",
        "child__sex",
        "child__born_on",
        "child__family__province",
        "child__family__province__region",
        "child__family__commune",
    )
    kind_of = _kinds_of_place()
    for closed_on, requested_on, sex, born_on, province, region, commune in rows.order_by("pk").iterator():
        until = closed_on or today
        yield _Asked(
            is_served=closed_on is not None,
            days=max(0, (until - requested_on).days),
            keys={
                "region": region,
                "sex": sex,
                "age": _age_band(born_on, until),
                "place": kind_of(province, commune.strip()),
            },
        )


def _age_band(born_on: date | None, on: date) -> str | None:
    if born_on is None:
        return None
    years = on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
    return next((key for key, (span, _word) in AGES.items() if years in span), None)


def _kinds_of_place() -> Callable[[int, str], str | None]:
    """Whether a commune of a province is town or country, from what is known: prefectures and the provinces' seats."""
    provinces = Province.objects.in_bulk()

    @cache
    def kind(province: int, commune: str) -> str | None:
        where = provinces[province]
        if where.kind == Province.Kind.PREFECTURE:
            return "town"
        if not commune:
            return None
        return "town" if resolve(commune, [("seat", [where.seat_fr, where.seat_ar])]) == "seat" else "country"

    return kind


def _compared(
    code: str, title: str, found: Tally, names: Mapping[Any, Any], small_counts: bool, note: str = ""
) -> Comparison:
    groups = {key: found[code][key] for key in names if key in found.get(code, {})}
    waiting, served = (_shown({key: group[side] for key, group in groups.items()}, small_counts) for side in (0, 1))
    return Comparison(
        code,
        title,
        tuple(_group(str(names[key]), waiting[key], served[key], *groups[key][2:]) for key in groups),
        note,
    )


def _shown(counts: dict, small_counts: bool) -> dict:
    return dict(counts) if small_counts else disclose(counts)


def _group(
    name: str, waiting: int | None, served: int | None, days_waiting: int | None, days_served: int | None
) -> Group:
    return Group(
        name=name,
        waiting=waiting,
        served=served,
        share=None if waiting is None or served is None else round(100 * served / (served + waiting)),
        days_waiting=days_waiting if waiting else None,
        days_served=days_served if served else None,
    )
