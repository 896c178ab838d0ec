import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from hajar.backups import filing
from hajar.lib import sealing
from tests.backups.conftest import SECRET, flip


@pytest.fixture
def store(folder):
    return filing.Store(folder, secret=SECRET)


@pytest.fixture
def media(tmp_path):
    return FileSystemStorage(location=tmp_path / "media")


def test_what_was_put_comes_out_and_the_same_content_is_one_piece(store):
    piece = store.put(io.BytesIO(b"photo"))
    assert store.put(io.BytesIO(b"photo")) == piece != store.put(io.BytesIO(b"paper"))
    with store.get(piece) as content:
        assert content.read() == b"photo"
    assert piece.size == 5
    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == 2


def test_a_piece_that_took_the_place_of_another_is_noticed(store):
    """Sealed and whole, with the right key, and yet not what its name says."""
    photo, paper = store.put(io.BytesIO(b"photo")), store.put(io.BytesIO(b"paper"))
    store.path(photo.digest).write_bytes(store.path(paper.digest).read_bytes())
    assert filing.faults({"a": photo, "b": paper}, store=store) == {
        "a": "A file in the store is not the one that its name says."
    }


def test_pieces_that_are_gone_or_altered_are_told_by_name(store, folder):
    gone, altered, good = (store.put(io.BytesIO(content)) for content in (b"1", b"2", b"3"))
    store.path(gone.digest).unlink()
    flip(store.path(altered.digest), -3)
    assert filing.faults({"gone": gone, "altered": altered, "good": good}, store=store) == {
        "gone": "is not in the store",
        "altered": "The file was altered or damaged.",
    }
    with pytest.raises(sealing.WrongKey), filing.Store(folder, secret=SECRET[::-1]).get(good):
        pass


def test_files_come_back_where_they_are_missing_or_short_and_nowhere_else(store, media):
    pieces = {f"children/{n}.webp": store.put(io.BytesIO(b"photo %d" % n)) for n in (1, 2, 3)}
    media.save("children/1.webp", ContentFile(b"photo 1"))
    media.save("children/2.webp", ContentFile(b"pho"))
    assert filing.bring_back(pieces, store=store, target=media) == 2
    for number in (1, 2, 3):
        with media.open(f"children/{number}.webp") as file:
            assert file.read() == b"photo %d" % number
    assert filing.bring_back(pieces, store=store, target=media) == 0
