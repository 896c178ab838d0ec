"""Typesetting: PDF documents from Typst templates, Arabic and French with one font, the same on every machine."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def isolate(text: Any) -> str:
    """Keep a phone number, a range, a code or a Latin name running left to right inside Arabic text.

    For plain text, SVG and PDF; in HTML, <bdi dir="ltr"> does this.
    """
    return f"\N{LEFT-TO-RIGHT ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def pdf(template: Path, data: dict[str, Any]) -> bytes:
    """Typeset a Typst file with data as a PDF/A-2b: what was handed to a family can still be opened in thirty years.

    The template reads `#let d = json(bytes(sys.inputs.data))` and sets `font: "IBM Plex Sans Arabic"`; data goes in as
    JSON, never as markup, so that no name can be a command. Days and amounts should come as text already in the
    reader's language. The template sees the files of its own folder, and nothing is fetched.
    Raises typst.TypstError when the template itself is wrong.
    """
    import typst  # 80 MB: only pages that print pay for it

    return typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )


@cache
def _fonts() -> list[str]:
    import fontpkg

    return [str(Path(fontpkg.path("IBM Plex Sans Arabic")).parent)]
