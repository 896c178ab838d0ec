"""Judge the rows of a register: new, brother or sister, already there, doubtful, refused; each with its reasons.

A row is judged against the register and against the rows before it, by its child (matching) and by its family (a phone,
or where there is none the guardian's name, town and address; the family name has to speak for it, too). A large file
costs no query per row, a small one does not read the whole register.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from beneficiaries import matching, reading_registers
from beneficiaries.models import Child, Family, Guardian, Province
from beneficiaries.reading_registers import ERROR, NOTE, WARNING, Finding
from beneficiaries.register_words import NAMES
from beneficiaries.remembering import MANY, children_like
from hajar.accounts.models import User
from hajar.lib import names

FEW = 50  # rows that are judged again by comparing each: indexing all would cost more


class Verdict(models.TextChoices):
    NEW = "new", pgettext_lazy("verdict", "new")
    SIBLING = "sibling", _("brother or sister")
    DUPLICATE = "duplicate", _("already there")
    WARNING = "warning", _("doubtful")
    ERROR = "error", _("refused")


WRITTEN = (Verdict.NEW, Verdict.SIBLING)

REASONS: dict[str, str | Promise] = {
    "same_child_in_register": _("This child is already in the register."),
    "written_already": _("This row was imported already."),
    "same_child_in_file": _("This is the same child as in row {row}."),
    "same_child_elsewhere": _("This child is already in the register of another region. Ask a coordinator."),
    "may_be_in_register": _("This may be a child who is already in the register."),
    "may_be_in_file": _("This may be the same child as in row {row}."),
    "may_be_elsewhere": _("This may be a child in the register of another region. Ask a coordinator."),
    "sibling_in_register": _("Joins the brothers and sisters in family {family}."),
    "sibling_in_file": _("Joins the family of row {row}."),
    "phone_of_another_family": _("This phone number belongs to a family of another name. Is it the same household?"),
    "family_elsewhere": _("A family with this phone number is in the register of another region. Ask a coordinator."),
    "family_lives_elsewhere": _("The family lives in another province and stays there."),
    **{f"match.{code}": words for code, words in matching.REASONS.items()},
}
_MATCH_FIELDS = {
    "name": "full_name_latin",
    "birth": "born_on",
    "phone": "phone",
    "mother": "guardian_name",
    "sex": "sex",
}


# --- rows -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _RowLike(matching.Like):
    """A row as matching compares it; its keys are asked for several times and read once."""

    @cached_property
    def _keys(self) -> set[str]:
        return super().keys()

    def keys(self) -> set[str]:
        return self._keys


@dataclass
class ImportRow:
    """One row of the register: what was typed, what was read, and what is to become of it.

    `home` is {"family": id} of the register or {"row": first row of the family in this file}; `match` likewise
    {"child": id} or {"row": number}, or {"elsewhere": True} where the person may not see whom. `written` is the child's
    id once imported: then the words of the row are forgotten, the register holds them.
    """

    number: int
    typed: dict[str, str] = field(default_factory=dict)
    child: dict[str, Any] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)  # of its own cells
    relations: list[dict[str, Any]] = field(default_factory=list)  # to other rows and to the register
    verdict: str = Verdict.NEW
    home: dict[str, Any] = field(default_factory=dict)
    match: dict[str, Any] = field(default_factory=dict)
    is_aside: bool = False
    is_accepted: bool = False
    is_corrected: bool = False
    written: str = ""
    origin: str = ""  # the row of an earlier import that this one corrects: "import-number"
    mended: str = ""  # the child's id, where that row was written meanwhile

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "ImportRow":
        return cls(**kept)

    def as_json(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if value not in ("", False, {}, [])}

    @property
    def reasons(self) -> list[dict[str, Any]]:
        return [*self.relations, *self.findings]

    @property
    def is_writable(self) -> bool:
        return self.verdict in WRITTEN and not self.is_aside and not self.written

    @property
    def may_be_accepted(self) -> bool:
        """Doubts that a person may answer with "it is right so". Never a match that she is not allowed to see."""
        doubted = self.verdict in (Verdict.WARNING, Verdict.DUPLICATE)
        return doubted and not self.match.get("elsewhere") and not self.mended

    @property
    def full_name_latin(self) -> str:
        return f"{self.child.get('given_name_latin', '')} {self.child.get('family_name_latin', '')}".strip()

    @property
    def full_name_arabic(self) -> str:
        return f"{self.child.get('given_name_arabic', '')} {self.child.get('family_name_arabic', '')}".strip()

    @property
    def born_on(self) -> date | None:
        return date.fromisoformat(self.child["born_on"]) if "born_on" in self.child else None

    @property
    def guardians(self) -> list[dict[str, Any]]:
        return self.child.get("guardians", [])

    @property
    def phones(self) -> frozenset[str]:
        return frozenset(guardian["phone"] for guardian in self.guardians if "phone" in guardian)

    @property
    def mothers(self) -> frozenset[tuple[str, str]]:
        """As matching.mothers_among has them of guardians that are written already."""
        return frozenset(
            (given, f"{given} {mother.get(f'family_name_{script}', '')}".strip())
            for mother in self.guardians
            if mother.get("relation") == Guardian.Relation.MOTHER
            for script in ("latin", "arabic")
            if (given := mother.get(f"given_name_{script}", ""))
        )

    def as_like(self) -> matching.Like:
        return _RowLike(
            latin=self.full_name_latin,
            arabic=self.full_name_arabic,
            born_on=self.born_on,
            precision={"exact": "day"}.get(
                self.child.get("birth_precision", ""), self.child.get("birth_precision", "")
            ),
            sex=self.child.get("sex", ""),
            phones=self.phones,
            mothers=self.mothers,
            row=self,
        )


def words_of(reason: Mapping[str, Any]) -> str:
    """A reason's sentence in the reader's language."""
    code, params = reason["code"], reason.get("params", {})
    if code in REASONS:
        return str(REASONS[code]).format(**params)
    return reading_registers.words_of(code, params) or ""


def counts_of(rows: Iterable[ImportRow]) -> dict[str, int]:
    """How many rows have each verdict, and how many were set aside."""
    counts = {**dict.fromkeys(Verdict.values, 0), "aside": 0}
    for row in rows:
        counts["aside" if row.is_aside else row.verdict] += 1
    return counts


# --- judging --------------------------------------------------------------------------------------------------------


@dataclass
class _Home:
    """A family that a row may belong to, of the register or of the file."""

    place: dict[str, Any]
    province: str = ""
    address: str = ""
    reference: str = ""
    is_visible: bool = True
    phones: set[str] = field(default_factory=set)
    surnames: set[str] = field(default_factory=set)
    guardians: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)  # of families, as this file numbers them


class _Few:
    """Like matching.Matcher for the few rows of one correction: comparing each costs less than indexing all."""

    def __init__(self) -> None:
        self._known: list[matching.Like] = []

    def add(self, like: matching.Like) -> None:
        self._known.append(like)

    def candidates(self, sought: matching.Like, limit: int = 1) -> list[matching.Match]:
        found = [match for like in self._known if (match := matching.compare(sought, like))]
        return sorted(found, key=lambda match: (not match.is_probable, -match.score))[:limit]


class Judge:
    """Gives rows their verdicts, in the order of the file: each against the register and against the rows before it."""

    def __init__(self, rows: list[ImportRow], *, by: User, only: set[int] | None = None, whole: bool = False) -> None:
        """With `whole` the whole register is read now: rows may be read and judged part by part later."""
        self.rows, self.only = rows, only
        self.provinces = {province.iso: province for province in Province.objects.all()}
        self.allowed = set(Province.objects.visible_to(by).values_list("iso", flat=True))
        self.file: matching.Matcher | _Few = _Few() if only is not None and len(only) <= FEW else matching.Matcher()
        self.homes: dict[str, _Home] = {}
        self.by_phone: dict[str, list[_Home]] = defaultdict(list)
        self.by_guardian: dict[str, list[_Home]] = defaultdict(list)
        self.by_key: dict[str, _Home] = {}
        judged = [row for row in rows if self.is_judged(row)]
        homes = self._homes_of_the_register(judged, whole=whole)
        for home in homes.values():
            self._index(home)
        likes = (
            [] if whole else [row.as_like() for row in judged[: MANY + 1]]
        )  # more would read the whole register anyway
        phones_of = {pk: home.phones for pk, home in homes.items()}
        self.register = matching.Matcher(children_like(likes, phones_of, whole=whole))

    def take_in(self, rows: Iterable[ImportRow]) -> None:
        """Rows that have their verdict already: later ones are compared with them."""
        for row in rows:
            if not (row.is_aside or row.written or row.verdict in (Verdict.DUPLICATE, Verdict.ERROR)):
                self.file.add(row.as_like())
                self._move_in(row)

    def is_judged(self, row: ImportRow) -> bool:
        return not row.written and (self.only is None or row.number in self.only)

    def run(self, rows: Iterable[ImportRow] | None = None) -> None:
        """Give the rows their verdicts: all of them, or the next part of them, in the order of the file."""
        for row in self.rows if rows is None else rows:
            if self.is_judged(row):
                row.relations, row.home, row.match = [], {}, {}
                self._check_province(row)
            if row.is_aside or row.written or any(reason["level"] == ERROR for reason in row.reasons):
                if self.is_judged(row):
                    row.verdict = Verdict.ERROR if any(r["level"] == ERROR for r in row.reasons) else row.verdict
                continue
            like = row.as_like()
            if self.is_judged(row):
                self._judge(row, like)
            if row.verdict != Verdict.DUPLICATE:
                self.file.add(like)
                self._move_in(row)

    def _check_province(self, row: ImportRow) -> None:
        if row.child.get("province") and row.child["province"] not in self.allowed:
            row.relations.append(Finding("province", "place_outside", ERROR).as_json())

    def _judge(self, row: ImportRow, like: matching.Like) -> None:
        if row.mended:
            row.match, row.verdict = {"child": row.mended}, Verdict.DUPLICATE
            row.relations.append(Finding(NAMES[0], "written_already", NOTE).as_json())
            return
        found = [*self.register.candidates(like, limit=1), *self.file.candidates(like, limit=1)]
        best = max(found, key=lambda match: (match.is_probable, match.score), default=None)
        if best:
            self._tell_match(row, best)
        if best and best.is_probable and not row.is_accepted:
            row.verdict = Verdict.DUPLICATE
            return
        joins = self._find_home(row)
        doubts = any(reason["level"] == WARNING for reason in row.reasons)
        if doubts and not row.is_accepted:
            row.verdict = Verdict.WARNING
        else:
            row.verdict = Verdict.SIBLING if joins else Verdict.NEW

    # the same child

    def _tell_match(self, row: ImportRow, match: matching.Match) -> None:
        # A brother whose birth date is another one shares a name's sound and the phone: worth a word, not a question.
        told = NOTE if "birth_different" in match.reasons else WARNING
        stem = "same_child" if match.is_probable else "may_be"
        params: dict[str, Any] = {}
        if isinstance(match.row, ImportRow):
            where, params, row.match = "in_file", {"row": match.row.number}, {"row": match.row.number}
        elif match.row.province in self.allowed:
            where, row.match = "in_register", {"child": str(match.row.pk)}
        else:
            where, row.match = "elsewhere", {"elsewhere": True}
            row.is_accepted = False
        name = next((name for name in NAMES if name in row.typed), NAMES[0])
        row.relations.append(Finding(name, f"{stem}_{where}", told, params).as_json())
        for code in match.reasons:
            about = _MATCH_FIELDS[code.partition("_")[0] if code.startswith("birth") else code.rpartition("_")[2]]
            about = name if about == "full_name_latin" else about
            row.relations.append(Finding(about, f"match.{code}", NOTE).as_json())

    # the family

    def _find_home(self, row: ImportRow) -> bool:
        """Put the row in a family; whether others are there already."""
        row.home = {"row": row.number}
        key = family_key(row)
        near = [home for phone in sorted(row.phones) for home in self.by_phone[phone]]
        near = [home for home in near if not (key and home.keys and key not in home.keys)]
        home = self.by_key.get(key) or next((home for home in near if _is_of(row, home)), None)
        if near and not home and not row.is_accepted:
            row.relations.append(Finding("phone", "phone_of_another_family").as_json())
        for key in () if home else guardian_keys(row):
            home = home or next(
                (
                    home
                    for home in self.by_guardian[key]
                    if not (home.phones and row.phones)
                    and not (family_key(row) and home.keys and family_key(row) not in home.keys)
                    and home.province == row.child.get("province")
                    and _is_of(row, home)
                    and _same_address(row.child.get("address", ""), home.address)
                ),
                None,
            )
        if not home:
            return False
        if not home.is_visible:
            row.relations.append(Finding("phone", "family_elsewhere").as_json())
            return False
        row.home = home.place
        code, params = (
            ("sibling_in_file", {"row": home.place["row"]})
            if "row" in home.place
            else ("sibling_in_register", {"family": home.reference})
        )
        row.relations.append(Finding("phone", code, NOTE, params).as_json())
        if home.province != row.child.get("province"):
            row.relations.append(Finding("province", "family_lives_elsewhere", NOTE).as_json())
        return True

    def _move_in(self, row: ImportRow) -> None:
        """Let later rows find the family of this one."""
        key = str(sorted(row.home.items()))
        home = self.homes.get(key)
        if not home:
            home = _Home(row.home, row.child.get("province", ""), row.child.get("address", ""))
            self.homes[key] = home
        home.surnames |= _surnames(row.child)
        if tie := family_key(row):
            home.keys.add(tie)
            self.by_key.setdefault(tie, home)
        fresh = _Home({}, phones=set(row.phones) - home.phones, guardians=set(guardian_keys(row)) - home.guardians)
        home.phones |= fresh.phones
        home.guardians |= fresh.guardians
        for phone in fresh.phones:
            self.by_phone[phone].append(home)
        for guardian in fresh.guardians:
            self.by_guardian[guardian].append(home)

    def _index(self, home: _Home) -> None:
        self.homes[str(sorted(home.place.items()))] = home
        for phone in home.phones:
            self.by_phone[phone].append(home)
        for key in home.guardians:
            self.by_guardian[key].append(home)

    def _homes_of_the_register(self, rows: list[ImportRow], *, whole: bool) -> dict[UUID, _Home]:
        """Families with a phone or a guardian like these rows have; two queries."""
        phones = {phone for row in rows for phone in row.phones}
        keys = {key for row in rows for key in guardian_keys(row)}
        wanted = Q(phone__in=phones) | Q(sort_key__in=keys) if not whole and len(phones) + len(keys) <= MANY else Q()
        homes: dict[UUID, _Home] = {}
        told = ("family", "family__number", "family__province__iso", "family__address", "phone", "sort_key")
        surnames = ("family_name_latin", "family_name_arabic")
        guardians = Guardian.objects.filter(wanted).values_list(*told, *surnames)
        for pk, number, province, address, phone, sort_key, *written in guardians.iterator():
            home = homes.get(pk)
            if not home:
                reference = Family(number=number).reference
                home = _Home({"family": str(pk)}, province, address, reference, province in self.allowed)
                homes[pk] = home
            home.surnames.update(filter(None, written))
            home.guardians.add(sort_key)
            if phone:
                home.phones.add(str(phone))
        about = Q(family__in=homes) if len(homes) <= MANY else Q()
        for pk, *written in Child.objects.filter(about).values_list("family", *surnames).iterator():
            if pk in homes:
                homes[pk].surnames.update(filter(None, written))
        return homes


def _surnames(child: Mapping[str, Any]) -> set[str]:
    people = [child, *child.get("guardians", [])]
    return {person[key] for person in people for key in ("family_name_latin", "family_name_arabic") if person.get(key)}


def family_key(row: ImportRow) -> str:
    """What the file itself says ties brothers and sisters; "" where it says nothing."""
    return names.fold(row.child.get("family_key", ""))


def guardian_keys(row: ImportRow) -> list[str]:
    return [key for guardian in row.guardians if (key := _sort_key(guardian))]


def _sort_key(person: Mapping[str, Any]) -> str:
    """As Named.tidy_names makes it; "" for a person without a given name, who could be anyone of the family."""
    latin, arabic = (
        f"{person.get(f'family_name_{script}', '')} {person.get(f'given_name_{script}', '')}".strip()
        for script in ("latin", "arabic")
    )
    if not person.get("given_name_latin") and not person.get("given_name_arabic"):
        return ""
    return names.sort_key(latin, arabic)[:170]


def _is_of(row: ImportRow, home: _Home) -> bool:
    """Whether the family names speak for one household; nothing known speaks against none."""
    own = _surnames(row.child)
    if not own or not home.surnames or own & home.surnames:
        return True
    return any(names.similarity(a, b) >= names.CLOSE for a in own for b in home.surnames)


def _same_address(a: str, b: str) -> bool:
    return not a or not b or names.fold(a) == names.fold(b)
