import io
import random

import pytest
from PIL import Image, PngImagePlugin

from hajar.lib import pictures

RED, BLUE = (200, 30, 30), (30, 30, 200)
GPS, ORIENTATION, CAMERA = 0x8825, 0x0112, 0x0110


def photo(width=400, height=300, *, kind="JPEG", orientation=None, gps=False, **options):
    """A picture, red on its left half and blue on its right."""
    picture = Image.new("RGB", (width, height), BLUE)
    picture.paste(RED, (0, 0, width // 2, height))
    exif = picture.getexif()
    if orientation:
        exif[ORIENTATION] = orientation
    if gps:
        exif[CAMERA] = "Somebody's phone"
        exif.get_ifd(GPS).update({1: "N", 2: (33.0, 35.0, 24.0), 3: "W", 4: (7.0, 37.0, 12.0)})
    data = io.BytesIO()
    picture.save(data, kind, exif=exif, **options)
    return data.getvalue()


def opened(data):
    return Image.open(io.BytesIO(data))


def test_the_place_where_a_photo_was_taken_is_gone():
    before = photo(gps=True)
    assert opened(before).getexif().get_ifd(GPS)
    after = pictures.tidy(before)
    assert not dict(opened(after).getexif()) and not opened(after).getexif().get_ifd(GPS)
    assert b"phone" not in after and b"Exif" not in after and b"EXIF" not in after


def test_colour_profiles_and_comments_are_gone_too():
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "Chaimae, hay Salam")
    for before in (photo(icc_profile=b"x" * 200, comment=b"Chaimae"), photo(kind="PNG", pnginfo=text)):
        for kind in ("WEBP", "PNG"):
            after = pictures.tidy(before, to=kind)
            assert b"Chaimae" not in after
            assert not {"icc_profile", "comment", "Comment"} & set(opened(after).info)


def test_a_photo_taken_sideways_stands_upright():
    upright = opened(pictures.tidy(photo(400, 300, orientation=6))).convert("RGB")
    assert upright.size == (300, 400)
    top, bottom = upright.getpixel((150, 40)), upright.getpixel((150, 360))
    assert top[0] > 150 > top[2] and bottom[2] > 150 > bottom[0]


@pytest.mark.parametrize(
    ("size", "fitted"), [((4000, 3000), (1280, 960)), ((300, 2000), (192, 1280)), ((40, 30), (40, 30))]
)
def test_a_large_photo_is_made_small_and_a_small_one_left(size, fitted):
    assert opened(pictures.tidy(photo(*size))).size == fitted


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_three_usual_kinds_come_out_as_webp(kind):
    assert opened(pictures.tidy(photo(kind=kind))).format == "WEBP"
    assert opened(pictures.tidy(photo(kind=kind), to="PNG")).format == "PNG"


def test_a_signature_keeps_its_clear_ground():
    data = io.BytesIO()
    Image.new("RGBA", (50, 20), (0, 0, 0, 0)).save(data, "PNG")
    assert opened(pictures.tidy(data.getvalue(), to="PNG")).convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"Aya", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff" + bytes(2000)),
        *(photo()[:200], photo(kind="PNG")[:60], photo(kind="GIF"), photo(kind="BMP"), photo(kind="TIFF")),
    ],
)
def test_what_is_no_photo_is_refused(data):
    with pytest.raises(pictures.NotAPicture):
        pictures.tidy(data)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_spoilt_metadata_gives_a_picture_or_a_refusal():
    chance = random.Random(1997)
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = photo(60, 40, kind=kind, gps=True, orientation=6)
        for _time in range(150):
            spoilt = bytearray(whole)
            for _byte in range(chance.randint(1, 6)):
                spoilt[chance.randrange(min(len(spoilt), 700))] = chance.randrange(256)
            try:
                assert pictures.tidy(bytes(spoilt))
            except pictures.NotAPicture:
                pass


def test_a_picture_that_would_fill_the_memory_is_refused_unopened(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 400 * 300 - 1)
    with pytest.raises(pictures.NotAPicture):
        pictures.tidy(photo(400, 300, kind="PNG"))
    monkeypatch.setattr(pictures, "MOST_PIXELS", 400 * 300)
    assert pictures.tidy(photo(400, 300, kind="PNG"))


def test_a_file_that_is_too_heavy_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_BYTES", 100)
    with pytest.raises(pictures.NotAPicture):
        pictures.tidy(photo())
