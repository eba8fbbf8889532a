"""The three ways in which credentials write bytes as letters: base64url, base58btc, Multikey.

RFC 4648 §5 without padding; the alphabet of Bitcoin; W3C Controlled Identifiers §2.2.2 (`z` and
two bytes that say Ed25519). Deliberately strict when reading: one value has one spelling.
"""

import base64
import binascii

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = b"\xed\x01"
_KEY_BYTES = 32
_LONGEST = 200  # characters of base58: keys and signatures need 90


class EncodingError(ValueError):
    """The letters do not stand for bytes in this way."""


def to_base64url(data: bytes) -> str:
    """Write bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Read base64url without padding. Raises EncodingError for anything else."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise EncodingError("not base64url") from error
    if to_base64url(data) != text:
        raise EncodingError("not base64url in its one spelling")
    return data


def to_base58(data: bytes) -> str:
    """Write bytes as base58btc."""
    number, letters = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        letters = _ALPHABET[digit] + letters
    return _ALPHABET[0] * (len(data) - len(data.lstrip(b"\0"))) + letters


def from_base58(text: str) -> bytes:
    """Read base58btc. Raises EncodingError."""
    if len(text) > _LONGEST:
        raise EncodingError("too long for base58")
    number = 0
    for letter in text:
        digit = _ALPHABET.find(letter)
        if digit < 0:
            raise EncodingError("not base58")
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip(_ALPHABET[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def to_multikey(public: bytes) -> str:
    """Write an Ed25519 public key as Multikey (`z6Mk…`)."""
    return "z" + to_base58(_ED25519 + public)


def from_multikey(text: str) -> bytes:
    """Read an Ed25519 public key. Raises EncodingError for keys of another kind as well."""
    data = from_base58(text[1:]) if text[:1] == "z" else b""
    if data[:2] != _ED25519 or len(data) != 2 + _KEY_BYTES:
        raise EncodingError("not an Ed25519 key as Multikey")
    return data[2:]
