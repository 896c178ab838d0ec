"""Import a register: show what would happen, let a person mend it, and write it when she confirms.

Nothing is written before that. Until then the rows lie in the RegisterImport as they were typed; whoever corrects one
has it judged again together with the rows that it concerns. A small register is read and written at once; a large one
in slices, each whole and each a short transaction: working_imports does them, and goes on wherever the work stopped.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries import (
    joining_sheets,
    matching,
    pairing,
    reading_registers,
    register_columns,
    register_words,
    registration,
    tracing_rows,
)
from beneficiaries.judging import ImportRow, Judge, counts_of, family_key, guardian_keys
from beneficiaries.models import Province
from beneficiaries.models.imports import ColumnMapping, RegisterImport
from beneficiaries.models.references import next_numbers
from beneficiaries.register_columns import Columns, NotARegister
from beneficiaries.register_plans import HEALTH_FIELDS, Plan, plan
from beneficiaries.writing_registers import write
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.journal.models import Entry, Head
from hajar.lib import placenames, settling_in, sheets
from hajar.lib.refusals import Refusal

AT_ONCE = 500  # rows that are read, or written, in one go; where there are more, they go in slices
IDS = ("families", "guardians", "children", "assessments", "health_records")
MENDABLE = register_words.BY_NAME.keys() - set(register_words.TIES)
#: What an entry of the journal tells of when it may change a verdict.
PEOPLE = ("beneficiaries.child", "beneficiaries.family", "beneficiaries.guardian", "beneficiaries.registerimport")


class ImportRefused(Refusal):
    sentence = _("This import cannot be changed any more.")


class NotInPreview(ImportRefused):
    pass


class NothingToWrite(ImportRefused):
    sentence = _("No row can be written. Correct the doubtful and the refused ones first.")


class RegisterHasChanged(ImportRefused):
    sentence = _(
        "Meanwhile the register has changed, and with it what would be written. Look again before you confirm."
    )


class ColumnsRefused(ImportRefused):
    sentence = _("Say at least which column holds the name and which two others are what.")


def rows_of(imported: RegisterImport) -> list[ImportRow]:
    return [ImportRow.from_json(kept) for kept in imported.rows]


def columns_of(imported: RegisterImport) -> Columns:
    return Columns(**imported.columns)


def reader_of(imported: RegisterImport, *, by: User, today: date | None = None) -> reading_registers.Reader:
    """What reads the cells of this import, in the name of this person."""
    return _reader(columns_of(imported), by=by, today=today or timezone.localdate())


def _reader(columns: Columns, *, by: User, today: date) -> reading_registers.Reader:
    places = [
        (
            province.iso,
            [
                province.name_fr,
                province.name_ar,
                province.name_en,
                province.seat_fr,
                province.seat_ar,
                *province.aliases.split("|"),
            ],
        )
        for province in Province.objects.all()
    ]
    return reading_registers.Reader(columns, placenames.Gazetteer(places), today, reads_health=may_write_health(by))


def may_write_health(user: User) -> bool:
    return user.has_perm("beneficiaries.add_healthrecord")


def read_row(row: ImportRow, reader: reading_registers.Reader) -> None:
    """What the cells of a row say; it keeps no verdict yet."""
    row.child, findings = reader.read(row.typed)
    row.findings = [finding.as_json() for finding in findings]


# --- uploading ------------------------------------------------------------------------------------------------------


@transaction.atomic
def upload_register(
    *, file: IO[bytes], filename: str, by: User, today: date | None = None, asks: bool = False
) -> RegisterImport:
    """Read and judge a register, and keep it as a preview; a large one is kept to be read in slices.

    The rows of a file of corrections go to the import that they correct, and it is returned. With `asks`, a workbook
    whose headings are unknown is kept so that a person names its columns. Raises SheetError or NotARegister.
    """
    workbook = sheets.read_all(file, filename)
    try:
        sheet, columns = joining_sheets.join(workbook)
        is_known = True
    except NotARegister:
        sheet, is_known = workbook[0], False
        row = register_columns.guessed_heading_row(sheet)
        if row is None:
            raise
        columns = Columns(row, {}, {})
    headings = _headings_of(sheet, columns)
    if said := ColumnMapping.objects.filter(signature=register_columns.signature_of(headings)).first():
        columns, is_known = _named(columns, headings, said.fields), True
    if not is_known and not asks:
        raise NotARegister
    withheld = _without_health(columns, by)
    kept = _as_kept(sheet, columns, headings, withheld=withheld)
    rows = _rows_in(kept, columns) if is_known else []
    if is_known and not rows:
        raise sheets.SheetError("empty")
    if corrected := tracing_rows.corrected_by(rows, by):
        return _take_corrections(corrected, rows, columns, by=by, today=today)
    imported = RegisterImport(
        uploaded_by=by, filename=_file_name(filename), digest=_digest(file), columns=columns.as_json(), sheet=kept
    )
    if not is_known:
        imported.state = RegisterImport.State.MAPPING
    else:
        tracing_rows.mark_mended(rows, by)
        _begin_reading(imported, rows, by=by, today=today)
    imported.save()
    return imported


def _begin_reading(imported: RegisterImport, rows: list[ImportRow], *, by: User, today: date | None) -> None:
    """Read and judge a small register now; leave a large one to be worked through."""
    imported.progress, imported.written = 0, {}
    if len(rows) > AT_ONCE:
        imported.state = RegisterImport.State.READING
    else:
        reader = reader_of(imported, by=by, today=today)
        for row in rows:
            read_row(row, reader)
        judged_at = place_in_journal()
        Judge(rows, by=by).run()
        imported.state = RegisterImport.State.PREVIEW
        imported.written = {"judged_at": judged_at, "verdicts": counts_of(rows)}
    imported.rows = [row.as_json() for row in rows]


def _headings_of(sheet: sheets.Sheet, columns: Columns) -> list[str | None]:
    row = next((row for row in sheet.rows if row.number == columns.heading_row), None)
    return [None if cell is None else register_columns.as_text(cell)[:80] for cell in row.cells] if row else []


def _named(columns: Columns, headings: Sequence[str | None], chosen: Mapping[str, int]) -> Columns:
    return register_columns.named_columns(
        headings, chosen, heading_row=columns.heading_row, unread_sheets=columns.unread_sheets
    )


def _without_health(columns: Columns, by: User) -> set[int]:
    """The places of columns that this person may not bring in; they are neither read nor kept."""
    if may_write_health(by):
        return set()
    return {columns.fields.pop(name) for name in register_words.HEALTH if name in columns.fields}


def _as_kept(
    sheet: sheets.Sheet, columns: Columns, headings: Sequence[str | None], *, withheld: set[int]
) -> dict[str, Any]:
    rows = []
    for row in sheet.rows:
        if row.number > columns.heading_row:
            cells = [
                None if cell is None or place in withheld else register_columns.as_text(cell)
                for place, cell in enumerate(row.cells)
            ]
            rows.append([row.number, cells])
    return {"headings": list(headings), "rows": rows}


def _rows_in(kept: Mapping[str, Any], columns: Columns) -> list[ImportRow]:
    rows = [sheets.Row(number, tuple(cells)) for number, cells in kept["rows"]]
    typed = register_columns.typed_rows(sheets.Sheet("", rows), columns)
    return [ImportRow(number, cells, origin=cells.pop("row_identity", "")) for number, cells in typed]


def earlier_import(imported: RegisterImport) -> RegisterImport | None:
    """The import by which the very same file was written before, if any; whoever did it."""
    same = RegisterImport.objects.filter(digest=imported.digest, state=RegisterImport.State.DONE)
    return same.exclude(pk=imported.pk).defer("rows", "written", "sheet").order_by("-confirmed_at", "pk").first()


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _file_name(name: str) -> str:
    tail = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in tail if letter.isprintable())[-200:] or "?"


# --- naming the columns ---------------------------------------------------------------------------------------------


@transaction.atomic
def name_columns(
    imported: RegisterImport, *, by: User, chosen: Mapping[str, int], today: date | None = None
) -> RegisterImport:
    """Take a person's word for what the columns are, remember it for the same headings, and read every row again.

    `chosen` is {field: place of the column, from 0}. Raises ColumnsRefused when that makes no register.
    """
    imported = RegisterImport.objects.select_for_update().get(pk=imported.pk)
    if imported.state not in (RegisterImport.State.MAPPING, RegisterImport.State.PREVIEW) or not imported.sheet:
        raise NotInPreview
    headings = imported.sheet["headings"]
    places = {name: place for name, place in chosen.items() if name not in register_words.HEALTH}
    columns = _named(columns_of(imported), headings, chosen if may_write_health(by) else places)
    if not register_columns.is_register(columns):
        raise ColumnsRefused
    ColumnMapping.objects.update_or_create(
        signature=register_columns.signature_of(headings),
        defaults={"headings": headings, "fields": columns.fields, "said_by": by},
    )
    rows = _rows_in(imported.sheet, columns)
    if not rows:
        raise ColumnsRefused
    imported.columns = columns.as_json()
    tracing_rows.mark_mended(rows, by)
    _begin_reading(imported, rows, by=by, today=today)
    imported.save()
    journal.record("register.columns_named", imported, by=by, payload={"fields": sorted(columns.fields)})
    return imported


# --- corrections that come back as a file ---------------------------------------------------------------------------


def _take_corrections(
    imported: RegisterImport, corrections: list[ImportRow], columns: Columns, *, by: User, today: date | None
) -> RegisterImport:
    """Lay the cells of a file of corrections over the rows that they correct, and judge everything again."""
    imported, rows = _open(imported)
    by_number = {row.number: row for row in rows}
    for correction in corrections:
        origin = tracing_rows.origin_of(correction)
        row = by_number.get(origin[1]) if origin else None
        if row is None:
            continue
        own = columns.fields.keys() & columns_of(imported).fields.keys() - set(register_words.TIES)
        cells = {name: correction.typed.get(name, "") for name in own}
        changed = {name: text for name, text in cells.items() if text != row.typed.get(name, "")}
        if changed:
            row.typed = {name: text for name, text in {**row.typed, **changed}.items() if text}
            row.is_accepted, row.is_corrected = False, True
    _begin_reading(imported, rows, by=by, today=today)
    imported.save(update_fields=["rows", "written", "state", "progress"])
    return imported


# --- correcting on the page -----------------------------------------------------------------------------------------


@transaction.atomic
def correct_row(
    imported: RegisterImport, *, number: int, by: User, typed: Mapping[str, str], today: date | None = None
) -> set[int]:
    """Take other words for cells of a row, and judge it again; returns the rows whose verdict this touched."""
    imported, rows = _open(imported)
    row = _row(rows, number)
    words = {name: register_columns.as_text(text) for name, text in typed.items() if name in MENDABLE}
    changed = {name: text for name, text in words.items() if text != row.typed.get(name, "")}
    if changed:
        row.typed = {name: text for name, text in {**row.typed, **changed}.items() if text}
        row.is_accepted, row.is_corrected = False, True
        read_row(row, reader_of(imported, by=by, today=today))
    return _judge_again(imported, rows, row, by=by)


@transaction.atomic
def accept_row(imported: RegisterImport, *, number: int, by: User) -> set[int]:
    """Answer the doubts about a row with "it is right so": what is impossible is left out, a match is another child."""
    imported, rows = _open(imported)
    row = _row(rows, number)
    row.is_accepted = row.is_accepted or row.may_be_accepted
    return _judge_again(imported, rows, row, by=by)


@transaction.atomic
def set_row_aside(imported: RegisterImport, *, number: int, by: User, aside: bool = True) -> set[int]:
    """Leave a row out of the import, or take it back in."""
    imported, rows = _open(imported)
    row = _row(rows, number)
    row.is_aside = aside
    return _judge_again(imported, rows, row, by=by)


@transaction.atomic
def judge_again(imported: RegisterImport, *, by: User) -> RegisterImport:
    """Judge every row against the register as it is now."""
    imported, rows = _open(imported)
    judged_at = place_in_journal()
    Judge(rows, by=by).run()
    _keep(imported, rows, judged_at=judged_at)
    return imported


@transaction.atomic
def discard_import(imported: RegisterImport) -> None:
    """Throw a preview away, with all that was typed in it. Nothing of it was ever in the register."""
    imported = RegisterImport.objects.select_for_update().defer("rows", "sheet").get(pk=imported.pk)
    if imported.state not in (
        RegisterImport.State.MAPPING,
        RegisterImport.State.READING,
        RegisterImport.State.PREVIEW,
    ):
        raise NotInPreview
    imported.delete()


def _open(imported: RegisterImport) -> tuple[RegisterImport, list[ImportRow]]:
    imported = RegisterImport.objects.select_for_update().defer("sheet").get(pk=imported.pk)
    if imported.state != RegisterImport.State.PREVIEW:
        raise NotInPreview
    return imported, rows_of(imported)


def _row(rows: list[ImportRow], number: int) -> ImportRow:
    for row in rows:
        if row.number == number:
            return row
    raise LookupError(number)


def _keep(imported: RegisterImport, rows: list[ImportRow], *, judged_at: int | None = None) -> None:
    imported.rows = [row.as_json() for row in rows]
    imported.written = {"judged_at": judged_at, "verdicts": counts_of(rows)}
    imported.save(update_fields=["rows", "written"])


def place_in_journal() -> int:
    """How far the journal has come; taken before judging. While it stands still, the register does."""
    return Head.objects.values_list("sequence", flat=True).get(pk=1)


def _judge_again(imported: RegisterImport, rows: list[ImportRow], row: ImportRow, *, by: User) -> set[int]:
    """Judge a changed row, the rows that pointed to it, and the later ones that may point to it now."""
    like, keys = row.as_like(), _ties_of(row)
    touched = {row.number}
    for other in rows:
        points = row.number in (other.match.get("row"), other.home.get("row"))
        if points or (
            other.number > row.number and (keys & _ties_of(other) or matching.compare(other.as_like(), like))
        ):
            touched.add(other.number)
    Judge(rows, by=by, only=touched).run()
    _keep(imported, rows)
    return touched


def _ties_of(row: ImportRow) -> set[str]:
    """What may put two rows in one family."""
    return {*row.phones, *guardian_keys(row), *filter(None, [family_key(row)])}


def register_has_moved(since: int | None) -> bool:
    """Whether the journal tells since then of children, families, guardians or another import."""
    if since is None:
        return True
    return Entry.objects.filter(sequence__gt=since, object_type__in=PEOPLE).exists()


# --- confirming -----------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm_import(
    imported: RegisterImport, *, by: User, seen: str | None = None, today: date | None = None
) -> RegisterImport:
    """Write what the preview showed as one act of the journal: a small register at once, all or nothing.

    A large one is left to be worked through, slice by slice; what the register no longer allows then stays unwritten.
    `seen` is the token of the plan that the person confirmed. Raises RegisterHasChanged when the register no longer
    allows exactly that, NothingToWrite when there is nothing, NotInPreview when it was done before.
    """
    imported, rows = _open(imported)
    if len(rows) > AT_ONCE:
        return _begin_writing(imported, rows, by=by, seen=seen)
    take_the_numbers()
    withdraw_health(rows, by)
    judge_where_needed(imported, rows, rows, by=by)
    planned = _agreed(rows, seen)
    written = write(planned, by=by, today=today or timezone.localdate())
    imported.written = {**written, "counts": planned.counts, "verdicts": counts_of(rows)}
    finish(imported, rows, by=by)
    return imported


def take_the_numbers() -> None:
    """Whoever registers a family or a child takes these rows too: to the end of the transaction nobody else does."""
    next_numbers(registration.FAMILIES, 0)
    next_numbers(registration.CHILDREN, 0)


def withdraw_health(rows: Iterable[ImportRow], by: User) -> None:
    """The right to write health records may be gone since the upload."""
    if not may_write_health(by):
        for row in rows:
            for name in HEALTH_FIELDS:
                row.child.pop(name, None)


def judge_where_needed(imported: RegisterImport, rows: list[ImportRow], part: Sequence[ImportRow], *, by: User) -> bool:
    """Judge a part of the rows again where the register or the mandate has changed since; says whether it did."""
    allowed = set(Province.objects.visible_to(by).values_list("iso", flat=True))
    outside = any(row.is_writable and row.child["province"] not in allowed for row in part)
    if not outside and not register_has_moved(imported.written.get("judged_at")):
        return False
    Judge(rows, by=by, only=None if part is rows else {row.number for row in part}).run()
    return True


def _agreed(rows: list[ImportRow], seen: str | None) -> Plan:
    planned = plan(rows)
    if seen is not None and planned.token != seen:
        raise RegisterHasChanged
    if not planned.children:
        raise NothingToWrite
    return planned


def _begin_writing(imported: RegisterImport, rows: list[ImportRow], *, by: User, seen: str | None) -> RegisterImport:
    _agreed(rows, seen)
    nothing: dict[str, Any] = {kind: [] for kind in IDS}
    imported.written = {**imported.written, **nothing, "numbers": [], "counts": {}, "by": str(by.pk)}
    imported.state, imported.progress = RegisterImport.State.WRITING, 0
    imported.save(update_fields=["written", "state", "progress"])
    return imported


def finish(imported: RegisterImport, rows: list[ImportRow], *, by: User) -> None:
    """The import is written: forget the words of what the register holds now, and tell the journal."""
    imported.state, imported.confirmed_at, imported.sheet = RegisterImport.State.DONE, timezone.now(), {}
    imported.worker, imported.worked_until = "", None
    pairing.look_between(_alike(rows))
    imported.rows = [
        ImportRow(row.number, verdict=row.verdict, written=row.written, origin=row.origin).as_json()
        if row.written
        else row.as_json()
        for row in rows
    ]
    imported.save()
    tracing_rows.tell_origins(rows)
    settling_in.when_committed(len(rows))
    told = {**imported.written["counts"], "filename": imported.filename, "digest": imported.digest}
    journal.record("register.imported", imported, by=by, payload=told)


def _alike(rows: Sequence[ImportRow]) -> list[tuple[UUID, UUID]]:
    """The children now written of whom the preview said that they may be somebody known: for the queue of pairs."""
    written = {row.number: row.written for row in rows if row.written}
    alike = [(row, row.match) for row in rows if row.written and row.match]
    others = ((row, match.get("child") or written.get(match.get("row", 0))) for row, match in alike)
    return [(UUID(row.written), UUID(other)) for row, other in others if other]
