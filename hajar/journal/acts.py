"""The vocabulary of the journal: each act, in words for people. Every app declares its own when it starts."""

from dataclasses import dataclass

from django.utils.functional import Promise


class UnknownAct(KeyError):
    """Somebody recorded an act that no app has declared."""


@dataclass(frozen=True)
class Act:
    name: str
    sentence: str | Promise
    icon: str = "dot"
    tone: str = "muted"


_ACTS: dict[str, Act] = {}


def declare(*acts: Act) -> None:
    _ACTS.update({act.name: act for act in acts})


def find(name: str) -> Act:
    if name not in _ACTS:
        raise UnknownAct(name)
    return _ACTS[name]


def choices() -> list[tuple[str, str | Promise]]:
    return [(act.name, act.sentence) for act in sorted(_ACTS.values(), key=lambda act: act.name)]
