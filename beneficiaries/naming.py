"""How a name is written in the other script: suggest it, learn what people write, let administrators mend it."""

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from beneficiaries.models import Child, Guardian, NameAlias
from beneficiaries.models.names import Named
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib import names

COMMON_NAMES = Path(__file__).with_name("data") / "names.csv"
LATIN, ARABIC = "latin", "arabic"
SUGGESTED = 3
PARTS = ("given_name", "family_name")


# --- suggesting -----------------------------------------------------------------------------------------------------


def suggest(text: str) -> list[str]:
    """How this name, or this part of one, is probably written in the other script: what people wrote most often first.

    [] for what is no name of one script. Two queries at most.
    """
    text = names.clean(text)[:80]
    if not text or names.problem(text):
        return []
    to, by_rule = (LATIN, names.to_latin(text)) if names.is_arabic(text) else (ARABIC, names.to_arabic(text))
    if known := _known(text, to):
        return known[:SUGGESTED]
    by_word = _word_for_word(text, to, by_rule)
    return list(dict.fromkeys([*by_word, *by_rule]))[:SUGGESTED]


def _known(text: str, to: str) -> list[str]:
    of = ARABIC if to == LATIN else LATIN
    rows = NameAlias.objects.filter(is_active=True, **{f"{of}_folded": names.fold(text)}).by_use()
    return list(rows.values_list(to, flat=True)[:SUGGESTED])


def _word_for_word(text: str, to: str, by_rule: list[str]) -> list[str]:
    """Words that people have written stand as they wrote them; the rules spell the others."""
    of, words = (ARABIC if to == LATIN else LATIN), text.split()
    if len(words) < 2:
        return []
    known: dict[str, str] = {}
    folded = [names.fold(word) for word in words]
    rows = NameAlias.objects.filter(is_active=True, **{f"{of}_folded__in": folded}).by_use()
    for form, other in rows.values_list(f"{of}_folded", to):
        known.setdefault(form, other)
    if not known or any(form not in known and len(form) < 3 for form in folded):  # particles belong to what follows
        return []
    spell = names.to_latin if to == LATIN else names.to_arabic
    spelled = [known.get(form) or next(iter(spell(word)), "") for form, word in zip(folded, words, strict=True)]
    return [" ".join(spelled)] if all(spelled) else []


# --- learning -------------------------------------------------------------------------------------------------------


def learn(people: Iterable[Named]) -> None:
    """Keep how the names of these people are written in both scripts, and count of how many.

    Forms that sound unlike are kept but wait for an administrator: they may be a nickname, or a slip. Three statements
    for each slice of forms; rows are locked in the order of their keys, so that two who teach wait for one another.
    """
    times: Counter[tuple[str, str]] = Counter()
    written: dict[tuple[str, str], tuple[str, str]] = {}
    for person in people:
        forms = {(names.fold(latin)[:80], names.fold(arabic)[:80]): (latin, arabic) for latin, arabic in _pairs(person)}
        times.update(form for form in forms if all(form))
        written |= forms
    if not times:
        return
    with transaction.atomic():
        known = _known_rows(times)
        for form, row in known.items():
            row.times += times[form]
        NameAlias.objects.bulk_update(known.values(), ["times"])
        new = [_learned(*written[form], times[form]) for form in sorted(times.keys() - known.keys())]
        NameAlias.objects.bulk_create(new, ignore_conflicts=True)  # who learns the same at the same time counts it


def _known_rows(forms: Collection[tuple[str, str]]) -> dict[tuple[str, str], NameAlias]:
    """Of those of these forms that are known already, the row, locked."""
    latin = sorted({form[0] for form in forms})
    rows = NameAlias.objects.filter(latin_folded__in=latin).select_for_update(no_key=True).order_by("pk")
    known = {(row.latin_folded, row.arabic_folded): row for row in rows}
    return {form: row for form, row in known.items() if form in forms}


def _learned(latin: str, arabic: str, times: int) -> NameAlias:
    is_alike = names.similarity(latin, arabic) >= names.CLOSE
    alias = NameAlias(latin=latin, arabic=arabic, source=NameAlias.Source.TYPED, is_active=is_alike, times=times)
    alias.tidy()
    return alias


def _pairs(person: Named) -> Iterable[tuple[str, str]]:
    """Each part of the name in both scripts; word by word where the words answer one another."""
    for part in PARTS:
        latin, arabic = getattr(person, f"{part}_latin"), getattr(person, f"{part}_arabic")
        if not latin or not arabic:
            continue
        words = list(zip(latin.split(), arabic.split(), strict=False))
        if len(latin.split()) == len(arabic.split()) > 1 and all(
            names.similarity(*pair) >= names.SAME for pair in words
        ):
            yield from words
        yield latin, arabic


# --- administering --------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_alias(alias: NameAlias, *, by: User) -> int:
    """Save what an administrator says of a name, and mend the keys of everybody it concerns; returns of how many."""
    before = NameAlias.objects.filter(pk=alias.pk).first()
    alias.full_clean(exclude=["latin_folded", "arabic_folded"])
    alias.save()
    touched = [row for row in (before, alias) if row is not None and row.is_bridge]
    changed = sum(_rekey(form) for row in touched for form in (row.latin, row.arabic))
    journal.record("name_alias.kept", alias, by=by, payload={"is_active": alias.is_active, "people": changed})
    return changed


def _rekey(form: str) -> int:
    """Mend the keys of the people in whose name this form stands."""
    words = names.fold(form).split()
    changed = 0
    for model in (Child, Guardian):
        people: Any = model.objects.all()
        for word in words:
            people = people.filter(name_keys__key=word[: names.KEY_LENGTH]) if len(word) > 1 else people
        changed += model.objects.filter(pk__in=people.values("pk")).rebuild_keys() if words else 0
    return changed


def load_common_names(alias_model: Any) -> int:
    """Write the usual names of data/names.csv where they are not known yet; returns how many there are.

    Takes the model, so that a migration can pass its own.
    """
    with COMMON_NAMES.open(encoding="utf-8", newline="") as file:
        rows: list[Mapping[str, str]] = list(csv.DictReader(file))
    known = set(alias_model.objects.values_list("latin_folded", "arabic_folded"))
    wanted = {(names.fold(row["latin"]), names.fold(row["arabic"])): row for row in rows}
    alias_model.objects.bulk_create(
        alias_model(latin_folded=latin, arabic_folded=arabic, source="common", **row)
        for (latin, arabic), row in wanted.items()
        if (latin, arabic) not in known
    )
    return len(rows)
