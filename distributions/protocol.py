"""What a phone may say, version 1: one shape for every entry, and one for the data of each kind.

Pure: no database, no clock. Unknown names are refused, texts have a length, numbers fit both databases.
"""

import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

MOST_ENTRIES = 20  # in one request
MOST_CHARACTERS = 20_000  # of one entry, as JSON
DEEPEST = 6

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
Id = Annotated[StrictStr, Field(pattern=_UUID)]
Sha256 = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[StrictInt, Field(ge=0, le=2**53)]
ChairNumber = Annotated[StrictStr, Field(pattern=r"^[0-9]{1,9}$")]
Word = Annotated[StrictStr, Field(max_length=20)]
Moment = Annotated[StrictStr, Field(max_length=40)]
Name = Annotated[StrictStr, Field(max_length=120)]
Sentence = Annotated[StrictStr, Field(max_length=300)]
Account = Annotated[StrictStr, Field(max_length=2000)]
Answer = Literal["yes", "no", "not_done", ""]
Check = Literal[
    "fits_width",
    "fits_depth",
    "feet_supported",
    "sits_upright",
    "brakes_shown",
    "straps_shown",
    "folding_shown",
    "care_explained",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(_Strict):
    """One entry, whatever its kind: `data` is read by the kind's own shape."""

    id: Id
    number: Number
    kind: Word
    claimed_at: Moment = ""
    data: dict[str, Any]
    files: dict[Literal["signature", "photo"], Sha256] = {}


class Sealed(_Strict):
    """An entry as a phone keeps it while nobody is signed in: a box in base64."""

    sealed: Annotated[StrictStr, Field(max_length=2 * MOST_CHARACTERS)]


class SpareSaid(_Strict):
    """Another chair than the one meant, given in its place."""

    chair: ChairNumber
    reason: Annotated[Sentence, Field(min_length=1)]


class DeliverySaid(_Strict):
    """What happened at a stop. `proof` says that the stop was given to her; `spare` that another chair was left."""

    allocation: Id
    round: Id
    proof: Annotated[StrictStr, Field(max_length=400)] = ""
    outcome: Word
    reason: Sentence = ""
    is_healthy: StrictBool = False
    receiver_name: Name = ""
    receiver_relation: Word = ""
    checks: dict[Check, Answer] = {}
    note: Account = ""
    spare: SpareSaid | None = None


class HealthySaid(_Strict):
    round: Id


class SeenSaid(_Strict):
    round: Id
    what: Annotated[Account, Field(min_length=1)]


class ChairSeenSaid(_Strict):
    round: Id
    chair: ChairNumber
    what: Annotated[Sentence, Field(min_length=1)]


def is_plain(value: Any, depth: int = 0) -> bool:
    """Not too deep, no number that is none, no text that a database cannot hold."""
    if depth > DEEPEST:
        return False
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(is_plain(part, depth + 1) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return all(is_plain(part, depth + 1) for part in value)
    return True
