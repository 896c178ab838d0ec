import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hajar.lib import sealing

SECRET, OTHER = "a key of forty characters, well kept ....", "another key of forty characters, not it .."
KINDS = ["", SECRET]
LONG = bytes(range(256)) * 9000  # three pieces


def sealed(content: bytes, secret: str = SECRET, kind: str = "letter") -> bytes:
    target = io.BytesIO()
    writer = sealing.Writer(target, kind=kind, secret=secret)
    writer.write(content)
    writer.finish()
    return target.getvalue()


def opened(data: bytes, secret: str = SECRET, kind: str = "letter") -> bytes:
    return sealing.Reader(io.BytesIO(data), kind=kind, secret=secret).read()


@pytest.mark.parametrize("secret", KINDS)
@pytest.mark.parametrize("size", [0, 1, sealing.PIECE - 1, sealing.PIECE, sealing.PIECE + 1, 2 * sealing.PIECE])
def test_what_was_sealed_comes_out_as_it_went_in(secret, size):
    content = (LONG * 2)[:size]
    assert opened(sealed(content, secret), secret) == content


@given(st.lists(st.binary(max_size=300), max_size=8), st.integers(1, 400))
@settings(max_examples=30, deadline=None)
def test_it_may_be_written_and_read_in_any_portions(parts, portion):
    target = io.BytesIO()
    writer = sealing.Writer(target, kind="letter")
    for part in parts:
        writer.write(part)
    writer.finish()
    reader = sealing.Reader(io.BytesIO(target.getvalue()), kind="letter")
    read = list(iter(lambda: reader.read(portion), b""))
    assert b"".join(read) == b"".join(parts)
    assert all(len(part) == portion for part in read[:-1])


def test_nothing_of_the_content_can_be_seen_without_the_key():
    assert b"Yasmine" not in sealed(b"Yasmine waits for a chair")
    assert sealed(b"same") != sealed(b"same")


@pytest.mark.parametrize("secret", KINDS)
def test_a_file_that_was_cut_anywhere_is_refused(secret):
    data = sealed(LONG, secret)
    header = len(sealing.MAGIC) + 4
    first_piece_ends = data.index(b"}") + 1 + 32 + 4 + sealing.PIECE + sealing.PROOF
    for length in (1, header, header + 5, first_piece_ends - 1, first_piece_ends, first_piece_ends + 2, len(data) - 1):
        with pytest.raises(sealing.CutOff):
            opened(data[:length], secret)


@pytest.mark.parametrize("secret", KINDS)
def test_one_flipped_bit_anywhere_is_noticed(secret):
    data = sealed(b"Yasmine waits for a chair", secret)
    for place in range(len(data)):
        altered = bytearray(data)
        altered[place] ^= 0x04
        with pytest.raises(sealing.Unreadable):
            opened(bytes(altered), secret)


@pytest.mark.parametrize("secret", KINDS)
def test_pieces_that_changed_places_are_noticed(secret):
    data = sealed(LONG, secret)
    begins, size = data.index(b"}") + 1 + 32, 4 + sealing.PIECE + sealing.PROOF
    first, second = data[begins : begins + size], data[begins + size : begins + 2 * size]
    with pytest.raises(sealing.Altered):
        opened(data[:begins] + second + first + data[begins + 2 * size :], secret)


@pytest.mark.parametrize("secret", KINDS)
def test_a_piece_of_another_file_with_the_same_key_is_noticed(secret):
    one, other = sealed(b"one" * 9, secret), sealed(b"two" * 9, secret, kind="lettre")
    begins = one.index(b"}") + 1 + 32
    with pytest.raises(sealing.Unreadable):
        opened(one[:begins] + other[-(len(one) - begins) :], secret)


@pytest.mark.parametrize("secret", KINDS)
def test_a_file_that_goes_on_after_its_end_is_refused(secret):
    with pytest.raises(sealing.Altered, match="goes on"):
        opened(sealed(b"one", secret) + b"two", secret)


def test_an_empty_file_and_a_foreign_one_say_what_they_are():
    with pytest.raises(sealing.Empty):
        opened(b"")
    with pytest.raises(sealing.Foreign):
        opened(b"PGDMP and so on and so forth")
    with pytest.raises(sealing.Foreign, match="a newer Hajar"):
        opened(sealed(b"one", kind="letter 2"))


def test_a_wrong_key_is_told_from_a_damaged_file():
    with pytest.raises(sealing.WrongKey, match="another key"):
        opened(sealed(b"one"), OTHER)
    with pytest.raises(sealing.WrongKey, match="is needed"):
        opened(sealed(b"one"), "")


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="fewer than 32"):
        sealed(b"one", "short")


def test_an_interrupted_file_is_not_there_at_all(tmp_path):
    path = tmp_path / "letter"
    path.write_bytes(b"the one before")
    with pytest.raises(ZeroDivisionError), sealing.writing(path, kind="letter") as writer:
        writer.write(LONG)
        raise ZeroDivisionError
    assert [(kept.name, kept.read_bytes()) for kept in tmp_path.iterdir()] == [("letter", b"the one before")]


def test_a_finished_file_is_for_its_owner_only(tmp_path):
    with sealing.writing(tmp_path / "letter", kind="letter") as writer:
        writer.write(b"one")
    assert (tmp_path / "letter").stat().st_mode & 0o777 == 0o600


def test_names_made_from_content_say_nothing_without_the_secret():
    def name(secret):
        namer = sealing.name_maker(secret)
        namer.update(b"photo")
        return namer.hexdigest()

    assert name(SECRET) == name(SECRET)
    assert len({name(""), name(SECRET), name(OTHER)}) == 3
