"""Import a register: show what would happen, write it all at once, take it back while nobody built on it.

Nothing is written before a person confirms. Until then the rows lie in the RegisterImport as they were typed; whoever
corrects one has it judged again together with the rows that it concerns. Confirming judges everything once more, inside
the lock that hands out the numbers of the register: what somebody registered meanwhile is not doubled.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries import diagnoses, matching, pairing, reading_registers, register_words, registration, scoring
from beneficiaries.judging import MANY, ImportRow, Judge, counts_of, guardian_keys
from beneficiaries.models import Assessment, Child, Consent, Family, Guardian, HealthRecord, Need, Province
from beneficiaries.models.imports import RegisterImport
from beneficiaries.models.references import next_numbers
from beneficiaries.reading_registers import Columns
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.journal.models import Entry, Head
from hajar.lib import names, placenames, sheets
from hajar.lib.refusals import Refusal

READING = ("health_record.opened",)  # acts that look and change nothing


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


class NotUndoable(ImportRefused):
    """Somebody has worked with what was imported; `references` are the files."""

    sentence = _("This import cannot be undone: some of its files were already worked on.")

    def __init__(self, references: Sequence[str]) -> None:
        super().__init__()
        self.references = list(references)


class NotImported(ImportRefused):
    sentence = _("Only an import that was confirmed can be undone.")


def rows_of(imported: RegisterImport) -> list[ImportRow]:
    return [ImportRow.from_json(kept) for kept in imported.rows]


def columns_of(imported: RegisterImport) -> Columns:
    return Columns(**imported.columns)


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


def _read(row: ImportRow, reader: reading_registers.Reader) -> None:
    row.child, findings = reader.read(row.typed)
    row.findings = [finding.as_json() for finding in findings]


# --- uploading and correcting ---------------------------------------------------------------------------------------


@transaction.atomic
def upload_register(*, file: IO[bytes], filename: str, by: User, today: date | None = None) -> RegisterImport:
    """Read and judge a register, and keep it as a preview. Raises SheetError or NotARegister."""
    sheet = sheets.read(file, filename)
    columns = reading_registers.find_columns(sheet)
    reader = _reader(columns, by=by, today=today or timezone.localdate())
    if not reader.reads_health:
        for name in register_words.HEALTH:
            columns.fields.pop(name, None)
    rows = [ImportRow(number, typed) for number, typed in reading_registers.typed_rows(sheet, columns)]
    if not rows:
        raise sheets.SheetError("empty")
    for row in rows:
        _read(row, reader)
    judged_at = _place_in_journal()
    Judge(rows, by=by).run()
    return RegisterImport.objects.create(
        uploaded_by=by,
        filename=_file_name(filename),
        digest=_digest(file),
        columns=columns.as_json(),
        rows=[row.as_json() for row in rows],
        written={"judged_at": judged_at, "verdicts": counts_of(rows)},
    )


def earlier_import(imported: RegisterImport) -> RegisterImport | None:
    """The import by which the very same file was written before, if any; whoever did it."""
    same = RegisterImport.objects.filter(digest=imported.digest, state=RegisterImport.State.DONE)
    return same.exclude(pk=imported.pk).defer("rows", "written").order_by("-confirmed_at", "pk").first()


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _file_name(name: str) -> str:
    tail = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in tail if letter.isprintable())[-200:] or "?"


@transaction.atomic
def correct_row(
    imported: RegisterImport, *, number: int, by: User, typed: Mapping[str, str], today: date | None = None
) -> set[int]:
    """Take other words for cells of a row, and judge it again; returns the rows whose verdict this touched."""
    imported, rows = _open(imported)
    row = _row(rows, number)
    words = {name: reading_registers.as_text(text) for name, text in typed.items() if name in register_words.BY_NAME}
    changed = {name: text for name, text in words.items() if text != row.typed.get(name, "")}
    if changed:
        row.typed = {name: text for name, text in {**row.typed, **changed}.items() if text}
        row.is_accepted, row.is_corrected = False, True
        _read(row, _reader(columns_of(imported), by=by, today=today or timezone.localdate()))
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
    judged_at = _place_in_journal()
    Judge(rows, by=by).run()
    _keep(imported, rows, judged_at=judged_at)
    return imported


@transaction.atomic
def discard_import(imported: RegisterImport) -> None:
    """Throw a preview away, with all that was typed in it. Nothing of it was ever in the register."""
    imported, _rows = _open(imported)
    imported.delete()


def _open(imported: RegisterImport) -> tuple[RegisterImport, list[ImportRow]]:
    imported = RegisterImport.objects.select_for_update().get(pk=imported.pk)
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


def _place_in_journal() -> int:
    """How far the journal has come; taken before judging. While it stands still, the register does."""
    return Head.objects.values_list("sequence", flat=True).get(pk=1)


def _judge_again(imported: RegisterImport, rows: list[ImportRow], row: ImportRow, *, by: User) -> set[int]:
    """Judge a changed row, the rows that pointed to it, and the later ones that may point to it now."""
    like, keys = row.as_like(), {*row.phones, *guardian_keys(row)}
    touched = {row.number}
    for other in rows:
        points = row.number in (other.match.get("row"), other.home.get("row"))
        if points or (
            other.number > row.number
            and (keys & {*other.phones, *guardian_keys(other)} or matching.compare(other.as_like(), like))
        ):
            touched.add(other.number)
    Judge(rows, by=by, only=touched).run()
    _keep(imported, rows)
    return touched


# --- what will be written -------------------------------------------------------------------------------------------


@dataclass
class Plan:
    """What confirming writes: rows by family, the adults new to each, and how many files of each kind that makes."""

    homes: dict[str, list[ImportRow]]
    adults: dict[str, list[dict[str, Any]]]

    @property
    def families(self) -> int:
        return sum(not home.startswith("family") for home in self.homes)

    @property
    def joined(self) -> int:
        return len(self.homes) - self.families

    @property
    def guardians(self) -> int:
        return sum(map(len, self.adults.values()))

    @property
    def rows(self) -> list[ImportRow]:
        """In the order of the file: so the numbers of the register run."""
        return sorted((row for rows in self.homes.values() for row in rows), key=lambda row: row.number)

    @property
    def children(self) -> int:
        return sum(map(len, self.homes.values()))

    @property
    def assessments(self) -> int:
        return sum(_has_draft(row.child) for row in self.rows)

    @property
    def health_records(self) -> int:
        return sum(_has_health(row.child) for row in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "families": self.families,
            "guardians": self.guardians,
            "children": self.children,
            "assessments": self.assessments,
            "health_records": self.health_records,
        }

    @property
    def token(self) -> str:
        """What the person saw when she confirmed: which rows, and how many files."""
        seen = [[row.number for row in self.rows], list(self.counts.values())]
        return hashlib.sha256(str(seen).encode()).hexdigest()[:16]


def plan(rows: Iterable[ImportRow]) -> Plan:
    """What these rows come to. One query, for the adults of families that are joined."""
    homes: dict[str, list[ImportRow]] = defaultdict(list)
    for row in rows:
        if row.is_writable:
            kind, place = next(iter(row.home.items()))
            homes[f"{kind}:{place}"].append(row)
    joined = [home.partition(":")[2] for home in homes if home.startswith("family")]
    known: dict[str, set[str]] = defaultdict(set)
    about = Q(family__in=joined) if len(joined) <= MANY else Q()
    for family, *written in Guardian.objects.filter(about).values_list("family", *Guardian.NAME_FIELDS):
        known[f"family:{family}"].add(_adult_key(dict(zip(Guardian.NAME_FIELDS, written, strict=True))))
    adults: dict[str, list[dict[str, Any]]] = {}
    for home, members in homes.items():
        for adult in (adult for row in members for adult in row.guardians):
            if (key := _adult_key(adult)) not in known[home]:
                known[home].add(key)
                adults.setdefault(home, []).append(adult)
    return Plan(dict(homes), adults)


def _adult_key(person: Mapping[str, Any]) -> str:
    """One adult of one family, named alike twice, is one."""
    latin, arabic = (
        f"{person.get(f'family_name_{script}', '')} {person.get(f'given_name_{script}', '')}".strip()
        for script in ("latin", "arabic")
    )
    return names.sort_key(latin, arabic)


_MEASURED = ("mass_kg", "height_cm", "hip_width_mm", "has_chair", "chair_meets_needs", "chair_fits", "remarks")
_HEALTH = ("diagnosis", "diagnosis_as_written", "hospital", "hospital_number")


def _has_draft(child: Mapping[str, Any]) -> bool:
    return any(name in child for name in _MEASURED)


def _has_health(child: Mapping[str, Any]) -> bool:
    return any(name in child for name in _HEALTH)


# --- confirming -----------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm_import(
    imported: RegisterImport, *, by: User, seen: str | None = None, today: date | None = None
) -> RegisterImport:
    """Write what the preview showed, all or nothing, as one act of the journal.

    `seen` is the token of the plan that the person confirmed. Raises RegisterHasChanged when the register no longer
    allows exactly that, NothingToWrite when there is nothing, NotInPreview when it was done before.
    """
    today = today or timezone.localdate()
    imported, rows = _open(imported)
    # Whoever registers a family or a child takes these rows too: from here to the end nobody else does.
    next_numbers(registration.FAMILIES, 0)
    next_numbers(registration.CHILDREN, 0)
    if not may_write_health(by):  # the right may be gone since the upload
        for row in rows:
            for name in _HEALTH:
                row.child.pop(name, None)
    allowed = set(Province.objects.visible_to(by).values_list("iso", flat=True))
    stands_still = imported.written.get("judged_at") == _place_in_journal()
    if not stands_still or any(row.is_writable and row.child["province"] not in allowed for row in rows):
        Judge(rows, by=by).run()
    planned = plan(rows)
    if seen is not None and planned.token != seen:
        raise RegisterHasChanged
    if not planned.children:
        raise NothingToWrite
    written = _write(planned, by=by, today=today)
    pairing.look_between(_alike(planned.rows))
    imported.written = {**written, "counts": planned.counts, "verdicts": counts_of(rows)}
    imported.state, imported.confirmed_at = RegisterImport.State.DONE, timezone.now()
    imported.rows = [
        ImportRow(row.number, verdict=row.verdict, written=row.written).as_json() if row.written else row.as_json()
        for row in rows
    ]
    imported.save(update_fields=["written", "state", "confirmed_at", "rows"])
    told = {**planned.counts, "filename": imported.filename, "digest": imported.digest}
    journal.record("register.imported", imported, by=by, payload=told)
    return imported


def _alike(rows: Sequence[ImportRow]) -> list[tuple[UUID, UUID]]:
    """The children now written of whom the preview said that they may be somebody known: for the queue of pairs."""
    written = {row.number: row.written for row in rows}
    others = ((row, row.match.get("child") or written.get(row.match.get("row", 0))) for row in rows if row.match)
    return [(UUID(row.written), UUID(other)) for row, other in others if other]


def _write(planned: Plan, *, by: User, today: date) -> dict[str, list[str]]:
    """Write the rows of a plan in bulk; returns the ids of everything that is new."""
    provinces = {province.iso: province for province in Province.objects.all()}
    families = _write_families(planned, provinces)
    guardians = _write_guardians(planned, families)
    children = _write_children(planned, families, today=today)
    drafts = Assessment.objects.bulk_create(
        [_draft(child, row.child, by=by, today=today) for row, child in children if _has_draft(row.child)],
        batch_size=MANY,
    )
    records = HealthRecord.objects.bulk_create(
        [_health_record(child, row.child, by=by) for row, child in children if _has_health(row.child)], batch_size=MANY
    )
    everyone = list(families.values())
    for start in range(0, len(everyone), MANY):
        registration.refresh_family_sort_keys(family.pk for family in everyone[start : start + MANY])
    return {
        "families": [str(family.pk) for home, family in families.items() if not home.startswith("family")],
        "guardians": [str(guardian.pk) for guardian in guardians],
        "children": [str(child.pk) for _row, child in children],
        "assessments": [str(draft.pk) for draft in drafts],
        "health_records": [str(record.pk) for record in records],
    }


def _write_families(planned: Plan, provinces: Mapping[str, Province]) -> dict[str, Family]:
    """The family of each home of the plan: new ones written, the others as they are."""
    ids = [home.partition(":")[2] for home in planned.homes if home.startswith("family")]
    families = {
        f"family:{family.pk}": family
        for start in range(0, len(ids), MANY)
        for family in Family.objects.filter(pk__in=ids[start : start + MANY])
    }
    homes = {home: rows for home, rows in planned.homes.items() if not home.startswith("family")}
    for number, (home, rows) in zip(next_numbers(registration.FAMILIES, len(homes)), homes.items(), strict=True):
        first = rows[0].child
        families[home] = Family(
            number=number,
            province=provinces[first["province"]],
            commune=_first(rows, "commune"),
            address=_first(rows, "address"),
            directions=_first(rows, "directions"),
            language=_first(rows, "language") or Family._meta.get_field("language").default,
            sort_key=_family_sort_key(first),
        )
    Family.objects.bulk_create([families[home] for home in homes], batch_size=MANY)
    return families


def _first(rows: Iterable[ImportRow], name: str) -> str:
    return next((row.child[name] for row in rows if row.child.get(name)), "")


def _family_sort_key(child: Mapping[str, Any]) -> str:
    """As registration.refresh_family_sort_keys gives it: written at once, there is nothing left to refresh."""
    key = names.sort_key(child.get("family_name_latin", ""), child.get("family_name_arabic", ""))
    return (key or _adult_key(child))[:170]


def _write_guardians(planned: Plan, families: Mapping[str, Family]) -> list[Guardian]:
    guardians = []
    for home, adults in planned.adults.items():
        for place, adult in enumerate(adults):
            # In a family that is joined somebody is called first already.
            first = place == 0 and not home.startswith("family")
            guardians.append(Guardian(family=families[home], is_first_contact=first, **adult))
    return Guardian.objects.bulk_create(guardians, batch_size=MANY)


def _write_children(planned: Plan, families: Mapping[str, Family], *, today: date) -> list[tuple[ImportRow, Child]]:
    home_of = {row.number: home for home, rows in planned.homes.items() for row in rows}
    pairs = []
    for number, row in zip(next_numbers(registration.CHILDREN, planned.children), planned.rows, strict=True):
        told = row.child
        child = Child(
            number=number,
            family=families[home_of[row.number]],
            born_on=date.fromisoformat(told["born_on"]),
            birth_precision=told["birth_precision"],
            sex=told["sex"],
            school=told.get("school", Child.School.UNKNOWN),
            requested_on=date.fromisoformat(told["requested_on"]) if "requested_on" in told else today,
            previous_reference=told.get("previous_reference", ""),
            notes=told.get("notes", ""),
            **{name: told.get(name, "") for name in Child.NAME_FIELDS},
        )
        row.written = str(child.pk)
        pairs.append((row, child))
    Child.objects.bulk_create([child for _row, child in pairs], batch_size=MANY)
    return pairs


def _draft(child: Child, told: Mapping[str, Any], *, by: User, today: date) -> Assessment:
    preset = scoring.preset_out_of_school(child.school)
    return Assessment(
        child=child,
        assessor=by,
        assessed_on=today,
        out_of_school="" if preset == scoring.UNKNOWN else preset,
        mass_kg=Decimal(told["mass_kg"]) if "mass_kg" in told else None,
        height_cm=Decimal(told["height_cm"]) if "height_cm" in told else None,
        hip_width_mm=told.get("hip_width_mm"),
        **{name: told.get(name, "") for name in ("has_chair", "chair_meets_needs", "chair_fits", "remarks")},
    )


def _health_record(child: Child, told: Mapping[str, Any], *, by: User) -> HealthRecord:
    line = diagnoses.find(told.get("diagnosis", ""))
    return HealthRecord(
        child=child,
        updated_by=by,
        diagnosis_edition=diagnoses.EDITION if line else "",
        limit_radiation=bool(line and line.limits_radiation),
        no_live_vaccines=bool(line and line.no_live_vaccines),
        **{name: told.get(name, "") for name in _HEALTH},
    )


# --- taking it back -------------------------------------------------------------------------------------------------


@transaction.atomic
def undo_import(imported: RegisterImport, *, by: User) -> RegisterImport:
    """Take out of the register what an import wrote, as one act. Raises NotUndoable when somebody built on it."""
    imported = RegisterImport.objects.select_for_update().get(pk=imported.pk)
    if imported.state != RegisterImport.State.DONE:
        raise NotImported
    ids = imported.written
    locked = (("families", Family.objects.select_for_update()), ("children", Child.objects.select_for_update()))
    for kind, rows in locked:  # nobody may build on them while we look
        for part in _parts(ids[kind]):
            list(rows.filter(pk__in=part).order_by("pk").values_list("pk", flat=True))
    if worked_on := sorted(_worked_on(ids)):
        raise NotUndoable(worked_on)
    joined = _families_of(ids["children"]) - set(map(UUID, ids["families"]))
    try:
        with transaction.atomic():
            for kind, gone in (
                ("assessments", Assessment.objects.all()),
                ("health_records", HealthRecord.objects.all()),
                ("children", Child.objects.all()),
                ("guardians", Guardian.objects.all()),
                ("families", Family.objects.all()),
            ):
                for part in _parts(ids[kind]):
                    gone.filter(pk__in=part).delete()
    except ProtectedError as error:
        raise NotUndoable(sorted({str(getattr(row, "child", row)) for row in error.protected_objects})) from error
    registration.refresh_family_sort_keys(joined)
    imported.state, imported.undone_at = RegisterImport.State.UNDONE, timezone.now()
    imported.save(update_fields=["state", "undone_at"])
    told = {**ids["counts"], "filename": imported.filename}
    journal.record("register.import_undone", imported, by=by, payload=told)
    return imported


def _parts(ids: Sequence[str]) -> Iterator[list[UUID]]:
    for start in range(0, len(ids), MANY):
        yield [UUID(key) for key in ids[start : start + MANY]]


def _families_of(children: Sequence[str]) -> set[UUID]:
    found: set[UUID] = set()
    for part in _parts(children):
        found |= set(Child.objects.filter(pk__in=part).values_list("family", flat=True))
    return found


def _worked_on(ids: Mapping[str, Any]) -> set[str]:
    """References of the files that are no longer as the import wrote them."""
    written = {key: set(ids[key]) for key in ("families", "guardians", "children", "assessments", "health_records")}
    children: set[Any] = set()
    families: set[Any] = set()

    def keep(rows: Iterable[tuple[Any, Any]], kind: str, into: set[Any]) -> None:
        into |= {owner for row, owner in rows if str(row) not in written[kind]}

    for part in _parts(ids["children"]):
        drafts = Assessment.objects.filter(child__in=part)
        keep(drafts.values_list("pk", "child"), "assessments", children)
        children |= set(
            drafts.filter(Q(state=Assessment.State.COMPLETE) | Q(version__gt=0)).values_list("child", flat=True)
        )
        keep(HealthRecord.objects.filter(child__in=part).values_list("pk", "child"), "health_records", children)
        children |= set(Consent.objects.filter(child__in=part).values_list("child", flat=True))
        children |= set(Need.objects.filter(child__in=part).values_list("child", flat=True))
        children |= set(Child.objects.filter(pk__in=part).exclude(photo="").values_list("pk", flat=True))
        children |= _with_later_entries(part)
    for part in _parts(ids["families"]):
        keep(Child.objects.filter(family__in=part).values_list("pk", "family"), "children", families)
        keep(Guardian.objects.filter(family__in=part).values_list("pk", "family"), "guardians", families)
        families |= _with_later_entries(part)
    for kind, owner in (("guardians", families), ("assessments", children), ("health_records", children)):
        for part in _parts(ids[kind]):
            owner |= _owners(kind, _with_later_entries(part))
    return _references(Child, children) | _references(Family, families)


def _with_later_entries(ids: Sequence[UUID]) -> set[UUID]:
    """Which of these rows or files the journal tells anything of: the import itself is told of elsewhere."""
    objects = [str(key) for key in ids]  # the journal names objects by their text, files by their key
    entries = Entry.objects.filter(Q(object_id__in=objects) | Q(subject_id__in=ids)).exclude(act__in=READING)
    told = {str(key) for pair in entries.values_list("object_id", "subject_id") for key in pair}
    return {key for key in ids if str(key) in told}


def _owners(kind: str, ids: set[UUID]) -> set[Any]:
    model, owner = {
        "guardians": (Guardian, "family"),
        "assessments": (Assessment, "child"),
        "health_records": (HealthRecord, "child"),
    }[kind]
    return set(model._default_manager.filter(pk__in=ids).values_list(owner, flat=True)) if ids else set()


def _references(model: type[Child] | type[Family], ids: set[Any]) -> set[str]:
    return {row.reference for row in model._base_manager.filter(pk__in=list(ids)[:MANY])}
