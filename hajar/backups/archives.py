"""The file of a backup: a list of contents and the database, compressed, in a sealed file named by its moment."""

import gzip
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

from hajar.lib import sealing

KIND = "hajar backup 1"
_NAME = re.compile(r"hajar-(\d{8}T\d{6})Z-\d{9,}\.backup")
_AT_ONCE = 1024 * 1024


@dataclass(frozen=True)
class Piece:
    """A file of people in the store beside the backups: its name there, and its size."""

    digest: str
    size: int


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself. `files` maps the name that a row has to the piece that holds it."""

    taken_at: str
    engine: str
    sequence: int
    hash: str
    counts: dict[str, int]
    migrations: list[str]
    database_sha256: str
    files: dict[str, Piece] = field(default_factory=dict)
    files_missing: list[str] = field(default_factory=list)

    @classmethod
    def from_json(cls, text: bytes) -> "Contents":
        values = json.loads(text)
        return cls(**{**values, "files": {name: Piece(**piece) for name, piece in values["files"].items()}})


def name_of(taken_at: datetime, sequence: int) -> str:
    return f"hajar-{taken_at.astimezone(UTC):%Y%m%dT%H%M%S}Z-{sequence:09d}.backup"


def listed(folder: Path) -> dict[str, datetime]:
    """The backups in a folder, newest first, each with its moment; other files are none of ours."""
    found = {path.name: moment for path in folder.iterdir() if (moment := _moment(path.name)) and path.is_file()}
    return dict(sorted(found.items(), reverse=True))


def _moment(name: str) -> datetime | None:
    named = _NAME.fullmatch(name)
    return datetime.strptime(named[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if named else None


def digest_of(path: Path) -> str:
    with open(path, "rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def write(path: Path, contents: Contents, database: Path, *, secret: str) -> None:
    """Write a backup, whole or not at all."""
    text = json.dumps(asdict(contents), sort_keys=True).encode()
    with sealing.writing(path, kind=KIND, secret=secret) as sealed:
        with gzip.GzipFile(fileobj=cast(IO[bytes], sealed), mode="wb", compresslevel=3, mtime=0) as packed:
            packed.write(len(text).to_bytes(8, "big") + text)
            with open(database, "rb") as source:
                shutil.copyfileobj(source, packed, _AT_ONCE)


@contextmanager
def _opened(path: Path, secret: str) -> Iterator[tuple[Contents, Any, sealing.Reader]]:
    with sealing.reading(path, kind=KIND, secret=secret) as sealed:
        packed = gzip.GzipFile(fileobj=cast(IO[bytes], sealed), mode="rb")
        yield Contents.from_json(packed.read(int.from_bytes(packed.read(8), "big"))), packed, sealed


def read_contents(path: Path, *, secret: str) -> Contents:
    """What a backup says of itself, without reading its database: good for looking, not for trusting."""
    with _opened(path, secret) as (contents, _packed, _sealed):
        return contents


def unpack(path: Path, database: Path, *, secret: str) -> tuple[Contents, bool]:
    """Read a backup to its end and lay its database down in a file; returns its contents and whether it is encrypted.

    Raises sealing.Unreadable where anything of it does not hold.
    """
    fingerprint = hashlib.sha256()
    with _opened(path, secret) as (contents, packed, sealed), open(database, "wb") as target:
        while part := packed.read(_AT_ONCE):
            fingerprint.update(part)
            target.write(part)
        if sealed.read():
            raise sealing.Altered("The file goes on after its end.")
    if fingerprint.hexdigest() != contents.database_sha256:
        raise sealing.Altered("The database in the file is not the one that was put in.")
    return contents, sealed.is_sealed
