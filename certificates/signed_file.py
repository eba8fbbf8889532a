"""A PDF that somebody hands in: is it signed, by which key, and is it whole (ISO 32000-1, 12.8).

Reads the first signature of the file with as little trust as possible: ranges, the CMS inside, the
digest, the signature over it. It says what can be seen of the bytes; whether the certificate is in
the register, and what it is worth today, are not for this file to say. Deliberately renders
nothing and follows no object of the file.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from certificates import der

MOST_BYTES = 10_000_000
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_TITLE = re.compile(rb"/Title\s*<[Ff][Ee][Ff][Ff]([0-9A-Fa-f\s]{4,2000})>")
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_CONTEXT_0, _SEQUENCE, _SET, _OCTETS = 0xA0, 0x30, 0x31, 0x04


class Seal(StrEnum):
    """What the signature of a file says of its bytes."""

    NONE = "none"
    """There is no signature, or none that can be read."""
    WHOLE = "whole"
    """Every byte is as it was signed."""
    LONGER = "longer"
    """What was signed is untouched, but something was added behind it."""
    BROKEN = "broken"
    """Bytes that were signed have been changed, or the signature itself has."""


@dataclass(frozen=True)
class SignedFile:
    """What can be seen of a file: its hash, its seal, who sealed it, and what it calls itself."""

    sha256: str
    seal: Seal
    signed_sha256: str
    """Of the file as it was when it was signed; empty unless the seal is `WHOLE` or `LONGER`."""
    fingerprint: str
    """SHA-256 of the signer's certificate, in capitals with colons; empty without one."""
    signer: str
    number: str
    """The last word of the file's title, where our files say their number. Anybody may write one."""


class NotAPdfError(ValueError):
    """The bytes are no PDF."""


def read(data: bytes) -> SignedFile:
    """Look at a file. Raises NotAPdfError; anything else strange about it is a finding."""
    if b"%PDF-" not in data[:1024]:
        raise NotAPdfError
    number = _number(data)
    sha256 = hashlib.sha256(data).hexdigest()
    found = _RANGE.search(data)
    if found is None:
        return SignedFile(sha256, Seal.NONE, "", "", "", number)
    first, length, second, rest = map(int, found.groups())
    end = second + rest
    hole = data[length:second]
    try:
        if first != 0 or not 0 < length < second <= end <= len(data):
            raise ValueError("ranges")
        cms = _Cms.read(bytes.fromhex(hole.strip(b"<>\x00 \r\n").decode("ascii")))
    except (ValueError, IndexError):
        return SignedFile(sha256, Seal.BROKEN, "", "", "", number)
    digest = hashlib.sha256(data[:length] + data[second:end]).digest()
    seal = Seal.BROKEN
    if cms.signs(digest):
        # A few bytes of white space behind the end mean nothing to a reader, but were not issued.
        seal = Seal.WHOLE if end == len(data) else Seal.LONGER
    own = cms.certificate
    names = own.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return SignedFile(
        sha256,
        seal,
        "" if seal is Seal.BROKEN else hashlib.sha256(data[:end]).hexdigest(),
        own.fingerprint(hashes.SHA256()).hex(":").upper(),
        str(names[0].value) if names else "",
        number,
    )


def _number(data: bytes) -> str:
    titles = _TITLE.findall(data)
    if not titles:
        return ""
    hexadecimal = b"".join(titles[-1].split())
    if len(hexadecimal) % 4:
        return ""
    words = bytes.fromhex(hexadecimal.decode("ascii")).decode("utf-16-be", "replace").split()
    return words[-1][:40] if words else ""


@dataclass(frozen=True)
class _Cms:
    """The parts of a CMS signature that matter (RFC 5652): one signer, ECDSA over SHA-256."""

    certificate: x509.Certificate
    attributes: bytes
    """The contents of the signed attributes, which are signed as a SET."""
    digest: bytes
    signature: bytes

    @classmethod
    def read(cls, data: bytes) -> "_Cms":
        """Read the bytes. Raises ValueError or IndexError for anything that is not such a signature."""
        signed = _parts(_first(_parts(_first(data, _SEQUENCE))[1][1], _SEQUENCE))
        certificates = next(body for tag, body in signed if tag == _CONTEXT_0)
        infos = [body for tag, body in signed if tag == _SET][-1]
        info = _parts(_first(infos, _SEQUENCE))
        attributes = next(body for tag, body in info if tag == _CONTEXT_0)
        signature = next(body for tag, body in info if tag == _OCTETS)
        at = attributes.index(_MESSAGE_DIGEST) + len(_MESSAGE_DIGEST)
        digest = _first(_first(attributes[at:], _SET), _OCTETS)
        key = info[1][1]  # issuer and serial of the signer's certificate
        for tag, body in _parts(certificates):
            one = x509.load_der_x509_certificate(der.tlv(tag, body))
            if key.startswith(one.issuer.public_bytes()) and _ends_with(key, one.serial_number):
                return cls(one, attributes, digest, signature)
        raise ValueError("no certificate of the signer's")

    def signs(self, digest: bytes) -> bool:
        """Tell whether this is a signature of the certificate's key over a document's digest."""
        key = self.certificate.public_key()
        if self.digest != digest or not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        try:
            key.verify(self.signature, der.tlv(_SET, self.attributes), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


def _ends_with(key: bytes, serial: int) -> bool:
    last = _parts(key)[-1][1]
    return int.from_bytes(last, "big", signed=True) == serial


def _first(data: bytes, tag: int) -> bytes:
    found, body, _rest = _take(data)
    if found != tag:
        raise ValueError("another value")
    return body


def _parts(data: bytes) -> list[tuple[int, bytes]]:
    parts = []
    while data:
        tag, body, data = _take(data)
        parts.append((tag, body))
    return parts


def _take(data: bytes) -> tuple[int, bytes, bytes]:
    """Return tag and contents of the first value, and what follows it."""
    tag, size, at = data[0], data[1], 2
    if size & 0x80:
        more = size & 0x7F
        size, at = int.from_bytes(data[2 : 2 + more], "big"), 2 + more
    if not 0 < at + size <= len(data):
        raise ValueError("longer than the bytes")
    return tag, data[at : at + size], data[at + size :]
