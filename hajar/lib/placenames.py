"""Place names as people type them: "EL JADIDA ", "Eljadida", "Mohamedia", "الجديده", "Province de Taroudannt".

First an exact match of folded names; only then a small slip, and only when no second place is near. A town that is
not in the list gives None: the person is asked, never guessed for.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ambiguous:
    """Several places answer to what was typed; `codes` are theirs, sorted."""

    codes: tuple[str, ...]


class Gazetteer:
    """A list of places made ready for many questions; build it once per import."""

    def __init__(self, places: Iterable[tuple[str, Iterable[str]]]) -> None:
        """`places`: (code, its names in any script), e.g. ("MA-JDI", ["El Jadida", "الجديدة", "Mazagan"])."""
        self._codes: dict[str, set[str]] = defaultdict(set)
        for code, names in places:
            for name in names:
                for key in _keys(name):
                    self._codes[key].add(code)
        self._answers: dict[str, str | Ambiguous | None] = {}

    def resolve(self, text: str | None) -> str | Ambiguous | None:
        """The code of the place meant, Ambiguous when several answer, None when it is not known."""
        text = text if isinstance(text, str) else ""
        if text not in self._answers:
            self._answers[text] = self._resolve(text)
        return self._answers[text]

    def named(self, text: str) -> list[str]:
        """The codes of places called so or beginning so, the exactly named first, then by code; no slip is forgiven."""
        keys = _keys(text)
        exact = {code for key in keys for code in self._codes.get(key, ())}
        begun = {
            code
            for known, codes in self._codes.items()
            if any(len(key) >= _SHORTEST_BEGINNING and known.startswith(key) for key in keys)
            for code in codes
        }
        return [*sorted(exact), *sorted(begun - exact)]

    def _resolve(self, text: str) -> str | Ambiguous | None:
        parts = [part for part in _SEPARATORS.split(text) if part.strip()]
        for codes in (
            self._exact([text]),
            self._exact(parts),  # "Casablanca, Maroc", "Agadir (Tikiouine)", "Fès / Meknès"
            self._near(text),
        ):
            if codes:
                return next(iter(codes)) if len(codes) == 1 else Ambiguous(tuple(sorted(codes)))
        return None

    def _exact(self, texts: list[str]) -> set[str]:
        return {code for text in texts for key in _keys(text) for code in self._codes.get(key, ())}

    def _near(self, text: str) -> set[str]:
        """The one place a slip away. A runner-up at nearly the same distance means that nobody can know."""
        best: dict[str, int] = {}
        close: set[str] = set()
        for typed in _keys(text):
            for key, codes in self._codes.items():
                if abs(len(key) - len(typed)) > 3:
                    continue
                distance = _distance(typed, key)
                for code in codes:
                    best[code] = min(distance, best.get(code, distance))
                    if _is_a_slip(typed, key, distance):
                        close.add(code)
        if len(close) != 1:
            return close
        (found,) = close
        runner_up = min((distance for code, distance in best.items() if code != found), default=99)
        return close if runner_up >= best[found] + 2 else set()


def resolve(text: str | None, places: Iterable[tuple[str, Iterable[str]]]) -> str | Ambiguous | None:
    """One question to a list of places; see Gazetteer for many."""
    return Gazetteer(places).resolve(text)


_SHORTEST_BEGINNING = 3  # letters
_SEPARATORS = re.compile(r"[,;/()\[\]،؛|\n]+")
# Words that say what kind of place it is, not which one.
_KINDS = set(
    "province prefecture wilaya ville commune region maroc morocco city of de d du des la le"
    " اقليم عماله مدينه جهه ولايه جماعه المغرب".split()
)
_ARTICLES = set("el al l er es ed et en as ad ar an at az ech".split())
_ARABIC = str.maketrans("أإآٱىةؤئگڭݣ", "ااااىهويككك")


def _keys(name: str) -> set[str]:
    """Folded forms under which a name is found: with its articles and without; short of two letters, none."""
    words = [word for word in _fold(name).split() if not word.isdigit()]
    words = [word for word in words if word not in _KINDS] or words
    bare = [word for word in words if word not in _ARTICLES]
    bare = [word[2:] if word.startswith("ال") and len(word) > 4 else word for word in bare]
    return {key for key in (_squeeze("".join(words)), _squeeze("".join(bare))) if len(key) >= 2}


def _fold(text: str) -> str:
    text = text.translate(_ARABIC).translate({ord("ى"): "ي", ord("ء"): None, ord("ـ"): None})
    text = unicodedata.normalize("NFKD", text.casefold()).replace("œ", "oe").replace("æ", "ae")
    text = "".join(char for char in text if not unicodedata.combining(char))
    text = re.sub(r"(?<=\bm)['’`ʼ](?=\w)", "", text)  # M'diq is Mdiq; l'Oriental and d'Azilal are two words
    return re.sub(r"[^\w]|_", " ", text)


def _squeeze(text: str) -> str:
    return re.sub(r"(.)\1+", r"\1", text)


# Consonants that one Moroccan town is written with now and then; vowels, h and weak letters count for nothing.
_SOUND = str.maketrans("zcçqgvwطصضظذثقجغ", "skskkbuتسددددككخ", "aeiouyhاويه")


def _is_a_slip(typed: str, key: str, distance: int) -> bool:
    """Short names need the same consonants (Zamora is not Zagora); long ones bear one wrong letter, or two."""
    shorter = min(len(typed), len(key))
    same_sound = _squeeze(typed.translate(_SOUND)) == _squeeze(key.translate(_SOUND))
    if distance == 1:
        return shorter >= 8 or (shorter >= 5 and same_sound)
    return distance == 2 and shorter >= 8 and (same_sound or shorter >= 11)


def _distance(left: str, right: str) -> int:
    """Letters to change, add, drop or swap with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(right, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]
