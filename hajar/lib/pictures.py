"""Pictures that people send: read with care, made small, stripped of all but the picture (EXIF, GPS, comments)."""

import io
import warnings

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 40_000_000


class NotAPicture(ValueError):
    """What was sent is no JPEG, PNG or WebP picture, or is too large to be opened safely."""


def tidy(data: bytes, *, longest: int = 1280, to: str = "WEBP") -> bytes:
    """The picture upright, at most `longest` pixels on its longer side, as WEBP or PNG, without any metadata.

    Raises NotAPicture. A picture is measured before it is unpacked, so that a small file cannot fill the memory.
    """
    if len(data) > MOST_BYTES:
        raise NotAPicture("too many bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise NotAPicture("too many pixels")
        picture.draft("RGB", (longest, longest))
        picture = ImageOps.exif_transpose(picture)
        picture.thumbnail((longest, longest))
        clear = "A" in picture.getbands() or "transparency" in picture.info
        clean = Image.new("RGBA" if clear else "RGB", picture.size)
        clean.paste(picture.convert(clean.mode))
    except NotAPicture:
        raise
    except (
        Exception
    ) as fault:  # Pillow raises whatever it stumbles over in spoilt metadata: TypeError, struct.error ...
        raise NotAPicture("unreadable") from fault
    out = io.BytesIO()
    if to == "PNG":
        clean.save(out, "PNG", optimize=True)
    else:
        clean.save(out, "WEBP", quality=80)
    return out.getvalue()
