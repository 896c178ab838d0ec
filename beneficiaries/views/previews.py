"""What the pages of an import show: its rows with their reasons, what would be written, what was."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beneficiaries import importing, judging, measuring, register_files
from beneficiaries.forms.imports import RowForm
from beneficiaries.judging import ImportRow, Verdict
from beneficiaries.models import Child, Guardian, Province
from beneficiaries.models.imports import RegisterImport
from beneficiaries.reading_registers import ERROR, WARNING
from beneficiaries.register_columns import Columns
from beneficiaries.register_words import BY_NAME, HEALTH, NAMES

SIZE = 50
LOOK_FIRST = (Verdict.WARNING, Verdict.ERROR, Verdict.DUPLICATE)
DRESS = {  # tone and icon of a verdict
    Verdict.NEW: ("good", "plus-circle-fill"),
    Verdict.SIBLING: ("info", "people-fill"),
    Verdict.DUPLICATE: ("muted", "files"),
    Verdict.WARNING: ("warn", "question-circle-fill"),
    Verdict.ERROR: ("urgent", "x-octagon-fill"),
}


def address_of(imported: RegisterImport, **query: Any) -> str:
    path = reverse("beneficiaries:import_detail", args=[imported.pk])
    return f"{path}?{urlencode(query)}" if query else path


def crumbs(*here: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Import"), reverse("beneficiaries:import_list")), *here]


def state_of(imported: RegisterImport) -> dict[str, str]:
    tone, icon = {
        RegisterImport.State.MAPPING: ("warn", "layout-three-columns"),
        RegisterImport.State.READING: ("info", "arrow-repeat"),
        RegisterImport.State.WRITING: ("info", "arrow-repeat"),
        RegisterImport.State.PREVIEW: ("warn", "hourglass-split"),
        RegisterImport.State.DONE: ("good", "check-circle-fill"),
        RegisterImport.State.UNDONE: ("muted", "arrow-counterclockwise"),
    }[RegisterImport.State(imported.state)]
    return {"tone": tone, "icon": icon, "word": imported.get_state_display()}


def state_words(imported: RegisterImport) -> str:
    if imported.state == RegisterImport.State.MAPPING:
        return _("Say what its columns are")
    if imported.is_at_work:
        return "–"
    counts = imported.written.get("counts")
    if counts:
        return plan_words(counts)
    number = sum(imported.written.get("verdicts", {}).values())
    return ngettext("%(count)d row to look at", "%(count)d rows to look at", number) % {"count": number}


def progress(imported: RegisterImport) -> dict[str, Any]:
    """How far a large import has come."""
    total = len(imported.rows)
    writes = imported.state == RegisterImport.State.WRITING
    done = {"done": imported.progress, "count": total}
    words = (
        ngettext("%(done)d of %(count)d row written", "%(done)d of %(count)d rows written", total)
        if writes
        else ngettext("%(done)d of %(count)d row read", "%(done)d of %(count)d rows read", total)
    )
    return {
        "imported": imported,
        "done": imported.progress,
        "total": total,
        "words": words % done,
        "writes": writes,
        "crumbs": crumbs((imported.filename, "")),
    }


def plan_words(counts: dict[str, int]) -> str:
    """3 families, 4 guardians and 5 children."""
    parts = {
        "families": ngettext("%(count)d family", "%(count)d families", counts["families"]),
        "guardians": ngettext("%(count)d guardian", "%(count)d guardians", counts["guardians"]),
        "children": ngettext("%(count)d child", "%(count)d children", counts["children"]),
    }
    said = {name: words % {"count": counts[name]} for name, words in parts.items()}
    return _("%(families)s, %(guardians)s and %(children)s") % said


@dataclass
class ShownRow:
    """One row of the preview, with what a person needs to judge it."""

    row: ImportRow
    columns: Columns
    provinces: dict[str, Province]
    known: dict[str, Child]
    others: dict[int, ImportRow]

    @property
    def badge(self) -> dict[str, Any]:
        tone, icon = DRESS[Verdict(self.row.verdict)]
        return {"tone": tone, "icon": icon, "word": Verdict(self.row.verdict).label}

    @property
    def is_editable(self) -> bool:
        return self.row.verdict in LOOK_FIRST or self.row.is_corrected

    @property
    def is_folded(self) -> bool:
        """Where no cell asks for other words, the form opens on demand."""
        return bool(self.row.match) or not self._beside_fields

    @cached_property
    def reasons(self) -> list[dict[str, Any]]:
        """What to tell, the gravest first: the column, the words, what was typed."""
        told = [
            {**reason, "column": self.columns.heading(reason["field"]), "words": judging.words_of(reason)}
            for reason in self.row.reasons
        ]
        return sorted(told, key=lambda reason: (ERROR, WARNING, "note").index(reason["level"]))

    @property
    def _beside_fields(self) -> dict[str, dict[str, Any]]:
        """The gravest finding about each cell; what is said of a twin stands beside the twin."""
        found = [reason for reason in self.reasons if reason["level"] != "note" and not _is_of_twin(reason)]
        return {reason["field"]: reason for reason in reversed(found)}

    @property
    def twin_reasons(self) -> list[dict[str, Any]]:
        return [reason for reason in self.reasons if _is_of_twin(reason)]

    @property
    def other_reasons(self) -> list[dict[str, Any]]:
        beside = self._beside_fields if self.is_editable else {}
        return [
            reason
            for reason in self.reasons
            if not _is_of_twin(reason) and (reason["level"] == "note" or reason["field"] not in beside)
        ]

    @cached_property
    def fields(self) -> list[dict[str, Any]]:
        """The cells to mend, each with what was found about it and a value to offer."""
        found = self._beside_fields
        names = [name for name in BY_NAME if name in found]
        if set(names) & set(NAMES) or not names:
            own = [name for name in NAMES if name in self.columns.fields]
            names = [*own, *(name for name in names if name not in own)]
        if self.row.match or not found:
            names += [name for name in ("born_on", "phone") if name not in names]
        form = RowForm(fields=names, columns=self.columns, typed=self._choices())
        return [self._field(form, name, found.get(name)) for name in names]

    def _field(self, form: RowForm, name: str, reason: dict[str, Any] | None) -> dict[str, Any]:
        key = f"row-{self.row.number}-{name}"
        attrs: dict[str, str | bool] = {"id": key}
        if reason:
            attrs |= {"aria-describedby": f"{key}-said", "aria-invalid": "true"}
        params = reason.get("params", {}) if reason else {}
        return {
            "id": key,
            "name": name,
            "label": form[name].label,
            "widget": form[name].as_widget(attrs=attrs),
            "reason": reason,
            # a choice does not show what the file said
            "typed": self.row.typed.get(name, "") if name == "sex" and "sex" not in self.row.child else "",
            "suggestion": params.get("suggestion"),
            "unit": measuring.unit_in_words(params.get("unit", "")),
        }

    def _choices(self) -> dict[str, str]:
        return {**self.row.typed, "sex": self.row.child.get("sex", "")}

    @cached_property
    def facts(self) -> dict[str, Any]:
        return _facts_of_row(self.row, self.provinces)

    @cached_property
    def twin(self) -> dict[str, Any] | None:
        """Who is already there, to be laid beside this row."""
        if child := self.known.get(self.row.match.get("child", "")):
            return {**_facts_of_child(child), "url": child.get_absolute_url(), "where": child.reference}
        if other := self.others.get(self.row.match.get("row", -1)):
            where = _("Row %(number)s") % {"number": other.number}
            return {**_facts_of_row(other, self.provinces), "where": where}
        return None


def _is_of_twin(reason: dict[str, Any]) -> bool:
    return reason["code"].startswith(("same_child", "may_be", "match."))


def _facts_of_row(row: ImportRow, provinces: dict[str, Province]) -> dict[str, Any]:
    return {
        "latin": row.full_name_latin,
        "arabic": row.full_name_arabic,
        "born_on": row.born_on,
        "precision": row.child.get("birth_precision", ""),
        "sex": Child.Sex(row.child["sex"]).label if "sex" in row.child else "",
        "place": provinces[row.child["province"]].name if "province" in row.child else "",
        "phone": next(iter(sorted(row.phones)), ""),
        "guardian": next(
            (
                f"{person.get(f'given_name_{script}', '')} {person.get(f'family_name_{script}', '')}".strip()
                for person in row.guardians
                for script in ("latin", "arabic")
                if person.get(f"given_name_{script}") or person.get(f"family_name_{script}")
            ),
            "",
        ),
    }


def _facts_of_child(child: Child) -> dict[str, Any]:
    guardian = next(iter(getattr(child.family, "called_first", [])), None)
    return {
        "latin": child.full_name_latin,
        "arabic": child.full_name_arabic,
        "born_on": child.born_on,
        "precision": child.birth_precision,
        "sex": child.get_sex_display(),
        "place": child.family.province.name,
        "phone": str(guardian.phone) if guardian else "",
        "guardian": guardian.name if guardian else "",
    }


def preview(request: Any, imported: RegisterImport, only: set[int] | None = None) -> dict[str, Any]:
    """Everything that the preview shows; with `only`, the rows that a mending touched instead of a page of them."""
    rows, columns = importing.rows_of(imported), importing.columns_of(imported)
    asked = request.POST if request.method == "POST" else request.GET
    counts = judging.counts_of(rows)
    verdict = _verdict(asked.get("verdict", ""), counts)
    if only is None:
        page = _page(request, imported, _rows_with(verdict, rows), verdict)
    else:
        page = {"shown": [row for row in rows if row.number in only][:SIZE]}
    planned = importing.plan(rows)
    shown = page.pop("shown")
    provinces = {province.iso: province for province in Province.objects.all()}
    children = Child.objects.visible_to(request.user).with_family().prefetch_related(_called_first())
    known = {
        str(child.pk): child
        for child in children.filter(pk__in=[r.match["child"] for r in shown if "child" in r.match])
    }
    others = {row.number: row for row in rows}
    return {
        "imported": imported,
        "columns": columns,
        "left_out": [
            columns.headings[name] for name in HEALTH if name in columns.headings.keys() - columns.fields.keys()
        ],
        "earlier": importing.earlier_import(imported),
        "to_mend": sum(counts[verdict] for verdict in register_files.TO_MEND),
        "number_of_rows": len(rows),
        "plan": planned,
        "plan_words": plan_words(planned.counts),
        "tabs": _tabs(imported, counts, verdict),
        "verdict": verdict,
        "provinces": sorted(provinces.values(), key=lambda province: province.name),
        "rows": [ShownRow(row, columns, provinces, known, others) for row in shown],
        "crumbs": crumbs((imported.filename, "")),
        **page,
    }


def _called_first() -> Prefetch:
    return Prefetch("family__guardians", Guardian.objects.to_call_first(), to_attr="called_first")


def _verdict(asked: str, counts: dict[str, int]) -> str:
    if asked in (*Verdict.values, "aside", "all"):
        return asked
    return next((verdict for verdict in LOOK_FIRST if counts[verdict]), "all")


def _rows_with(verdict: str, rows: list[ImportRow]) -> list[ImportRow]:
    if verdict == "all":
        return rows
    return [
        row for row in rows if (row.is_aside if verdict == "aside" else row.verdict == verdict and not row.is_aside)
    ]


def _tabs(imported: RegisterImport, counts: dict[str, int], verdict: str) -> list[dict[str, Any]]:
    words = {
        Verdict.WARNING: _("Doubtful"),
        Verdict.ERROR: _("Refused"),
        Verdict.DUPLICATE: _("Already there"),
        Verdict.NEW: _("New"),
        Verdict.SIBLING: _("Brothers and sisters"),
        "aside": _("Set aside"),
        "all": _("All"),
    }
    counted = {**counts, "all": sum(counts.values())}
    return [
        {
            "word": word,
            "url": address_of(imported, verdict=name),
            "current": name == verdict,
            "count": counted[name],
            "icon": DRESS[Verdict(name)][1] if name in Verdict.values else "",
        }
        for name, word in words.items()
        if counted[name] or name == verdict
    ]


def _page(request: Any, imported: RegisterImport, rows: list[ImportRow], verdict: str) -> dict[str, Any]:
    asked = request.GET.get("page", "1")
    last = max(1, -(-len(rows) // SIZE))
    number = min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    start = (number - 1) * SIZE
    words = _("%(first)d to %(last)d of %(count)d rows") % {
        "first": start + 1,
        "last": min(start + SIZE, len(rows)),
        "count": len(rows),
    }
    return {
        "shown": rows[start : start + SIZE],
        "page": number,
        "page_words": words if last > 1 else "",
        "previous_url": address_of(imported, verdict=verdict, page=number - 1) if number > 1 else "",
        "next_url": address_of(imported, verdict=verdict, page=number + 1) if number < last else "",
    }


def result(request: Any, imported: RegisterImport) -> dict[str, Any]:
    """What an import wrote, and what it left."""
    rows, columns = importing.rows_of(imported), importing.columns_of(imported)
    written = [row for row in rows if row.written]
    left = [row for row in rows if not row.written and str(row.number) not in imported.written.get("mended", {})]
    is_done = imported.state == RegisterImport.State.DONE
    tabs = [("left", _("Not written"), left)]
    if is_done:  # of one that was undone there is nothing to show
        tabs.insert(0, ("written", _("Written"), written))
    chosen = left if not is_done or request.GET.get("verdict") == "left" else written
    page = _page(request, imported, chosen, "left" if chosen is left else "written")
    shown = page.pop("shown")
    children = Child.objects.visible_to(request.user).with_family()
    known = {str(child.pk): child for child in children.filter(pk__in=[row.written for row in shown if row.written])}
    provinces = {province.iso: province for province in Province.objects.all()}
    return {
        "imported": imported,
        "counts": imported.written["counts"],
        "to_mend": len(register_files.to_mend(imported)),
        "is_done": is_done,
        "badges": [state_of(imported)],
        "plan_words": plan_words(imported.written["counts"]),
        "tabs": [
            {
                "word": words,
                "url": address_of(imported, verdict=name),
                "current": chosen is rows_of_tab,
                "count": len(rows_of_tab),
            }
            for name, words, rows_of_tab in tabs
        ],
        "children": [(row.number, known[row.written]) for row in shown if row.written in known],
        "rows": [ShownRow(row, columns, provinces, {}, {}) for row in shown if not row.written],
        "crumbs": crumbs((imported.filename, "")),
        **page,
    }
