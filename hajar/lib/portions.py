"""Long lists a portion at a time: what a database takes in one statement, and memory in one go, has an end."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def portions(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The rows in their order, `size` at a time; the last portion may be smaller, and nothing gives none."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
