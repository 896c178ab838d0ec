"""Two files side by side: what differs, what each has, and which side is proposed. A fixed number of queries."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beneficiaries import matching, merging
from beneficiaries.forms.duplicates import FIRST, SECOND, MergeForm
from beneficiaries.models import Assessment, Child, Consent, DuplicatePair, Guardian, HealthRecord, Measurement, Need


@dataclass
class Line:
    """One line of the comparison. With a `group`, a person chooses; `chosen` is the side that is ticked."""

    label: str
    first: Any
    second: Any
    kind: str = "text"
    group: str = ""
    chosen: str = ""

    @property
    def differs(self) -> bool:
        return self.first != self.second

    @property
    def sides(self) -> list[tuple[str, Any]]:
        return [(FIRST, self.first), (SECOND, self.second)]


@dataclass
class Comparison:
    """The two files of a pair, as the page shows them."""

    pair: DuplicatePair
    first: Child
    second: Child
    guardians: dict[Any, list[Guardian]]
    has: dict[Any, list[str]]
    with_health: set[Any] = field(default_factory=set)

    @property
    def children(self) -> list[tuple[str, Child]]:
        return [(FIRST, self.first), (SECOND, self.second)]

    @property
    def sentences(self) -> list[str]:
        return [str(matching.REASONS[reason]) for reason in self.pair.reasons if reason in matching.REASONS]

    @property
    def both_have_health(self) -> bool:
        return len(self.with_health) == 2

    @property
    def proposed(self) -> str:
        """The file that has more goes on, else the older number."""
        weight = {side: (len(self.has[child.pk]), -child.number) for side, child in self.children}
        return max((FIRST, SECOND), key=lambda side: weight[side])

    @property
    def groups(self) -> dict[str, str]:
        """The groups that differ, each with the side that is proposed."""
        return {group: self._proposed_for(group) for group in merging.GROUPS if self._differ(group)}

    def _differ(self, group: str) -> bool:
        return any(_told(self.first, name) != _told(self.second, name) for name in merging.GROUPS[group])

    def _proposed_for(self, group: str) -> str:
        sides = dict(self.children)
        better = {
            "born_on": lambda child: (
                child.birth_precision == "exact",
                (child.born_on.month, child.born_on.day) != (1, 1),
            ),
            "status": lambda child: child.is_followed,
            "precautions": lambda child: Child.Precautions.values.index(child.precautions),
            "school": lambda child: child.school != Child.School.UNKNOWN,
        }.get(group, lambda child: bool(_told(child, merging.GROUPS[group][0])))
        weight = {side: (better(child), side == self.proposed) for side, child in sides.items()}
        return max(sides, key=lambda side: weight[side])

    def lines(self, form: MergeForm) -> list[Line]:
        """Every line in the order of the page; those that differ can be chosen."""
        first, second = self.first, self.second
        shown = [
            Line(_("Name in Latin script"), first.full_name_latin, second.full_name_latin, "latin", "name_latin"),
            Line(_("Name in Arabic script"), first.full_name_arabic, second.full_name_arabic, "arabic", "name_arabic"),
            Line(_("Birth date"), first.birth_text, second.birth_text, group="born_on"),
            Line(_("Sex"), first.get_sex_display(), second.get_sex_display(), group="sex"),
            Line(_("School"), first.get_school_display(), second.get_school_display(), group="school"),
            Line(_("Status"), first.get_status_display(), second.get_status_display(), group="status"),
            Line(_("Visit"), _visit(first), _visit(second), group="precautions"),
            Line(
                _("Number in the old register"), first.previous_reference, second.previous_reference, "reference",
                "previous_reference",
            ),
            Line(_("Photo"), first.pk if first.photo else "", second.pk if second.photo else "", "photo", "photo"),
            Line(_("Family"), first.family, second.family, "family", "family"),
        ]  # fmt: skip
        for line in shown:
            line.group = line.group if line.group in form.fields else ""
            line.chosen = form.value_of(line.group) if line.group else ""
        return shown

    def health_line(self, form: MergeForm) -> Line:
        """Whose health record goes on: that there is one is said to who may see it, what it says never here."""
        return Line(_("Health record"), self.first, self.second, "health", "health", form.value_of("health"))

    @property
    def kept_of_both(self) -> list[Line]:
        """What nobody has to choose: it all goes on, or the rule is always the same."""
        first, second = self.first, self.second
        day = [formats.date_format(child.requested_on, "SHORT_DATE_FORMAT") for child in (first, second)]
        return [
            Line(_("Guardians"), self.guardians[first.pk], self.guardians[second.pk], "guardians"),
            Line(_("In the file"), self.has[first.pk], self.has[second.pk], "list"),
            Line(_("First request: the earlier one counts"), *day),
            Line(_("Notes"), first.notes, second.notes),
        ]


def _told(child: Child, name: str) -> Any:
    if name == "family":
        return child.family_id
    value = getattr(child, name)
    return value.name or "" if name == "photo" else value


def _visit(child: Child) -> str:
    words = [child.get_precautions_display(), child.precautions_note]
    return " · ".join(word for word in words if word)


def with_pairs(child: Child, others: list[Child], user: Any) -> list[tuple[Child, DuplicatePair | None]]:
    """Other files beside this child's, each with the pair that the two are already; one query."""
    about = Q(first=child, second__in=others) | Q(second=child, first__in=others)
    pairs = DuplicatePair.objects.visible_to(user).filter(about)
    known = {pair.second_id if pair.first_id == child.pk else pair.first_id: pair for pair in pairs}
    return [(other, known.get(other.pk)) for other in others]


def compare(pair: DuplicatePair, user: Any) -> Comparison:
    """Gather both files; seven queries."""
    both = [pair.first, pair.second]
    homes: dict[Any, list[Guardian]] = defaultdict(list)
    for guardian in Guardian.objects.filter(family__in=[child.family_id for child in both]).to_call_first():
        homes[guardian.family_id].append(guardian)
    with_health = set()
    if user.has_perm("beneficiaries.view_healthrecord"):
        with_health = set(HealthRecord.objects.filter(child__in=both).values_list("child", flat=True))
    return Comparison(
        pair,
        pair.first,
        pair.second,
        guardians={child.pk: homes[child.family_id] for child in both},
        has=_has(both),
        with_health=with_health,
    )


def _has(children: list[Child]) -> dict[Any, list[str]]:
    """What each file has, in words."""
    keys = [child.pk for child in children]

    def count(model: Any, **condition: Any) -> Counter:
        return Counter(model.objects.filter(**condition, child__in=keys).values_list("child", flat=True))

    counts = [
        (count(Consent), "consent"),
        (count(Assessment), "assessment"),
        (count(Measurement), "measurement"),
        (count(Need, closed_on=None), "open"),
        (count(Need, closed_on__isnull=False), "closed"),
    ]
    return {key: [_counted(kind, number[key]) for number, kind in counts if number[key]] for key in keys}


def _counted(kind: str, n: int) -> str:
    words = {
        "consent": ngettext("%(n)d consent", "%(n)d consents", n),
        "assessment": ngettext("%(n)d assessment", "%(n)d assessments", n),
        "measurement": ngettext("measured again %(n)d time", "measured again %(n)d times", n),
        "open": ngettext("%(n)d open need", "%(n)d open needs", n),
        "closed": ngettext("%(n)d closed need", "%(n)d closed needs", n),
    }
    return words[kind] % {"n": n}
