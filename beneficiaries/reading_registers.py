"""Read a register that somebody else kept: what its cells say.

Nothing here touches the database. A cell is kept as the text that was typed, so that a person may correct it and the
same rules read it again. What is read comes with findings: an error forbids the row, a warning asks a person, a note
only tells.
"""

import dataclasses
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries import diagnoses, measures, measuring
from beneficiaries.models import phones
from beneficiaries.register_columns import Columns
from beneficiaries.register_words import (
    BY_NAME,
    CHAIR,
    CHAIR_ANSWERS,
    DIAGNOSES,
    LANGUAGES,
    MEASURED,
    MORE_GUARDIANS,
    NAMES,
    RELATIONS,
    SCHOOL,
    SEX,
    UNITS,
    YES_NO,
)
from hajar.lib import dates, digits, names, placenames

ERROR, WARNING, NOTE = "error", "warning", "note"
OLDEST = 25  # years: a child of the register who would be older was mistyped more often than not


# --- diagnoses ------------------------------------------------------------------------------------------------------


@cache
def _diagnosis_words() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("fr", "ar", "en"):
        with translation.override(language):
            for key, line in diagnoses.DIAGNOSES.items():
                found.setdefault(names.fold(str(line.label)), key)
                found.setdefault(names.fold(key), key)
    for line in diagnoses.DIAGNOSES.values():
        # A code of the classification names a disease only where one line has it.
        if line.icd10 and sum(other.icd10 == line.icd10 for other in diagnoses.DIAGNOSES.values()) == 1:
            found.setdefault(names.fold(line.icd10), line.key)
    for key, words in DIAGNOSES.items():
        found.update({names.fold(word): key for word in words.split("|")})
    return found


@lru_cache(maxsize=1024)
def find_diagnosis(text: str) -> str:
    """The key of the list that the words name; "" when none does."""
    known = _diagnosis_words()
    folded = names.fold(text)
    if key := known.get(folded) or known.get(folded.replace(" ", "")):
        return key
    near = difflib.get_close_matches(folded, known, n=1, cutoff=0.9) if len(folded) >= 8 else []
    return known[near[0]] if near else ""


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    """The same few words stand in every row of a column."""
    return names.fold(text)


# --- findings -------------------------------------------------------------------------------------------------------

REASONS: dict[str, str | Promise] = {
    "name_missing": _("The name is missing."),
    "given_name_missing": _("The given name is missing."),
    "name_letters": _("A name is made of letters, spaces, hyphens and apostrophes."),
    "name_too_long": _("This name is too long: 80 letters are the most."),
    "birth_in_future": _("The birth date lies in the future."),
    "birth_long_ago": _("This child would be {age} years old. Check the year."),
    "birth_approximate": _("Only a part of the birth date is known."),
    "sex_missing": _("Say whether this is a girl or a boy."),
    "sex_unknown": _("Neither girl nor boy is meant by this word."),
    "place_missing": _("The province or prefecture is missing."),
    "place_unknown": _("No province or prefecture of Morocco is known by this name."),
    "place_ambiguous": _("Several provinces could be meant. Choose one."),
    "place_outside": _("This province lies outside your regions."),
    "phone_unreadable": _("This is not a phone number."),
    "phone_doubtful": _("This phone number is possible, but in no known series."),
    "guardian_unnamed": _("The guardian has no name: the family name stands for it."),
    "guardian_letters": _("The guardian's name is not made of letters."),
    "number_unreadable": _("This is not a number."),
    "diagnosis_unknown": _("This diagnosis is not in the list. It is kept as written."),
    "relation_unknown": _("This relation is not known. It is kept in the notes."),
    "request_unreadable": _("The date of the first request cannot be read: today's will be taken."),
    "request_in_future": _("The first request lies in the future: today's date will be taken."),
    "request_before_birth": _("The first request lies before the birth: today's date will be taken."),
    "assessment_unreadable": _("The date of the assessment cannot be right: today's will be taken."),
    "too_long": _("This text is too long: what comes after {most} characters is cut off."),
    **{f"date.{code}": words for code, words in dates.MESSAGES.items()},
}


@dataclass(frozen=True)
class Finding:
    """What is wrong, doubtful or worth knowing about one field. `code` is a key of REASONS or of measures.MESSAGES."""

    field: str
    code: str
    level: str = WARNING
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        kept = {"field": self.field, "code": self.code, "level": self.level}
        return {**kept, "params": dict(self.params)} if self.params else kept


def words_of(code: str, params: Mapping[str, Any]) -> str | None:
    """The sentence of a code in the reader's language; None for a code that is not of this module."""
    if "unit" in params:
        params = {**params, "unit": measuring.unit_in_words(params["unit"])}
    if code in measures.MESSAGES:
        return gettext(measures.MESSAGES[code]).format(**params)
    return str(REASONS[code]).format(**params) if code in REASONS else None


# --- reading a row --------------------------------------------------------------------------------------------------


@dataclass
class Reader:
    """What every row of one register is read with."""

    columns: Columns
    gazetteer: placenames.Gazetteer
    today: date
    reads_health: bool = True  # whether the person may write health records

    def read(self, typed: Mapping[str, str]) -> tuple[dict[str, Any], list[Finding]]:
        """What a row says, ready for JSON and without what it does not say, and what is to be told about it."""
        return _Reading(self, typed).result()


class _Reading:
    def __init__(self, reader: Reader, typed: Mapping[str, str]) -> None:
        self.reader, self.typed = reader, typed
        self.child: dict[str, Any] = {}
        self.findings: list[Finding] = []
        self.kept: list[str] = []  # for the notes: what no field holds
        self.remarks: list[str] = []  # for the draft of the assessment

    def result(self) -> tuple[dict[str, Any], list[Finding]]:
        self.name()
        self.birth()
        self.sex()
        self.place()
        self.guardians()
        self.language()
        if self.reader.reads_health:
            self.health()
        self.measures()
        self.present_chair()
        self.school()
        self.request()
        self.assessment_day()
        for name in ("previous_reference", "address", "directions", "family_key"):
            self.child[name] = self.text(name)
        self.child["notes"] = "\n".join([*filter(None, [self.text("notes")]), *self.kept])[: BY_NAME["notes"].longest]
        self.child["remarks"] = "\n".join(self.remarks)[:4000]
        return {name: value for name, value in self.child.items() if value not in ("", None, [])}, self.findings

    def find(self, name: str, code: str, level: str = WARNING, **params: Any) -> None:
        self.findings.append(Finding(name, code, level, params))

    def text(self, name: str) -> str:
        text = digits.to_western(self.typed.get(name, ""))
        if len(text) > (most := BY_NAME[name].longest):
            self.find(name, "too_long", most=most)
        return text[:most]

    def as_written(self, name: str) -> str:
        """For notes: "Scolarisé : non"."""
        return f"{self.reader.columns.heading(name)} : {self.typed[name]}"

    # names

    def name(self) -> None:
        written = {name: self.typed.get(name, "") for name in NAMES}
        parts: dict[str, str] = dict.fromkeys(NAMES, "")
        for name, text in written.items():
            kind = name.rpartition("_")[0]
            for script, words in zip(("latin", "arabic"), _by_script(text), strict=True):
                if words and (not parts[f"{kind}_{script}"] or name.endswith(script)):
                    parts[f"{kind}_{script}"] = words
        for script, other in (("latin", "arabic"), ("arabic", "latin"), ("latin", "arabic")):
            given, family, whole = (f"{kind}_{script}" for kind in ("given_name", "family_name", "full_name"))
            if parts[whole] and not parts[given] and not parts[family]:
                hint = parts[f"given_name_{other}"] or None
                parts[given], parts[family] = names.split_full_name(parts[whole], hint)
        people = {name: parts[name] for name in NAMES if not name.startswith("full")}
        column = next((name for name in NAMES if name in self.reader.columns.fields), NAMES[0])
        if not any(people.values()):
            return self.find(column, "name_missing", ERROR)
        for name, text in people.items():
            shown = next(
                (source for source in (name, name.replace(name[:11], "full_name_")) if written.get(source)), ""
            )
            shown = shown or next((source for source, typed in written.items() if text in names.clean(typed)), column)
            if names.problem(text):
                self.find(shown, "name_letters", ERROR)
            elif len(text) > 80:
                self.find(shown, "name_too_long", ERROR)
            self.child[name] = text[:80]
        if not people["given_name_latin"] and not people["given_name_arabic"]:
            self.find(column, "given_name_missing")

    # birth, sex, place

    def birth(self) -> None:
        today = self.reader.today
        try:
            parsed = dates.parse(self.typed.get("born_on"), today=today)
        except dates.DateError as error:
            return self.find("born_on", f"date.{error.code}", ERROR)
        if parsed.date > today:
            return self.find("born_on", "birth_in_future", ERROR)
        self.child["born_on"] = parsed.date.isoformat()
        self.child["birth_precision"] = parsed.precision
        if (age := dates.age_on(parsed.date, today)) >= OLDEST:
            self.find("born_on", "birth_long_ago", age=age)
        elif parsed.precision != "exact":
            self.find("born_on", "birth_approximate", NOTE)

    def sex(self) -> None:
        typed = self.typed.get("sex", "")
        if sex := SEX.get(_folded(typed)):
            self.child["sex"] = sex
        else:
            self.find("sex", "sex_unknown" if typed else "sex_missing", ERROR)

    def place(self) -> None:
        typed, town = self.typed.get("province", ""), self.text("town")
        found = self.reader.gazetteer.resolve(typed)
        if found is None and not typed and town:
            found = self.reader.gazetteer.resolve(town)
        if isinstance(found, str):
            self.child["province"] = found
        elif isinstance(found, placenames.Ambiguous):
            self.find("province", "place_ambiguous", ERROR)
        else:
            self.find("province", "place_unknown" if typed or town else "place_missing", ERROR)
        self.child["commune"] = town

    # guardians

    def guardians(self) -> None:
        relation = self.relation()
        people: list[dict[str, Any]] = []
        for name, role in (("guardian_name", relation), ("father_name", "father"), ("mother_name", "mother")):
            if text := self.typed.get(name):
                people.append({**self.person(name, text), "relation": role or "other"})
        numbers = self.phones()
        if numbers and not people:
            family = {
                key: self.child[key] for key in ("family_name_latin", "family_name_arabic") if self.child.get(key)
            }
            if family:
                self.find("guardian_name", "guardian_unnamed", NOTE)
                people = [{**family, "relation": relation or "other"}]
        people = [person for person in people if any(key.endswith(("latin", "arabic")) for key in person)]
        for person, number in zip(people, numbers, strict=False):
            person["phone"] = number
        self.kept += numbers[len(people) :]
        people += self.more_guardians()
        if people and self.uses_whatsapp(numbers) and people[0].get("phone"):
            people[0]["has_whatsapp"] = True
        self.child["guardians"] = people

    def more_guardians(self) -> list[dict[str, Any]]:
        """Those of the further columns: each with a relation and a phone of her own."""
        people = []
        for place in MORE_GUARDIANS:
            if not (text := self.typed.get(f"guardian_name_{place}")):
                continue
            person: dict[str, Any] = self.person(f"guardian_name_{place}", text)
            if not person:
                continue
            person["relation"] = RELATIONS.get(_folded(self.typed.get(f"relation_{place}", "")), "other")
            if typed := self.typed.get(name := f"guardian_phone_{place}"):
                found = _phones_in(typed)
                if found:
                    person["phone"] = found[0].as_e164
                else:
                    self.find(name, "phone_unreadable")
            people.append(person)
        return people

    def person(self, field_name: str, text: str) -> dict[str, str]:
        """Given and family name in the scripts that they are written in."""
        person: dict[str, str] = {}
        for script, words in zip(("latin", "arabic"), _by_script(text), strict=True):
            if not words:
                continue
            if names.problem(words) or len(words) > 160:
                self.find(field_name, "guardian_letters")
                self.kept.append(self.as_written(field_name)[:400])
                return {}
            given, family = names.split_full_name(words)
            person |= {f"given_name_{script}": given[:80], f"family_name_{script}": family[:80]}
        return {key: value for key, value in person.items() if value}

    def relation(self) -> str:
        typed = self.typed.get("relation", "")
        relation = RELATIONS.get(_folded(typed), "")
        if typed and not relation:
            self.find("relation", "relation_unknown", NOTE)
            self.kept.append(self.as_written("relation")[:200])
        return relation

    def phones(self) -> list[str]:
        """All numbers, the first to call first, each once. What is no number at all is an error in the main column."""
        numbers: list[str] = []
        for name in ("phone", "other_phone"):
            if not (typed := self.typed.get(name)):
                continue
            found = _phones_in(typed)
            if not found:
                self.find(name, "phone_unreadable", ERROR if name == "phone" else WARNING)
            if any(phones.is_doubtful(number) for number in found):
                self.find(name, "phone_doubtful", NOTE)
            numbers += [number.as_e164 for number in found]
        if (typed := self.typed.get("whatsapp")) and _folded(typed) not in YES_NO:
            numbers += [number.as_e164 for number in _phones_in(typed)]
        if numbers:
            self.child["phone"] = numbers[0]
        return list(dict.fromkeys(numbers))

    def uses_whatsapp(self, numbers: Sequence[str]) -> bool:
        if not (typed := self.typed.get("whatsapp")):
            return False
        answer = YES_NO.get(_folded(typed))
        return answer == "yes" or (not answer and any(number.as_e164 == numbers[0] for number in _phones_in(typed)))

    def language(self) -> None:
        if typed := self.typed.get("language"):
            self.child["language"] = LANGUAGES.get(_folded(typed), "")
            if not self.child["language"]:
                self.kept.append(self.as_written("language")[:200])

    # health and needs

    def health(self) -> None:
        if typed := self.typed.get("diagnosis"):
            key = find_diagnosis(typed)
            if not key:
                self.find("diagnosis", "diagnosis_unknown")
            self.child |= {"diagnosis": key, "diagnosis_as_written": self.text("diagnosis")}
        for name in ("hospital", "hospital_number"):
            self.child[name] = self.text(name)

    def measures(self) -> None:
        values: dict[str, Decimal] = {}
        for name in MEASURED:
            if typed := self.typed.get(name):
                value = _measure(name, typed, self.reader.columns.units.get(name, ""))
                if value is None:
                    self.find(name, "number_unreadable")
                else:
                    values[name] = value
        refused = set()
        for finding in measures.check(values):
            params = {key: _plain(value) for key, value in finding.params.items()}
            self.find(finding.field, finding.key, WARNING, **params)
            if finding.severity == "hard":
                refused.add(finding.field)
        for name, value in values.items():
            if name not in refused:
                self.child[name] = int(value) if name == "hip_width_mm" else str(value)

    def present_chair(self) -> None:
        if typed := self.typed.get("present_chair"):
            meaning = CHAIR.get(_folded(typed))
            self.child |= CHAIR_ANSWERS.get(meaning or "", {})
            if meaning not in ("yes", "no"):
                self.remarks.append(self.as_written("present_chair")[:400])

    def school(self) -> None:
        if typed := self.typed.get("school"):
            self.child["school"] = SCHOOL.get(_folded(typed), "")
            if not self.child["school"]:
                # A plain "no" does not say whether she left or never went: the words are kept for who assesses.
                self.remarks.append(self.as_written("school")[:400])

    def assessment_day(self) -> None:
        if not (typed := self.typed.get("assessed_on")):
            return
        try:
            day = dates.parse(typed, today=self.reader.today).date
        except dates.DateError:
            return self.find("assessed_on", "assessment_unreadable", NOTE)
        if day > self.reader.today or day.isoformat() < self.child.get("born_on", ""):
            self.find("assessed_on", "assessment_unreadable", NOTE)
        else:
            self.child["assessed_on"] = day.isoformat()

    def request(self) -> None:
        if not (typed := self.typed.get("requested_on")):
            return
        try:
            day = dates.parse(typed, today=self.reader.today).date
        except dates.DateError:
            return self.find("requested_on", "request_unreadable")
        if day > self.reader.today:
            self.find("requested_on", "request_in_future")
        elif day.isoformat() < self.child.get("born_on", ""):
            self.find("requested_on", "request_before_birth")
        else:
            self.child["requested_on"] = day.isoformat()


def _by_script(text: str) -> tuple[str, str]:
    """The words in Latin and the words in Arabic letters of a cell that may hold both."""
    if not names.is_arabic(text):
        return names.clean(text), ""
    words = names.clean(text).split()
    latin = [word for word in words if not names.is_arabic(word)]
    if not any(letter.isalpha() for word in latin for letter in word):
        return "", " ".join(words)  # only signs beside the Arabic words: they belong to them
    return " ".join(latin), " ".join(word for word in words if names.is_arabic(word))


_BETWEEN_PHONES = re.compile(r"[/;,|\n]| et | ou | and | or | و | أو ")
_PHONE_TAIL = re.compile(r"(?<=^\d{9})\.0+$|(?<=^\d{12})\.0+$")  # a number that a sheet took for a quantity


def _phones_in(typed: str) -> list[Any]:
    """The numbers of a cell, each readable; none where one of them is not."""
    whole = _PHONE_TAIL.sub("", typed.strip())
    if (number := phones.parse_as_typed(whole)) is not None:  # the truth of a number costs as much as reading it
        return [number]
    found = [phones.parse_as_typed(part) for part in _BETWEEN_PHONES.split(whole) if part.strip()]
    return found if len(found) > 1 and None not in found else []


_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]*)\.?")
_METRES = re.compile(r"(\d)\s*m\s*(\d{1,2})")  # 1m39
_TO_MILLIMETRES = {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000)}


def _measure(name: str, typed: str, heading_unit: str) -> Decimal | None:
    """The number in the field's own unit; a unit in the cell counts before one in the heading. None for no number."""
    text = digits.to_western(typed).strip().lower()
    if name == "height_cm" and (found := _METRES.fullmatch(text)):
        return Decimal(int(found[1]) * 100 + int(found[2].ljust(2, "0")))
    found = _NUMBER.fullmatch(text)
    if not found or (found[2] and found[2] not in UNITS):
        return None
    try:
        value = Decimal(found[1].replace(",", "."))
    except InvalidOperation:
        return None
    unit = UNITS.get(found[2]) or heading_unit
    own = name.rpartition("_")[2]
    if unit and unit != own:
        if unit not in _TO_MILLIMETRES or own not in _TO_MILLIMETRES:
            return None
        value = value * _TO_MILLIMETRES[unit] / _TO_MILLIMETRES[own]
    return value.quantize(Decimal(1)) if name == "hip_width_mm" and _is_millimetres(value) else _tenths(value)


def _is_millimetres(value: Decimal) -> bool:
    """A width under 60 was measured in centimetres: its tenths are kept, so that the question shows what was typed."""
    return value >= 60


def _tenths(value: Decimal) -> Decimal | None:
    if value >= 10_000:
        return None
    return value.quantize(Decimal("0.1")) if value != value.to_integral_value() else value.quantize(Decimal(1))


def _plain(value: Any) -> Any:
    """A number as a person reads it."""
    return format(value, "f") if isinstance(value, Decimal) else value
