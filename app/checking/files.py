"""A certificate file that somebody hands in, compared with what was issued. It is not stored.

The register holds the SHA-256 of each file; the signature tells what became of a file that is not
among them. Who has an original has seen all that is printed on it, so it is shown in full; a number
that a changed file merely claims gives nothing away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.awards import cards, keys
from app.checking import register
from app.checking.register import Reading
from certificates import signed_file
from certificates.signed_file import Seal
from certificates.signing import SigningError


class Kind(StrEnum):
    """What a handed-in file is."""

    ORIGINAL = "original"
    """Byte for byte as it was issued."""
    ADDED_TO = "added_to"
    """An issued file behind which something was written."""
    CHANGED = "changed"
    """Signed, and changed afterwards."""
    FOREIGN = "foreign"
    """Whole, but the signature is not this association's."""
    UNKNOWN = "unknown"
    """Whole and signed by this association, but no file of the register."""
    UNSIGNED = "unsigned"
    """No signature: printed anew, saved anew, photographed, or made by somebody."""


@dataclass(frozen=True)
class Compared:
    """The outcome, and the certificate whose file it is or was."""

    kind: Kind
    reading: Reading
    number: str
    """What the file calls itself; anybody may write a number into a file."""
    signer: str


def compare(data: bytes, now: datetime) -> Compared:
    """Compare a file with the register. Raises NotAPdfError."""
    seen = signed_file.read(data)
    reading = register.by_file(cards.file_of(seen.sha256), now)
    if reading.found:
        return Compared(Kind.ORIGINAL, reading, seen.number, seen.signer)
    if seen.seal is Seal.LONGER:
        before = register.by_file(cards.file_of(seen.signed_sha256), now)
        if before.found:
            return Compared(Kind.ADDED_TO, before, seen.number, seen.signer)
    kind = {
        Seal.NONE: Kind.UNSIGNED,
        Seal.BROKEN: Kind.CHANGED,
        Seal.LONGER: Kind.CHANGED,
        Seal.WHOLE: Kind.UNKNOWN if seen.fingerprint == _our_fingerprint() else Kind.FOREIGN,
    }[seen.seal]
    return Compared(kind, reading, seen.number, seen.signer)


def _our_fingerprint() -> str:
    """Return that of the key in force; nothing where there is none."""
    try:
        return keys.signer().fingerprint
    except SigningError:
        return ""
