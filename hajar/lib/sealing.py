"""A file that notices when it was cut off, altered, or opened with a wrong key.

With a secret every piece is encrypted (AES-256-GCM); without one it only carries a fingerprint, which notices accidents
and not intent. On disk: MAGIC, the header's length (4 bytes), the header (JSON) and its SHA-256; then pieces of up to
1 MiB, each with its length (4 bytes, the top bit marks the last), its body and 16 bytes that prove it. A piece is bound
to its place, to whether it is the last, and to the header: STREAM by Hoang, Reyhanitabar, Rogaway and Vizár (2015),
which the tool age uses, too. Memory holds one piece, however long the file.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"HAJAR-SEALED\x01"
PIECE = 1024 * 1024
LAST = 0x8000_0000
PROOF = 16
SHORTEST_SECRET = 32
LONGEST_HEADER = 64 * 1024


class Unreadable(Exception):
    """A file that must not be trusted; the message says why in one sentence."""


class Empty(Unreadable):
    pass


class Foreign(Unreadable):
    pass


class CutOff(Unreadable):
    pass


class Altered(Unreadable):
    pass


class WrongKey(Unreadable):
    pass


class _Prover(Protocol):
    def seal(self, place: bytes, piece: bytes, header: bytes) -> bytes: ...
    def open(self, place: bytes, sealed: bytes, header: bytes) -> bytes: ...


class _Encrypting:
    def __init__(self, key: bytes) -> None:
        self.cipher = AESGCM(key)

    def seal(self, place: bytes, piece: bytes, header: bytes) -> bytes:
        return self.cipher.encrypt(place, piece, header)

    def open(self, place: bytes, sealed: bytes, header: bytes) -> bytes:
        try:
            return self.cipher.decrypt(place, sealed, header)
        except InvalidTag:
            raise Altered("The file was altered or damaged.") from None


class _Fingerprinting:
    def seal(self, place: bytes, piece: bytes, header: bytes) -> bytes:
        return piece + self._fingerprint(place, piece, header)

    def open(self, place: bytes, sealed: bytes, header: bytes) -> bytes:
        piece, found = sealed[:-PROOF], sealed[-PROOF:]
        if not hmac.compare_digest(found, self._fingerprint(place, piece, header)):
            raise Altered("The file was altered or damaged.")
        return piece

    @staticmethod
    def _fingerprint(place: bytes, piece: bytes, header: bytes) -> bytes:
        return hashlib.sha256(header + place + piece).digest()[:PROOF]


@lru_cache(maxsize=4)
def _master(secret: str) -> bytes:
    # Dear on purpose, once for a process. The salt is the same everywhere, because a salt kept apart could be lost:
    # that is why a short secret is refused, and why each file still has a key and a salt of its own.
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"the secret has fewer than {SHORTEST_SECRET} characters")
    return Scrypt(salt=b"hajar sealing", length=32, n=2**15, r=8, p=1).derive(secret.encode())


def _derived(secret: str, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"hajar " + purpose).derive(_master(secret))


def name_maker(secret: str) -> "hashlib._Hash | hmac.HMAC":
    """What turns content into a name (`update`, `hexdigest`): without the secret nobody can tell what is kept."""
    return hmac.new(_derived(secret, b"", b"names"), digestmod="sha256") if secret else hashlib.sha256()


def _place(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


class Writer:
    """What is written goes to `target` in sealed pieces; `finish` writes the last."""

    def __init__(self, target: BinaryIO, *, kind: str, secret: str = "") -> None:
        salt = secrets.token_bytes(32)
        header: dict[str, str] = {"kind": kind}
        self.prover: _Prover = _Fingerprinting()
        if secret:
            self.prover = _Encrypting(_derived(secret, salt, b"pieces"))
            header |= {"salt": salt.hex(), "key": _derived(secret, salt, b"key check")[:PROOF].hex()}
        text = json.dumps(header, sort_keys=True).encode()
        self.header = hashlib.sha256(text).digest()
        self.target, self.number, self.waiting = target, 0, bytearray()
        target.write(MAGIC + len(text).to_bytes(4, "big") + text + self.header)

    def write(self, data) -> int:
        self.waiting += data
        while len(self.waiting) > PIECE:
            self._put(bytes(self.waiting[:PIECE]), is_last=False)
            del self.waiting[:PIECE]
        return len(data)

    def flush(self) -> None:
        """Pieces leave when they are full."""

    def finish(self) -> None:
        self._put(bytes(self.waiting), is_last=True)
        self.waiting.clear()

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        sealed = self.prover.seal(_place(self.number, is_last), piece, self.header)
        self.target.write((len(sealed) | (LAST if is_last else 0)).to_bytes(4, "big") + sealed)
        self.number += 1


class Reader:
    """Reads what a Writer wrote, and raises Unreadable where it does not hold.

    Nothing that was read may be believed before `read` answered b"": only then the end was seen.
    """

    def __init__(self, source: BinaryIO, *, kind: str, secret: str = "") -> None:
        self.source, self.number, self.at_end = source, 0, False
        self.piece, self.at = b"", 0
        header = self._header()
        self.is_sealed = "key" in header
        self.prover: _Prover = _Fingerprinting()
        if self.is_sealed:
            if not secret:
                raise WrongKey("The file is encrypted: its key is needed (HAJAR_BACKUP_KEY).")
            salt = bytes.fromhex(header["salt"])
            if not hmac.compare_digest(_derived(secret, salt, b"key check")[:PROOF], bytes.fromhex(header["key"])):
                raise WrongKey("The file was encrypted with another key than HAJAR_BACKUP_KEY.")
            self.prover = _Encrypting(_derived(secret, salt, b"pieces"))
        if header["kind"] != kind:
            raise Foreign(f"The file holds {header['kind']!r} and not {kind!r}: another or a newer Hajar wrote it.")

    def _header(self) -> dict[str, str]:
        magic = self.source.read(len(MAGIC))
        if not magic:
            raise Empty("The file is empty.")
        if magic != MAGIC[: len(magic)]:
            raise Foreign("The file is no backup of Hajar.")
        length = int.from_bytes(self._exactly(4), "big")
        if length > LONGEST_HEADER:
            raise Altered("The file was altered or damaged.")
        text, self.header = self._exactly(length), self._exactly(32)
        if hashlib.sha256(text).digest() != self.header:
            raise Altered("The file was altered or damaged.")
        return json.loads(text)

    def _exactly(self, size: int) -> bytes:
        data = self.source.read(size)
        if len(data) < size:
            raise CutOff("The file was cut off: its end is missing.")
        return data

    def read(self, size: int = -1) -> bytes:
        parts, wanted = [], size
        while wanted != 0:
            if self.at == len(self.piece):
                if self.at_end:
                    break
                self.piece, self.at = self._next_piece(), 0
            part = self.piece[self.at :] if size < 0 else self.piece[self.at : self.at + wanted]
            self.at += len(part)
            wanted -= len(part) if size >= 0 else 0
            parts.append(part)
        return b"".join(parts)

    def _next_piece(self) -> bytes:
        length = int.from_bytes(self._exactly(4), "big")
        is_last, length = bool(length & LAST), length & ~LAST
        if not PROOF <= length <= PIECE + PROOF:
            raise Altered("The file was altered or damaged.")
        piece = self.prover.open(_place(self.number, is_last), self._exactly(length), self.header)
        self.number += 1
        if is_last:
            if self.source.read(1):
                raise Altered("The file goes on after its end.")
            self.at_end = True
        return piece


@contextmanager
def writing(path: Path, *, kind: str, secret: str = "") -> Iterator[Writer]:
    """Write a sealed file, whole or not at all: under another name first, on the disk before it gets its own."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with open(unfinished, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as target:
            writer = Writer(target, kind=kind, secret=secret)
            yield writer
            writer.finish()
            target.flush()
            os.fsync(target.fileno())
        os.replace(unfinished, path)
        settle(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def reading(path: Path, *, kind: str, secret: str = "") -> Iterator[Reader]:
    with open(path, "rb") as source:
        yield Reader(source, kind=kind, secret=secret)


def settle(folder: Path) -> None:
    """Have the disk remember the names in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
