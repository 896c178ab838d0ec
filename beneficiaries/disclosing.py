"""Everything that we hold of a child and her family, for the family itself: as data, and in words on paper.

A room above adds its chapters when it starts (AppConfig.ready). Every field that holdings.py does not call our own work
is in the data; the paper says the same in the family's language, without keys.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beneficiaries import documents, holdings
from beneficiaries.holdings import Holding
from beneficiaries.models import Association, Child, Need, RightsRequest
from beneficiaries.models.needs import explain
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.journal.models import Entry
from hajar.lib import several, typesetting

PAPER = Path(__file__).with_name("paper")
# Acts that tell of somebody who only looked.
LOOKED = ("health_record.opened", "need.explained", "child.disclosed", "register.exported")
# What holds no fact of the family, only our own bookkeeping: not shown to them, in neither form.
OURS = frozenset(
    "sort_key commune_key is_answered_for content_hash sha256 sequence fingerprint sealed needs_a_look"
    " stop_order".split()
)

Words = str | Promise


@dataclass(frozen=True)
class Line:
    """One fact: what it is, in words, and how it reads."""

    label: str
    value: str


@dataclass(frozen=True)
class Record:
    """One row: a heading (a day, a name) and its facts."""

    heading: str
    lines: list[Line]


@dataclass(frozen=True)
class Chapter:
    """One part of what we hold: its title and its rows."""

    title: str
    records: list[Record] = field(default_factory=list)
    note: str = ""


# What a room above adds to the paper beyond its rows: called with the child, in the language of the paper.
chapters: list[Callable[[Child], Iterable[Chapter]]] = []


# --- as data --------------------------------------------------------------------------------------------------------


def as_data(child: Child) -> dict[str, Any]:
    """All that we hold, by table and row, ready for JSON: every field but our own bookkeeping, files by their names."""
    return {
        "reference": child.reference,
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "held": {holding.label: [_row(holding, row) for row in _rows(holding, child)] for holding in holdings.shown()},
        "files": list(_files(child)),
        "looked": [
            {"at": entry.received_at.isoformat(), "who": _name(entry.actor), "what": entry.act}
            for entry in who_looked(child)
        ],
    }


def as_json(child: Child) -> bytes:
    return json.dumps(as_data(child), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def _rows(holding: Holding, child: Child) -> models.QuerySet:
    """Rows in a steady order; what is linked and shown by its name comes with them."""
    named = [
        found.name
        for found in holding.model._meta.concrete_fields
        if found.is_relation and not found.null and found.name in _shown(holding)
    ]
    return holding.rows_of(*holdings.files_of(child)).select_related(*named).order_by("pk")


def _shown(holding: Holding) -> list[str]:
    return [name for group in holding.fields for name in group.names if name not in OURS]


def _row(holding: Holding, row: models.Model) -> dict[str, Any]:
    return {name: _plain(row, holding.field(name)) for name in _shown(holding)}


def _plain(row: models.Model, found: models.Field) -> Any:
    value = getattr(row, found.attname)
    if isinstance(found, models.FileField):
        return value.name
    return value if isinstance(value, str | int | float | bool | list | dict | date | datetime | None) else str(value)


def _files(child: Child) -> Iterator[dict[str, Any]]:
    for holding in holdings.shown():
        for found in holding.model._meta.concrete_fields:
            if isinstance(found, models.FileField):
                for row in holding.rows_of(*holdings.files_of(child)).exclude(**{found.name: ""}).order_by("pk"):
                    yield {"of": str(found.verbose_name), "name": getattr(row, found.attname).name}


def who_looked(child: Child) -> list[Entry]:
    """Who opened what is narrow in this file, newest first; at most the last 500 times."""
    entries = Entry.objects.filter(subject_id__in=holdings.files_of(child), act__in=LOOKED).select_related("actor")
    return list(entries.order_by("-sequence")[:500])


# --- in words -------------------------------------------------------------------------------------------------------

# Tables of the paper, in the order in which a family reads; what is our own work alone (keys, queues) has no chapter.
_TITLES: dict[str, Words] = {
    "beneficiaries.Child": gettext_lazy("Your child"),
    "beneficiaries.Guardian": gettext_lazy("Who answers for the child"),
    "beneficiaries.Family": gettext_lazy("Your family"),
    "beneficiaries.Consent": gettext_lazy("What you allowed"),
    "beneficiaries.HealthRecord": gettext_lazy("Health"),
    "beneficiaries.Assessment": gettext_lazy("Visits and assessments"),
    "beneficiaries.Measurement": gettext_lazy("Measures taken since"),
    "beneficiaries.RightsRequest": gettext_lazy("What you asked of us"),
    "beneficiaries.NationalIdentity": gettext_lazy("National identity number"),
}
# What the paper does not repeat, and why; the data file has it.
NOT_ON_PAPER: dict[str, Words] = {
    "beneficiaries.NameKey": "sounds of the names, made from them",
    "beneficiaries.PhoneKey": "digits of the phones, made from them",
    "beneficiaries.Need": "a chapter of its own, with the points",
    "beneficiaries.DuplicatePair": "tells of another child as well, and is in no file of either",
    "beneficiaries.Merge": "tells of two files; what they held is in the one that goes on",
}
_KINDS = ("get_purpose_display", "get_kind_display", "get_step_display")  # what a row is about
_DAYS = ("assessed_on", "measured_on", "answered_on", "asked_on", "opened_on", "done_on", "prescribed_on", "broke_on")


def title(label: str, words: Words) -> None:
    """Give a table of a room above its chapter on the paper."""
    _TITLES[label] = words


def titled() -> set[str]:
    """The tables that have a chapter."""
    return set(_TITLES)


def in_words(child: Child) -> list[Chapter]:
    """All that we hold, in the active language, chapter by chapter; empty chapters are left out."""
    told = [_chapter(holding, child) for label in _TITLES if (holding := holdings.find(label))]
    told.insert(5, _needs(child))
    told += [chapter for tell in chapters for chapter in tell(child)]
    told += [_files_chapter(child), _looked_chapter(child)]
    return [chapter for chapter in told if chapter.records or chapter.note]


def _chapter(holding: Holding, child: Child) -> Chapter:
    shown = [
        holding.field(name)
        for group in holding.fields
        if group.category != "work"
        for name in group.names
        if name not in OURS and name not in ("id", "child", "family")
    ]
    records = [Record(_heading(row), list(_lines(row, shown))) for row in _rows(holding, child)]
    return Chapter(str(_TITLES[holding.label]), records)


def _heading(row: models.Model) -> str:
    """What a row is about and its day, as far as it has them: the purpose of a consent, the kind of a request."""
    what = next((str(getattr(row, name)()) for name in _KINDS if hasattr(row, name)), "")
    day = next((value for name in _DAYS if (value := getattr(row, name, None))), None)
    parts = [capfirst(what), formats.date_format(day) if isinstance(day, date) else ""]
    return " · ".join(part for part in parts if part)


def _lines(row: models.Model, shown: Iterable[models.Field]) -> Iterator[Line]:
    for found in shown:
        if value := readable(row, found):
            yield Line(capfirst(str(found.verbose_name)), value)


def readable(row: models.Model, found: models.Field) -> str:
    """A field as a person reads it in the active language; "" where nothing is known."""
    value = getattr(row, found.name) if found.is_relation else getattr(row, found.attname)
    if value is None or value in ("", [], {}):
        return ""
    if found.choices:
        return str(getattr(row, f"get_{found.name}_display")())
    if isinstance(found, several.SeveralField):
        return documents.enumeration(found.words(value))
    if isinstance(found, models.FileField):
        return _("kept as a file")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return formats.date_format(value)
    if isinstance(value, dict | list):
        told = getattr(row, f"{found.name}_words", None)
        return documents.enumeration(told) if told else _("figures for a machine: they are in the data file")
    return str(value)


def _needs(child: Child) -> Chapter:
    """Each need with its points and what they come from: the family may check the sum."""
    records = []
    for need in Need.objects.filter(child=child).order_by("opened_on", "pk"):
        lines = [
            Line(_("First request"), formats.date_format(need.requested_on)),
            Line(_("Points"), f"{typesetting.isolate(need.score_text)} ({typesetting.isolate(need.rule_version)})"),
            Line(_("Urgent"), _("yes") if need.is_urgent else _("no")),
            *(Line(str(part.name), documents.part_sentence(stored)) for part, stored in _parts(need)),
        ]
        if need.override_reason:
            lines.append(Line(_("Decided by a person"), need.override_reason))
        if need.closed_on:
            lines.append(Line(_("Closed"), f"{formats.date_format(need.closed_on)}, {need.get_closing_display()}"))
        records.append(Record(formats.date_format(need.opened_on), [line for line in lines if line.value]))
    return Chapter(_("The need for a chair, and how it was judged"), records)


def _parts(need: Need) -> Iterator[tuple[Any, dict[str, Any]]]:
    named = {part.code: part for part in explain(need.parts)}
    return ((named[stored["code"]], stored) for stored in need.parts if stored["code"] in named)


def _files_chapter(child: Child) -> Chapter:
    files = list(_files(child))
    lines = [Line(capfirst(file["of"]), typesetting.isolate(file["name"].rsplit("/", 1)[-1])) for file in files]
    return Chapter(_("Photos, papers and signatures"), [Record("", lines)] if lines else [])


def _looked_chapter(child: Child) -> Chapter:
    entries = who_looked(child)
    lines = [
        Line(
            formats.date_format(timezone.localtime(entry.received_at), "SHORT_DATETIME_FORMAT"),
            f"{_name(entry.actor)}: {entry.words.sentence}",
        )
        for entry in entries
    ]
    note = "" if lines else _("Nobody has opened the health record.")
    return Chapter(_("Who looked"), [Record("", lines)] if lines else [], note)


def _name(user: User | None) -> str:
    return user.get_full_name() if user else ""


# --- on paper -------------------------------------------------------------------------------------------------------


def words(child: Child, *, by: User) -> dict[str, Any]:
    """What the paper says, in the active language."""
    association = Association.get()
    return {
        **documents.letterhead(association),
        "title": _("All that we hold of you"),
        "child": child.name,
        "child_other": child.other_name,
        "reference": typesetting.isolate(child.reference),
        "lead": _(
            "This is everything that the association keeps of your child and your family on {day}. You may have it "
            "corrected, stop a use of it, or have it erased, at any time and free of charge (law {law})."
        ).format(day=formats.date_format(timezone.localdate()), law=typesetting.isolate("09-08")),
        "chapters": [
            {
                "title": chapter.title,
                "note": chapter.note,
                "records": [
                    {
                        "heading": record.heading,
                        "lines": [
                            (line.label, line.value, documents.direction_of(line.value)) for line in record.lines
                        ],
                    }
                    for record in chapter.records
                ],
            }
            for chapter in in_words(child)
        ],
        "call_title": _("Whom to call"),
        "call": _("Something is wrong, or you want it to stop? Call us, or tell whoever visits you."),
        "given": _("Given to you by {person} on {day}.").format(
            person=by.get_full_name(), day=formats.date_format(timezone.localdate())
        ),
        **documents.contact_words(association),
    }


def as_pdf(child: Child, *, by: User) -> bytes:
    """The paper as a PDF/A in the active language."""
    return typesetting.pdf(PAPER / "disclosure.typ", words(child, by=by))


def disclose(child: Child, *, by: User, form: str, request: RightsRequest | None = None) -> None:
    """Keep that all of a file was taken out for the family, in which form."""
    payload = {"form": form, "language": translation.get_language(), "request": str(request.pk) if request else ""}
    journal.record_reading("child.disclosed", child, by=by, payload=payload)
