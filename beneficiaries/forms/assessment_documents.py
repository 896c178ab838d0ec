"""A complete assessment to read: its answers in sections, and what has changed since the one before."""

from dataclasses import dataclass
from typing import Any

from beneficiaries import assessing
from beneficiaries.forms.assessment_sections import CARER_SET, SECTIONS
from beneficiaries.forms.assessments import answer_in_words, label_of
from beneficiaries.models import Assessment

# On the page in other places: the visit, the family's words, the body map, and what is compared.
ELSEWHERE = frozenset(
    {"assessed_on", "place", "goals", "remarks", "skin_marks", "hand_simulation"}
    | {f"goal_{number}{end}" for number in (1, 2) for end in ("", "_importance", "_now")}
    | set(CARER_SET)
)


@dataclass(frozen=True)
class Change:
    """One answer now and at the assessment before; "" where nobody asked. Never summed."""

    label: str
    before: str
    now: str


@dataclass(frozen=True)
class Goal:
    """One wish of the family, how much it matters and how well it goes, of 10."""

    words: str
    importance: int | None
    now: int | None
    before: int | None


def document(assessment: Assessment) -> list[dict[str, Any]]:
    """Sections of (label, answer). What counts and nobody asked is shown as such; other empty answers are left out."""
    left_out = assessing.not_asked(assessment) | ELSEWHERE
    counted = assessing.counted(assessment)
    sections = []
    for section in SECTIONS:
        answers = [
            {
                "label": label_of(name),
                "words": answer_in_words(assessment, name),
                "value": getattr(assessment, name),
            }
            for name in section.fields
            if name not in left_out and (name in counted or getattr(assessment, name) not in assessing.NOTHING)
        ]
        if answers:
            sections.append({"id": section.id, "title": section.title, "answers": answers})
    return sections


def changes(assessment: Assessment, before: Assessment | None) -> list[Change]:
    """The carer set answer by answer, beside the assessment before; what neither asked is left out."""
    rows = [
        Change(label_of(name), answer_in_words(before, name) if before else "", answer_in_words(assessment, name))
        for name in CARER_SET
    ]
    return [row for row in rows if row.before or row.now]


def goals(assessment: Assessment, before: Assessment | None) -> list[Goal]:
    """The wishes that were rated; the earlier rating counts only for the same words."""
    found = []
    for name in ("goal_1", "goal_2"):
        words = getattr(assessment, name)
        is_same = before is not None and getattr(before, name) == words
        if words:
            found.append(
                Goal(
                    words,
                    getattr(assessment, f"{name}_importance"),
                    getattr(assessment, f"{name}_now"),
                    getattr(before, f"{name}_now") if is_same else None,
                )
            )
    return found
