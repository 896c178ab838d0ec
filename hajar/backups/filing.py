"""The store of people's files beside the backups: each content once, under a name made from it.

Photos, signatures and papers get a random name when they come and never change under it, so a backup an hour later
copies only what is new, and keeps what the live storage has lost. With a secret each piece is encrypted, and its name
tells nothing. Works on a folder and on a bucket alike: names come from the database, content through Django's storage.
"""

import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import Storage, default_storage

from hajar.backups.archives import Piece
from hajar.lib import sealing

KIND = "hajar file 1"
_AT_ONCE = 1024 * 1024
_IN_MEMORY = 8 * 1024 * 1024


class Store:
    """The folder `files` of a folder of backups."""

    def __init__(self, folder: Path, *, secret: str) -> None:
        self.folder, self.secret = folder / "files", secret

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def has(self, digest: str) -> bool:
        return self.path(digest).is_file()

    def put(self, source: IO[bytes]) -> Piece:
        """Keep this content, and read it back."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        arriving, size = self.folder / f"arriving-{secrets.token_hex(8)}", 0
        try:
            namer = sealing.name_maker(self.secret)
            with sealing.writing(arriving, kind=KIND, secret=self.secret) as sealed:
                while part := source.read(_AT_ONCE):
                    namer.update(part)
                    sealed.write(part)
                    size += len(part)
            digest = namer.hexdigest()
            path = self.path(digest)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            os.replace(arriving, path)
            sealing.settle(path.parent)
        finally:
            arriving.unlink(missing_ok=True)
        piece = Piece(digest, size)
        with self.get(piece):
            return piece

    @contextmanager
    def get(self, piece: Piece) -> Iterator[IO[bytes]]:
        """The content of a piece, found whole first; raises sealing.Unreadable or FileNotFoundError."""
        namer = sealing.name_maker(self.secret)
        with (
            tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as content,
            sealing.reading(self.path(piece.digest), kind=KIND, secret=self.secret) as sealed,
        ):
            while part := sealed.read(_AT_ONCE):
                namer.update(part)
                content.write(part)
            if namer.hexdigest() != piece.digest:
                raise sealing.Altered("A file in the store is not the one that its name says.")
            content.seek(0)
            yield content

    def sweep(self) -> None:
        """Take away what an interrupted run left."""
        for left in [*self.folder.glob("arriving-*"), *self.folder.glob(".arriving-*")]:
            left.unlink(missing_ok=True)


def keep(names: Iterable[str], *, store: Store, known: Mapping[str, Piece]) -> tuple[dict[str, Piece], list[str]]:
    """Have the store hold each of these files; returns their pieces, and the names of those that are nowhere."""
    pieces, missing = {}, []
    for name in names:
        if (before := known.get(name)) and store.has(before.digest):
            pieces[name] = before
            continue
        try:
            with default_storage.open(name) as source:
                pieces[name] = store.put(source)
        except FileNotFoundError:
            missing.append(name)
    return pieces, missing


def faults(pieces: Mapping[str, Piece], *, store: Store) -> dict[str, str]:
    """Which of these files cannot be brought back, and why."""
    found = {}
    for name, piece in pieces.items():
        try:
            with store.get(piece):
                pass
        except FileNotFoundError:
            found[name] = "is not in the store"
        except sealing.Unreadable as fault:
            found[name] = str(fault)
    return found


def bring_back(pieces: Mapping[str, Piece], *, store: Store, target: Storage) -> int:
    """Put files where rows look for them; what is there with the right size stays. Returns how many came."""
    came = 0
    for name, piece in pieces.items():
        if target.exists(name):
            if target.size(name) == piece.size:
                continue
            target.delete(name)
        with store.get(piece) as content:
            target.save(name, File(content, name=name))
        came += 1
    return came
