"""Seal for the server what a phone keeps while nobody is signed in, and open it here.

A box is made for one public key (P-256): an ephemeral key agrees on a secret with it (ECDH), HKDF-SHA-256 makes a
key of the secret, AES-256-GCM encrypts. static/mobile/sealing.js does the same with WebCrypto. A box is

    b"HJR1" + the ephemeral public key (65 bytes, uncompressed) + nonce (12 bytes) + ciphertext with its tag
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MARK = b"HJR1"
_POINT, _NONCE = 65, 12
OVERHEAD = len(MARK) + _POINT + _NONCE + 16
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class CannotOpen(ValueError):
    """What came is no box, was made for another key, or was changed on the way."""


def private_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """The key that belongs to a secret of the settings: the same secret always gives the same key."""
    derive = HKDF(algorithm=hashes.SHA256(), length=48, salt=None, info=b"hajar phone key")
    number = int.from_bytes(derive.derive(secret.encode()), "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def public_key(secret: str) -> bytes:
    """What a phone seals with: an uncompressed point."""
    return _point(private_key(secret).public_key())


def seal(data: bytes, public: bytes) -> bytes:
    ours = ec.generate_private_key(ec.SECP256R1())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    point, nonce = _point(ours.public_key()), secrets.token_bytes(_NONCE)
    key = _key(ours.exchange(ec.ECDH(), theirs), point)
    return MARK + point + nonce + AESGCM(key).encrypt(nonce, data, MARK)


def is_box(data: bytes) -> bool:
    return data.startswith(MARK)


def unseal(box: bytes, keys: list[str]) -> bytes:
    """What is in a box, with the first of these secrets that opens it. Raises CannotOpen."""
    if not is_box(box) or len(box) < OVERHEAD:
        raise CannotOpen
    start = len(MARK)
    point, rest = box[start : start + _POINT], box[start + _POINT :]
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as fault:
        raise CannotOpen from fault
    for secret in keys:
        key = _key(private_key(secret).exchange(ec.ECDH(), theirs), point)
        try:
            return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], MARK)
        except InvalidTag:
            continue
    raise CannotOpen


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _key(shared: bytes, point: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=point, info=b"hajar box").derive(shared)
