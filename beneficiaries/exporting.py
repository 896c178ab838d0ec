"""Take a list out of the house as a file: as its page narrows it, with the columns that one may see, and a reason.

Every list is a table of columns, and this one mechanism: rows are read as values, written at once and forgotten, a CSV
straight to who asked, a workbook by way of a file; nothing begins a formula; nothing tells of health. A person may take
out so many files and rows a day. Who took what, how narrowed and why, is kept as an Export and in the journal, and
stands in the file itself.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import IO, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_bidi, gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child, Export, Guardian
from beneficiaries.models.families import Language
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib import sheets
from hajar.lib.refusals import Refusal

ROWS_AT_ONCE = 2_000
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

Say = Callable[..., Any]
PLACE = "#"  # the path of a row's place in its list


class ExportRefused(Refusal):
    sentence = _("This list cannot be taken out.")


class NoReason(ExportRefused):
    sentence = _("Say what the file is for.")


class TooMuchToday(ExportRefused):
    sentence = _("That is more than one person may take out in a day. Narrow the list, or ask a coordinator.")


class UnknownFormat(ExportRefused):
    sentence = _("Choose xlsx or csv.")


@dataclass(frozen=True)
class Column:
    """One column of a list: where its value lies in a row, how it is said, and who may have it.

    `paths` are looked up as in values_list; {lang} stands for the reader's language. `say` makes a function of the
    language now in force that takes the values, one for each path. `needs` is the permission without which the column
    is left out.
    """

    heading: str | Promise
    paths: str | tuple[str, ...]
    say: Callable[[], Say] | None = None
    hxl: str = ""
    needs: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        paths = (self.paths,) if isinstance(self.paths, str) else self.paths
        language = (get_language() or "fr")[:2]
        return tuple(path.format(lang=language if language in ("ar", "en") else "fr") for path in paths)


#: What each list is called, by the name under which it was taken out.
TITLES: dict[str, str | Promise] = {}


@dataclass(frozen=True)
class ListOut:
    """A list that may be taken out: its name in the journal, its title, its columns, what one must be allowed."""

    name: str
    title: str | Promise
    columns: Sequence[Column]
    permissions: tuple[str, ...]

    def __post_init__(self) -> None:
        TITLES[self.name] = self.title

    def columns_for(self, user: User) -> list[Column]:
        """The columns that this person may have."""
        return [column for column in self.columns if not column.needs or user.has_perm(column.needs)]


@dataclass(frozen=True)
class TakenOut:
    """What leaves the house: a workbook as an open file at its start, a CSV in pieces as its rows are read."""

    content: IO[bytes] | Generator[bytes, None, None]
    filename: str
    content_type: str
    count: int


# --- how values are said --------------------------------------------------------------------------------------------


def choice(choices: type[models.TextChoices]) -> Callable[[], Say]:
    """The words of a choice, in the reader's language."""

    def prepare() -> Say:
        words = {value: str(label) for value, label in choices.choices}
        return lambda value: words.get(value, value)

    return prepare


def yes_no() -> Say:
    words = {True: gettext("yes"), False: gettext("no"), None: None}
    return lambda value: words[value]


def reference(letters: str, digits: int) -> Callable[[], Say]:
    return lambda: lambda number: None if number is None else f"{letters}-{number:0{digits}d}"


def joined() -> Say:
    return lambda *parts: " ".join(part for part in parts if part)


def first_of() -> Say:
    """The first of several values that says anything."""
    return lambda *values: next((value for value in values if value), "")


def days_since() -> Say:
    today = timezone.localdate()
    return lambda day: (today - day).days if day else None


def as_text() -> Say:
    return lambda value: "" if value is None else str(value)


def day_of() -> Say:
    return lambda moment: timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


def child_reference(prefix: str = "") -> Column:
    return Column(_("Number"), f"{prefix}number", reference("HJ", 5), "#beneficiary+code")


def named(prefix: str, who: str, needs: str = "") -> list[Column]:
    """A person's four names."""
    return [
        Column(_("Given name (Latin)"), f"{prefix}given_name_latin", None, f"{who}+name+given+latin", needs),
        Column(_("Family name (Latin)"), f"{prefix}family_name_latin", None, f"{who}+name+family+latin", needs),
        Column(_("Given name (Arabic)"), f"{prefix}given_name_arabic", None, f"{who}+name+given+arabic", needs),
        Column(_("Family name (Arabic)"), f"{prefix}family_name_arabic", None, f"{who}+name+family+arabic", needs),
    ]


def place(family: str) -> list[Column]:
    """Where a family lives; no address."""
    return [
        Column(_("Region"), f"{family}province__region__name_{{lang}}", None, "#adm1+name"),
        Column(_("Province or prefecture"), f"{family}province__name_{{lang}}", None, "#adm2+name"),
        Column(_("Commune"), f"{family}commune", None, "#loc+commune+name"),
    ]


# --- the lists of the register --------------------------------------------------------------------------------------

_SEE_CHILD = "beneficiaries.view_child"
_TAKE_REGISTER = ("beneficiaries.add_export", "beneficiaries.export_register")


def _of_child(prefix: str = "") -> list[Column]:
    return [
        child_reference(prefix),
        *named(prefix, "#beneficiary"),
        Column(_("Birth date"), f"{prefix}born_on", None, "#date+birth"),
        Column(
            _("Birth date known to the"),
            f"{prefix}birth_precision",
            choice(Child.Precision),
            "#meta+birth_precision",
        ),
        Column(_("Sex"), f"{prefix}sex", choice(Child.Sex), "#beneficiary+sex"),
    ]


CHILDREN = ListOut(
    "children",
    _("Children"),
    (
        *_of_child(),
        *place("family__"),
        Column(_("School"), "school", choice(Child.School), "#beneficiary+school"),
        Column(_("Status"), "status", choice(Child.Status), "#status"),
        Column(_("First request"), "requested_on", None, "#date+request"),
        Column(_("Number in the old register"), "previous_reference", None, "#beneficiary+code+old"),
    ),
    (*_TAKE_REGISTER, _SEE_CHILD),
)

NEEDS = ListOut(
    "needs",
    _("Waiting list"),
    (
        Column(_("Place in the file"), PLACE, None, "#meta+rank"),
        *_of_child("child__"),
        *place("child__family__"),
        Column(_("Urgent"), "is_urgent", yes_no, "#severity+urgent"),
        Column(_("Urgent since"), "urgent_since", None, "#date+urgent"),
        Column(_("Need, low end"), "score_low", None, "#severity+low+num"),
        Column(_("Need, high end"), "score_high", None, "#severity+high+num"),
        Column(_("Need decided by a person"), "override_score", None, "#severity+decided+num"),
        Column(_("Bonus for waiting"), "wait_bonus", None, "#severity+waiting+num"),
        Column(_("First request"), "requested_on", None, "#date+request"),
        Column(_("Days of waiting"), "requested_on", days_since, "#indicator+waiting+days+num"),
    ),
    (*_TAKE_REGISTER, "beneficiaries.view_need"),
)

FAMILIES = ListOut(
    "families",
    _("Families"),
    (
        Column(_("Number"), "number", reference("FA", 5), "#beneficiary+household+code"),
        *place(""),
        *named("called__", "#contact", "beneficiaries.view_guardian"),
        Column(
            _("Relation"),
            "called__relation",
            choice(Guardian.Relation),
            "#contact+relation",
            "beneficiaries.view_guardian",
        ),
        Column(_("Phone"), "called__phone", as_text, "#contact+phone", "beneficiaries.view_guardian"),
        Column(_("Preferred language"), "language", choice(Language), "#beneficiary+language"),
        Column(_("Children"), "number_of_children", None, "#beneficiary+children+num"),
    ),
    (*_TAKE_REGISTER, "beneficiaries.view_family"),
)


def with_people(families: QuerySet) -> QuerySet:
    """Families with the adult to call first as `called`, and how many children they have."""
    first = Q(guardians__is_first_contact=True, guardians__ended_on=None)
    children = Child.objects.filter(family=OuterRef("pk")).order_by().values("family").annotate(number=Count("pk"))
    return families.annotate(
        called=FilteredRelation("guardians", condition=first), number_of_children=Subquery(children.values("number"))
    )


# --- taking it out --------------------------------------------------------------------------------------------------


def taken_today(user: User) -> tuple[int, int]:
    """How many files and how many rows this person took out since midnight."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = Export.objects.filter(taken_by=user, created_at__gte=midnight)
    told = today.aggregate(files=Count("pk"), rows=Sum("count"))
    return told["files"], told["rows"] or 0


def check_limits(user: User, count: int) -> None:
    """Raises TooMuchToday where this file would be more than a person may take out in a day."""
    files, rows = taken_today(user)
    if files + 1 > settings.EXPORTS_A_DAY or rows + count > settings.EXPORTED_ROWS_A_DAY:
        raise TooMuchToday


def take_out(
    what: ListOut,
    rows: QuerySet,
    *,
    by: User,
    reason: str,
    file_format: str,
    filters: Mapping[str, Any],
    with_hxl: bool = False,
) -> TakenOut:
    """The rows of this queryset, in its order, as a file. `filters` is what is kept of how it was narrowed.

    What is taken out is noted before the first byte leaves, and no more rows leave than were noted. Raises NoReason,
    UnknownFormat or TooMuchToday; then nothing leaves the house.
    """
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise NoReason
    if file_format not in CONTENT_TYPES:
        raise UnknownFormat
    count = rows.count()
    check_limits(by, count)
    columns = what.columns_for(by)
    # Whoever sends the pieces does it after the request: what follows the reader's language is settled here.
    cells = islice(_cells(rows, columns), count)
    headings = [str(column.heading) for column in columns]
    tags = [column.hxl for column in columns] if with_hxl else None
    said: dict[str, Any] = {"tags": tags, "mark": _watermark(by, reason)}
    content: IO[bytes] | Generator[bytes, None, None]
    if file_format == "csv":
        content = sheets.write_csv(headings, cells, **said)
    else:
        counted = _Counted(cells)
        content = sheets.write_xlsx(headings, counted, title=str(what.title), rtl=get_language_bidi(), **said)
        count = counted.count
    try:
        _note(what, by=by, reason=reason, file_format=file_format, count=count, filters=dict(filters))
    except ExportRefused:
        content.close()
        raise
    name = f"hajar-{what.name}-{timezone.localdate():%Y-%m-%d}.{file_format}"
    return TakenOut(content, name, CONTENT_TYPES[file_format], count)


class _Counted:
    """Rows that are counted while they pass."""

    def __init__(self, rows: Iterable[list[Any]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self.rows:
            self.count += 1
            yield row


def _cells(rows: QuerySet, columns: Sequence[Column]) -> Iterator[list[Any]]:
    """The values of each row as its columns say them, in the language now in force: one query, no objects."""
    sources = list(dict.fromkeys(path for column in columns for path in column.sources if path != PLACE))
    at = {path: number for number, path in enumerate(sources)}
    readers = [_reader(column, at) for column in columns]
    values = rows.values_list(*sources)

    def told() -> Iterator[list[Any]]:
        for place_in_list, row in enumerate(values.iterator(chunk_size=ROWS_AT_ONCE), start=1):
            yield [read(place_in_list, row) for read in readers]

    return told()


def _reader(column: Column, at: Mapping[str, int]) -> Callable[[int, Sequence[Any]], Any]:
    if column.sources == (PLACE,):
        return lambda number, _row: number
    places = [at[path] for path in column.sources]
    say = column.say() if column.say else None
    first = places[0]
    if say is None:
        return lambda _number, row: row[first]
    if len(places) == 1:
        return lambda _number, row: say(row[first])
    return lambda _number, row: say(*(row[place] for place in places))


def _watermark(by: User, reason: str) -> str:
    """Who took it out, when and what for: it stands in the file wherever it goes."""
    told = {"who": by.full_name or by.email, "when": f"{timezone.localtime():%Y-%m-%d %H:%M}", "why": reason}
    return gettext("Taken out of Hajar by %(who)s on %(when)s. What for: %(why)s") % told


@transaction.atomic
def _note(what: ListOut, *, by: User, reason: str, file_format: str, count: int, filters: dict[str, Any]) -> Export:
    User.objects.select_for_update().get(pk=by.pk)  # two files at once are counted one after the other
    check_limits(by, count)
    export = Export.objects.create(
        taken_by=by, name=what.name, file_format=file_format, reason=reason, count=count, filters=filters
    )
    told = {"list": what.name, "format": file_format, "count": count, "filters": filters, "reason": reason}
    journal.record("register.exported", export, by=by, payload=told)
    return export
