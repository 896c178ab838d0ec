"""How the house itself is: backups, journal, files, database; one line each, in words that say what to do."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from distributions import attention
from distributions.models import Matter
from hajar.backups import keeping
from hajar.backups.models import Backup
from hajar.journal.models import Entry, Head

SHOWN = 10
ICONS = {"good": "check-circle-fill", "warn": "exclamation-circle", "urgent": "exclamation-triangle-fill"}


@dataclass(frozen=True)
class Line:
    """One thing to keep an eye on: how it is in a word, and a sentence about it."""

    title: str
    text: str
    tone: str
    word: str
    url: str = ""

    @property
    def end(self) -> dict[str, str]:
        return {"tone": self.tone, "word": self.word, "icon": ICONS[self.tone]}


@dataclass(frozen=True)
class Status:
    """What the status page shows. `tone` and `summary` say the worst of it."""

    newest: Backup | None
    age: str
    is_late: bool
    durable: int
    since: int
    lines: list[Line]
    backups: list[Backup]

    @property
    def tone(self) -> str:
        return next((tone for tone in ("urgent", "warn") if any(line.tone == tone for line in self.lines)), "good")

    @property
    def summary(self) -> str:
        return {
            "good": _("All is well: what people enter is in two places."),
            "warn": _("Something below needs a look, when there is time."),
            "urgent": _("Something below needs a look today."),
        }[self.tone]


def of_the_house(user, *, waiting_migrations: Collection = (), now: datetime | None = None) -> Status:
    """Gather how the house is, in a constant number of queries."""
    now = now or timezone.now()
    backups = list(Backup.objects.newest_first()[:SHOWN])
    newest = Backup.objects.standing().newest_first().first()
    head = Head.objects.get(pk=1)
    durable = keeping.durable_sequence()
    lines = [
        _freshness(newest, now),
        _two_backups(durable, head.sequence),
        *([_secrecy(newest), _journal(newest, now), _files(newest)] if newest else []),
        _database(head.sequence),
        _migrations(len(waiting_migrations)),
        *_matters(user, now),
    ]
    return Status(
        newest=newest,
        age=_age(newest.taken_at, now) if newest else "",
        is_late=newest is None or newest.is_late(now),
        durable=durable,
        since=head.sequence - durable,
        lines=lines,
        backups=backups,
    )


def _age(moment: datetime, now: datetime) -> str:
    return timesince(moment, now, depth=1).replace("\N{NO-BREAK SPACE}", " ")  # large on a phone, it must wrap


def _isolated(text: str) -> str:
    """Latin letters and figures that keep their order within an Arabic sentence."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def _freshness(newest: Backup | None, now: datetime) -> Line:
    title = _("Newest backup")
    failed = (
        Entry.objects.filter(act="backup.failed").order_by("-sequence").values_list("received_at", flat=True).first()
    )
    if newest is None:
        text = _("No verified backup is there. Whoever runs the server starts “manage.py backup” and its timer.")
        return Line(title, text, "urgent", pgettext("status", "none"))
    age = _age(newest.taken_at, now)
    if newest.is_late(now):
        text = _("It is {age} old: the timer on the server no longer runs, or fails. See its messages there.")
        return Line(title, text.format(age=age), "urgent", pgettext("status", "late"))
    if failed and failed > newest.verified_at:
        text = _("It is {age} old and good, but the last attempt failed. See the messages on the server.")
        return Line(title, text.format(age=age), "warn", pgettext("status", "last attempt failed"))
    return Line(
        title,
        _("It is {age} old, and was opened again and found whole.").format(age=age),
        "good",
        pgettext("status", "fresh"),
    )


def _two_backups(durable: int, last: int) -> Line:
    title = _("In two backups")
    if not durable:
        text = _("There are not two verified backups yet. Until then phones keep all that they sent.")
        return Line(title, text, "warn", pgettext("status", "not yet"))
    text = ngettext(
        "All up to entry {durable} of the journal; {n} entry came since. Phones keep that one.",
        "All up to entry {durable} of the journal; {n} entries came since. Phones keep theirs.",
        last - durable,
    )
    return Line(title, text.format(durable=durable, n=last - durable), "good", pgettext("status", "yes"))


def _secrecy(newest: Backup) -> Line:
    title = _("Encryption of backups")
    if newest.is_encrypted:
        text = _("Nobody reads them without the key. Two people must know where it is kept.")
        return Line(title, text, "good", pgettext("status", "encrypted"))
    text = _("Whoever gets hold of a backup reads it. Set HAJAR_BACKUP_KEY on the server.")
    return Line(title, text, "warn", pgettext("status", "not encrypted"))


def _journal(newest: Backup, now: datetime) -> Line:
    text = _("Every entry up to {sequence} was checked against the one before, {age} ago.")
    age = _age(newest.verified_at, now)
    return Line(_("Journal"), text.format(sequence=newest.sequence, age=age), "good", pgettext("status", "whole"))


def _files(newest: Backup) -> Line:
    title = _("Photos and papers")
    if newest.files_missing:
        text = ngettext(
            "{n} file that a page names is nowhere, nor in an earlier backup.",
            "{n} files that pages name are nowhere, nor in an earlier backup.",
            newest.files_missing,
        )
        return Line(title, text.format(n=newest.files_missing), "urgent", pgettext("status", "missing"))
    text = ngettext(
        "{n} file in the newest backup, {size}.", "{n} files in the newest backup, {size}.", newest.files
    ).format(n=newest.files, size=_isolated(filesizeformat(newest.files_bytes)))
    return Line(title, text, "good", pgettext("status", "complete"))


def _database(last: int) -> Line:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        size = cursor.fetchone()[0]
    version = ".".join(map(str, connection.get_database_version()))
    text = ngettext(
        "{engine}, {size}, {n} entry in the journal.",
        "{engine}, {size}, {n} entries in the journal.",
        last,
    )
    engine = _isolated(f"{Backup.Engine(connection.vendor).label} {version}")
    text = text.format(engine=engine, size=_isolated(filesizeformat(size)), n=last)
    return Line(_("Database"), text, "good", pgettext("status", "answers"))


def _migrations(number: int) -> Line:
    title = _("Version")
    if number:
        text = ngettext(
            "{n} change of the database waits: “manage.py migrate” on the server.",
            "{n} changes of the database wait: “manage.py migrate” on the server.",
            number,
        )
        return Line(title, text.format(n=number), "urgent", pgettext("status", "half upgraded"))
    return Line(title, _("The code and the database fit together."), "good", pgettext("status", "up to date"))


def _matters(user, now: datetime) -> list[Line]:
    """What waits for a person, and phones that hold entries and are silent."""
    lines = []
    if number := Matter.objects.visible_to(user).waiting(now).count():
        text = ngettext("{n} matter waits for a person to look.", "{n} matters wait for a person to look.", number)
        url = reverse("distributions:matter_list")
        gaps = Matter.objects.visible_to(user).waiting(now).filter(kind=Matter.Kind.GAP).count()
        if gaps:
            text += " " + ngettext(
                "{gaps} phone numbered entries that never came.",
                "{gaps} phones numbered entries that never came.",
                gaps,
            )
        title, word = _("What the field sent"), pgettext("status", "to look at")
        lines.append(Line(title, text.format(n=number, gaps=gaps), "warn", word, url))
    if silent := attention.silent_phones(now).count():
        text = ngettext(
            "{n} phone holds entries and has not been heard of for days: call its volunteer.",
            "{n} phones hold entries and have not been heard of for days: call their volunteers.",
            silent,
        )
        url = reverse("distributions:device_list")
        lines.append(Line(_("Silent phones"), text.format(n=silent), "warn", pgettext("status", "to call"), url))
    return lines
