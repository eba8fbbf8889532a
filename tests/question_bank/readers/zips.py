"""Make zip archives, good ones and forged ones, for the tests of everything that opens zips."""

import struct
import zipfile
from io import BytesIO

MANIFEST = b'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>%s</resources></manifest>'


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Make a plain archive."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def one_member(info: zipfile.ZipInfo, content: bytes = b"x") -> bytes:
    """Make an archive of one member with a header of its own."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, content)
    return buffer.getvalue()


def set_flag(data: bytes, flag: int) -> bytes:
    """Set a general-purpose flag in the local and the central header of the only member."""
    changed = bytearray(data)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(signature) + at
        (old,) = struct.unpack_from("<H", changed, place)
        struct.pack_into("<H", changed, place, old | flag)
    return bytes(changed)


def set_size(data: bytes, size: int, *, local: bool = True) -> bytes:
    """Forge the unpacked size of the only member."""
    changed = bytearray(data)
    if local:
        struct.pack_into("<L", changed, changed.find(b"PK\x03\x04") + 22, size)
    struct.pack_into("<L", changed, changed.find(b"PK\x01\x02") + 24, size)
    return bytes(changed)


def overlapping() -> bytes:
    """Make two entries of the directory point at the same bytes."""
    data = bytearray(packed({"a": b"1" * 50, "b": b"1" * 50}, zipfile.ZIP_STORED))
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 1)
    struct.pack_into("<L", data, second + 42, 0)
    return bytes(data)
