"""What stands on a PDF of ours, read without any tool: its pages, and its words as they are drawn.

Typst draws a line from left to right, word by word, and marks an Arabic word as reversed: here each word is given back
as it is typed. A number that had been turned round inside Arabic would be drawn as other words in another order, so it
would not be found.
"""

import re
import zlib

_INNER = rb"(?:\\.|[^\\()])"
for _level in range(4):  # parentheses that match need no backslash inside a string
    _INNER = rb"(?:\\.|[^\\()]|\(" + _INNER + rb"*\))"
TOKEN = re.compile(rb"/(\w+) [\d.]+ Tf|\((" + _INNER + rb"*)\)|<([0-9A-F]+)>|(/ReversedChars BMC|EMC|ET)", re.DOTALL)
ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
SHORT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def page_count(document: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", document))


def words(document: bytes) -> str:
    """The words of every page in the order in which they are drawn, lines parted by line breaks; all spaces plain."""
    objects = {int(number): body for number, body in re.findall(rb"(\d+) 0 obj(.*?)endobj", document, re.DOTALL)}
    pages = [body for body in objects.values() if re.search(rb"/Type\s*/Page\b(?!s)", body)]
    text = "\n".join(_page(objects, page) for page in pages)
    return re.sub("[\xa0\u202f]", " ", re.sub("[\u2066-\u2069]", "", text))


def _page(objects: dict[int, bytes], page: bytes) -> str:
    fonts = {
        name: _meanings(_stream(objects[_reference(objects[int(at)], rb"ToUnicode")]))
        for name, at in re.findall(rb"/(f\d+) (\d+) 0 R", objects[_reference(page, rb"Resources")])
    }
    written, run, meaning, is_reversed = [], [], {}, False
    for font, drawn, codes, word in TOKEN.findall(_stream(objects[_reference(page, rb"Contents")])):
        if font:
            meaning = fonts[font]
        elif word == b"/ReversedChars BMC":
            is_reversed = True
        elif word:
            written += [*(reversed(run) if is_reversed else run), "\n" if word == b"ET" else ""]
            run, is_reversed = [], False
        else:
            run += _glyphs(bytes.fromhex(codes.decode()) if codes else _unescaped(drawn), meaning)
    return "".join(written)


def _unescaped(drawn: bytes) -> bytes:
    return ESCAPED.sub(lambda found: _byte(found[1]), drawn)


def _glyphs(codes: bytes, meaning: dict[int, str]) -> list[str]:
    return [meaning.get(int.from_bytes(codes[at : at + 2]), "") for at in range(0, len(codes), 2)]


def _byte(escaped: bytes) -> bytes:
    return bytes([int(escaped, 8)]) if escaped.isdigit() else SHORT.get(escaped, escaped)


def _reference(body: bytes, name: bytes) -> int:
    return int(re.search(rb"/" + name + rb"\s+(\d+) 0 R", body)[1])


def _stream(body: bytes) -> bytes:
    packed = re.search(rb"stream\r?\n(.*?)\n?endstream", body, re.DOTALL)[1]  # its last byte may look like a line's end
    return zlib.decompressobj().decompress(packed) if b"FlateDecode" in body else packed.rstrip(b"\r")


def _meanings(cmap: bytes) -> dict[int, str]:
    """What each glyph of a font stands for. A joined pair is one glyph and two letters, in the order of reading."""
    found = re.findall(rb"<(\w{4})> <(\w+)>\n", cmap)
    return {int(glyph, 16): bytes.fromhex(code.decode()).decode("utf-16-be") for glyph, code in found}
