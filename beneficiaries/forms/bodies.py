"""Answers about parts of the body, one small group for each: the body map and the hand simulation.

Each part has its own inputs ("skin_marks-heel_left"). Only the parts that were sent change: a draft that is saved as
one goes sends what changed, and what another person marked elsewhere stays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Assessment

WORDS_AT_MOST = 100
# Where each place of the body map lies on templates/beneficiaries/_body_map.html: a child seen from behind.
PLACES: dict[str, tuple[int, int]] = {
    "head_back": (100, 34),
    "shoulder_blade_left": (78, 104),
    "shoulder_blade_right": (122, 104),
    "elbow_left": (47, 146),
    "elbow_right": (153, 146),
    "spine": (100, 132),
    "sacrum": (100, 178),
    "seat_bone_left": (84, 206),
    "seat_bone_right": (116, 206),
    "hip_side_left": (62, 188),
    "hip_side_right": (138, 188),
    "knee_left": (78, 284),
    "knee_right": (122, 284),
    "ankle_left": (80, 346),
    "ankle_right": (120, 346),
    "heel_left": (82, 372),
    "heel_right": (118, 372),
}


@dataclass(frozen=True)
class Option:
    id: str
    value: str
    word: str
    is_chosen: bool


class Placed:
    """Something that has its place on the body map."""

    code: str

    @property
    def x(self) -> int:
        return PLACES[self.code][0]

    @property
    def y(self) -> int:
        return PLACES[self.code][1]


@dataclass(frozen=True)
class Part(Placed):
    """One part of the body with its answers, and words where there is room for them."""

    code: str
    number: int
    word: str
    name: str
    options: tuple[Option, ...]
    words_name: str = ""
    words: str = ""

    @property
    def chosen(self) -> str:
        return next((option.value for option in self.options if option.is_chosen), "")


class PartsWidget(forms.Widget):
    """Reads the inputs of all parts; the page draws them itself."""

    def __init__(self, keys: Iterable[str]) -> None:
        super().__init__()
        self.keys = tuple(keys)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        return {key: data[f"{name}-{key}"] for key in self.keys if f"{name}-{key}" in data}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(f"{name}-{key}" in data for key in self.keys)


class MarksField(forms.Field):
    """{part: code} of what was sent; "" takes a mark away."""

    def __init__(self, *, parts: Iterable[tuple[str, Any]], answers: Iterable[tuple[str, Any]], label: Any) -> None:
        self.parts, self.answers = list(parts), list(answers)
        super().__init__(label=label, required=False, widget=PartsWidget(code for code, _word in self.parts))

    def clean(self, value: Mapping[str, str] | None) -> dict[str, str]:
        known = {"", *(code for code, _word in self.answers)}
        for code in (value or {}).values():
            if code not in known:
                raise ValidationError(_("“%(code)s” is not one of the answers."), params={"code": code})
        return dict(value or {})

    def merged(self, stored: Mapping[str, str], sent: Mapping[str, str]) -> dict[str, str]:
        """The marks as they are with what was sent, in the order of the body."""
        now = {**stored, **sent}
        return {code: now[code] for code, _word in self.parts if now.get(code)}

    def drawn(self, name: str, stored: Mapping[str, str], sent: Mapping[str, str]) -> list[Part]:
        now = {**stored, **sent}
        return [
            Part(code, number, str(word), f"{name}-{code}", self._options(f"{name}-{code}", now.get(code, "")))
            for number, (code, word) in enumerate(self.parts, 1)
        ]

    def _options(self, name: str, chosen: str) -> tuple[Option, ...]:
        return tuple(
            Option(f"id_{name}-{value or 'nothing'}", value, str(word), value == chosen)
            for value, word in [("", _("nothing seen")), *self.answers]
        )


class SimulationField(forms.Field):
    """{part: answer, part-support: words} of what was sent about holding each part by hand."""

    ANSWERS = (("yes", _("yes")), ("no", _("no")), ("unknown", _("not known")))

    def __init__(self, *, parts: Iterable[tuple[str, Any]], label: Any) -> None:
        self.parts = list(parts)
        keys = [key for code, _word in self.parts for key in (code, f"{code}-support")]
        super().__init__(label=label, required=False, widget=PartsWidget(keys))

    def clean(self, value: Mapping[str, str] | None) -> dict[str, str]:
        known = {"", *(code for code, _word in self.ANSWERS)}
        cleaned = {}
        for key, text in (value or {}).items():
            if key.endswith("-support"):
                text = text.strip()
                if len(text) > WORDS_AT_MOST:
                    raise ValidationError(_("Use at most %(most)d letters."), params={"most": WORDS_AT_MOST})
            elif text not in known:
                raise ValidationError(_("“%(code)s” is not one of the answers."), params={"code": text})
            cleaned[key] = text
        return cleaned

    def merged(self, stored: Mapping[str, Mapping[str, str]], sent: Mapping[str, str]) -> dict[str, dict[str, str]]:
        now = {}
        for code, _word in self.parts:
            before = stored.get(code, {})
            answer = {
                "neutral": sent.get(code, before.get("neutral", "")),
                "support": sent.get(f"{code}-support", before.get("support", "")),
            }
            if any(answer.values()):
                now[code] = answer
        return now

    def drawn(self, name: str, stored: Mapping[str, Mapping[str, str]], sent: Mapping[str, str]) -> list[Part]:
        now = self.merged(stored, sent)
        parts = []
        for number, (code, word) in enumerate(self.parts, 1):
            answer = now.get(code, {})
            options = tuple(
                Option(f"id_{name}-{code}-{value}", value, str(said), value == answer.get("neutral"))
                for value, said in self.ANSWERS
            )
            words_name = f"{name}-{code}-support"
            parts.append(
                Part(code, number, str(word), f"{name}-{code}", options, words_name, answer.get("support", ""))
            )
        return parts


class SeveralSelect(forms.CheckboxSelectMultiple):
    """Ticks with a hidden empty input of the same name beside them: a page that sends none still says so."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [code for code in super().value_from_datadict(data, files, name) or () if code]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


@dataclass(frozen=True)
class Mark(Placed):
    """One mark on the body map of a complete assessment."""

    code: str
    number: int
    word: str
    chosen: str
    answer: str


def marks_of(assessment: Assessment) -> list[Mark]:
    """The marks in the order of the body, numbered as on the map."""
    answers = dict(Assessment.SkinMark.choices)
    return [
        Mark(code, number, str(word), mark, str(answers.get(mark, mark)))
        for number, (code, word) in enumerate(Assessment.Spot.choices, 1)
        if (mark := assessment.skin_marks.get(code))
    ]


def simulation_in_words(assessment: Assessment) -> list[tuple[str, str]]:
    """[(pelvis, yes: a wedge under the left side)]."""
    parts, answers = dict(Assessment.BodyPart.choices), dict(SimulationField.ANSWERS)
    said = []
    for part, answer in assessment.hand_simulation.items():
        neutral = str(answers.get(answer.get("neutral", ""), ""))
        said.append((str(parts.get(part, part)), ": ".join(filter(None, [neutral, answer.get("support", "")]))))
    return said
