"""Take a list out of the house as a file: in the order of its page, without health data, and noted in the journal."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Need
from beneficiaries.models.children import ChildQuerySet
from beneficiaries.models.needs import NeedQuerySet
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib import sheets

ROWS_AT_ONCE = 2_000
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

Column = tuple[str | Promise, Callable[[Any], Any]]


class UnknownFormat(Exception):
    """Neither xlsx nor csv."""


@dataclass(frozen=True)
class Export:
    """A finished file: open at its start, with its name and the number of its rows."""

    file: IO[bytes]
    filename: str
    content_type: str
    count: int


_CHILD: Sequence[Column] = (
    (_("Number"), lambda child: child.reference),
    (_("Given name (Latin)"), lambda child: child.given_name_latin),
    (_("Family name (Latin)"), lambda child: child.family_name_latin),
    (_("Given name (Arabic)"), lambda child: child.given_name_arabic),
    (_("Family name (Arabic)"), lambda child: child.family_name_arabic),
    (_("Birth date"), lambda child: child.born_on),
    (_("Birth date known to the"), lambda child: child.get_birth_precision_display()),
    (_("Sex"), lambda child: child.get_sex_display()),
)
_PLACE: Sequence[Column] = (
    (_("Region"), lambda child: child.family.province.region.name),
    (_("Province or prefecture"), lambda child: child.family.province.name),
    (_("Commune"), lambda child: child.family.commune),
)

CHILDREN: Sequence[Column] = (
    *_CHILD,
    *_PLACE,
    (_("School"), lambda child: child.get_school_display()),
    (_("Status"), lambda child: child.get_status_display()),
    (_("First request"), lambda child: child.requested_on),
    (_("Number in the old register"), lambda child: child.previous_reference),
)

NEEDS: Sequence[Column] = (
    (_("Place in the file"), lambda need: need.place),
    *((heading, lambda need, value=value: value(need.child)) for heading, value in (*_CHILD, *_PLACE)),
    (_("Urgent"), lambda need: gettext("yes") if need.is_urgent else gettext("no")),
    (_("Decide by"), lambda need: need.decision_due_on),
    (_("Need, low end"), lambda need: need.score_low),
    (_("Need, high end"), lambda need: need.score_high),
    (_("Need decided by a person"), lambda need: need.override_score),
    (_("Bonus for waiting"), lambda need: need.bonus),
    (_("First request"), lambda need: need.requested_on),
    (_("Days of waiting"), lambda need: need.days_waiting()),
    (_("Assessment incomplete"), lambda need: gettext("yes") if need.is_incomplete else gettext("no")),
)


def export_children(children: ChildQuerySet, *, by: User, file_format: str, filters: Mapping[str, Any]) -> Export:
    """The children of this queryset, in its order. `filters` is what the journal keeps of how it was narrowed."""
    rows = children.with_family().iterator(chunk_size=ROWS_AT_ONCE)
    return _export("children", gettext("Children"), CHILDREN, rows, by=by, file_format=file_format, filters=filters)


def export_needs(needs: NeedQuerySet, *, by: User, file_format: str, filters: Mapping[str, Any]) -> Export:
    """The waiting list of this queryset, in the order of the queue, each row with its place in the file."""
    rows = _placed(needs.with_child().in_queue_order().iterator(chunk_size=ROWS_AT_ONCE))
    return _export("needs", gettext("Waiting list"), NEEDS, rows, by=by, file_format=file_format, filters=filters)


def _placed(needs: Iterator[Need]) -> Iterator[Need]:
    for place, need in enumerate(needs, start=1):
        need.place = place  # type: ignore[attr-defined]
        yield need


def _export(
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterator[Any],
    *,
    by: User,
    file_format: str,
    filters: Mapping[str, Any],
) -> Export:
    """Write the whole file first: what the journal says was taken out is what the file holds."""
    if file_format not in CONTENT_TYPES:
        raise UnknownFormat(file_format)
    count = 0

    def cells() -> Iterator[list[Any]]:
        nonlocal count
        for row in rows:
            count += 1
            yield [value(row) for _heading, value in columns]

    headings = [str(heading) for heading, _value in columns]
    if file_format == "xlsx":
        file = sheets.write_xlsx(headings, cells(), title=title, rtl=get_language_bidi())
    else:
        file = tempfile.TemporaryFile()
        file.writelines(sheets.write_csv(headings, cells()))
        file.seek(0)
    _note(by, {"list": name, "format": file_format, "count": count, "filters": dict(filters)})
    return Export(
        file, f"hajar-{name}-{timezone.localdate():%Y-%m-%d}.{file_format}", CONTENT_TYPES[file_format], count
    )


@transaction.atomic
def _note(by: User, payload: dict[str, Any]) -> None:
    journal.record("register.exported", by, by=by, payload=payload)
