"""Which row of which import a row of a file of corrections mends: so it finds back, and is never written twice."""

from collections.abc import Iterable
from uuid import UUID

from beneficiaries.judging import ImportRow
from beneficiaries.models.imports import RegisterImport
from hajar.accounts.models import User


def identity_of(imported: RegisterImport, row: ImportRow) -> str:
    """What a file of corrections says of a row, so that it comes back to its place."""
    return f"{imported.pk.hex}-{row.number}"


def origin_of(row: ImportRow) -> tuple[str, int] | None:
    key, _dash, number = row.origin.strip().rpartition("-")
    try:
        return str(UUID(key)), int(number)
    except ValueError:
        return None


def corrected_by(rows: Iterable[ImportRow], by: User) -> RegisterImport | None:
    """The preview to which every row of this file belongs, if it is one that this person may see."""
    origins = {origin[0] if (origin := origin_of(row)) else None for row in rows}
    if len(origins) != 1 or None in origins:
        return None
    open_ones = RegisterImport.objects.visible_to(by).filter(state=RegisterImport.State.PREVIEW)
    return open_ones.filter(pk__in=origins).first()


def mark_mended(rows: Iterable[ImportRow], by: User) -> None:
    """Rows that correct one of an earlier import which was written meanwhile: they are not written twice."""
    origins = {row.number: origin for row in rows if (origin := origin_of(row))}
    if not origins:
        return
    written: dict[tuple[str, int], str] = {}
    earlier = RegisterImport.objects.visible_to(by).filter(pk__in={key for key, _number in origins.values()})
    for imported in earlier.defer("sheet").order_by("pk"):
        key = str(imported.pk)
        written |= {(key, row.number): row.written for row in map(ImportRow.from_json, imported.rows) if row.written}
        written |= {(key, int(number)): child for number, child in imported.written.get("mended", {}).items()}
    for row in rows:
        row.mended = written.get(origins.get(row.number, ("", 0)), "")


def tell_origins(rows: Iterable[ImportRow]) -> None:
    """Let earlier imports know which of their rows were written by way of a file of corrections."""
    told: dict[str, dict[str, str]] = {}
    for row in rows:
        if row.written and (origin := origin_of(row)):
            told.setdefault(origin[0], {})[str(origin[1])] = row.written
    for earlier in RegisterImport.objects.select_for_update().filter(pk__in=told).order_by("pk"):
        earlier.written = {**earlier.written, "mended": {**earlier.written.get("mended", {}), **told[str(earlier.pk)]}}
        earlier.save(update_fields=["written"])


def forget_mended(imported: RegisterImport) -> None:
    """What an import that is undone had written for others is to be written again."""
    for key in {origin[0] for row in map(ImportRow.from_json, imported.rows) if (origin := origin_of(row))}:
        for earlier in RegisterImport.objects.select_for_update().filter(pk=key):
            gone = set(imported.written["children"])
            kept = {n: child for n, child in earlier.written.get("mended", {}).items() if child not in gone}
            earlier.written = {**earlier.written, "mended": kept}
            earlier.save(update_fields=["written"])
