"""Pictures made to fill the memory are refused within it: each is read by a process that may grow by so much only."""

import io
import struct
import subprocess
import sys
import zlib

import pytest
from django.conf import settings
from PIL import Image

MEGABYTE = 1024 * 1024
GROWTH = 150 * MEGABYTE

CHILD = """
import resource, sys
from PIL import Image
from hajar.lib import pictures

Image.init()
pictures.MOST_PIXELS = int(sys.argv[2]) or pictures.MOST_PIXELS
Image.MAX_IMAGE_PIXELS = None  # so that our own limit is what holds
data = sys.stdin.buffer.read()
with open("/proc/self/statm") as pages:
    size = int(pages.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + int(sys.argv[1]), resource.RLIM_INFINITY))
try:
    pictures.tidy(data)
except pictures.NotAPicture as refusal:
    print("refused:", refusal, "after", type(refusal.__cause__).__name__)
else:
    print("kept")
"""


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(side: int, *, colour: int = 0, depth: int = 1) -> bytes:
    """A PNG of side × side, packed row by row: making it takes no memory, unpacking it would."""
    samples = {0: 1, 2: 3, 6: 4}[colour]
    row = b"\0" * (1 + (side * depth * samples + 7) // 8)
    packing = zlib.compressobj(9)
    rows = b"".join(packing.compress(row) for _number in range(side)) + packing.flush()
    head = struct.pack(">IIBBBBB", side, side, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def read(data: bytes, *, growth: int = GROWTH, pixels: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(growth), str(pixels)],
        cwd=settings.BASE_DIR, input=data, capture_output=True, timeout=60,
    )  # fmt: skip
    return done.stdout.decode().strip() or f"ended with {done.returncode}: {done.stderr.decode()[-200:]}"


def ordinary() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4000, 3000), "white").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.skipif(sys.platform != "linux", reason="measures itself in /proc")
@pytest.mark.parametrize(
    "data",
    [lambda: bomb(12_000), lambda: bomb(30_000), lambda: bomb(9_000, colour=6, depth=8), lambda: b"x" * 16 * MEGABYTE],
    ids=["144 million pixels", "900 million pixels", "81 million in colour", "16 MB of nothing"],
)
def test_a_bomb_is_refused_before_it_is_unpacked(data):
    assert read(data()) in ("refused: too many pixels after NoneType", "refused: too many bytes after NoneType")


@pytest.mark.skipif(sys.platform != "linux", reason="measures itself in /proc")
def test_a_photo_as_phones_take_them_is_kept_within_the_same_memory():
    assert read(ordinary()) == "kept"


@pytest.mark.skipif(sys.platform != "linux", reason="measures itself in /proc")
def test_without_our_limit_the_same_bomb_fills_the_memory():
    """The planted bug: what is not measured first is unpacked, and the memory says so."""
    assert "MemoryError" in read(bomb(9_000, colour=6, depth=8), pixels=10**10)
