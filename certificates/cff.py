"""Write the smallest font that shows some glyphs: a CID-keyed CFF, as PDF embeds it.

The format is Adobe's Technical Note #5176. Glyph n of the font is CID n; 0 is an empty .notdef.
Deliberately writes bare CFF only, with no hints: what a PDF needs, nothing an operating system
could install.
"""

from collections.abc import Sequence

from certificates.outlines import EM, Glyph

_ENDCHAR = b"\x0e"
_ADOBE, _IDENTITY = 391, 392  # the first two strings of our own


def write(name: str, glyphs: Sequence[Glyph]) -> bytes:
    """Return a font called `name` with `glyphs` as CIDs 1, 2, 3 …"""
    head = (
        b"\x01\x00\x04\x04"  # version 1.0, four bytes of header, offsets of four bytes
        + _index([name.encode("ascii")])
    )
    strings = _index([b"Adobe", b"Identity"]) + _index([])  # and no global subroutines
    # Every number that depends on a position is five bytes long, so the sizes are known first.
    top_size = len(_index([_top(0, 0, 0, 0, 0)]))
    private = _number(EM) + b"\x14"  # defaultWidthX; nominalWidthX stays 0
    many = len(glyphs)
    charset = b"\x02\x00\x01" + (many - 1).to_bytes(2, "big") if many else b"\x00"
    select = b"\x03\x00\x01\x00\x00\x00" + (many + 1).to_bytes(2, "big")
    charstrings = _index([_ENDCHAR, *(glyph.charstring for glyph in glyphs)])
    charset_at = len(head) + top_size + len(strings)
    select_at = charset_at + len(charset)
    charstrings_at = select_at + len(select)
    private_at = charstrings_at + len(charstrings)
    fonts_at = private_at + len(private)
    fonts = _index([_long(len(private)) + _long(private_at) + b"\x12"])
    top = _top(charset_at, select_at, charstrings_at, fonts_at, many + 1)
    return b"".join((head, _index([top]), strings, charset, select, charstrings, private, fonts))


def _top(charset: int, select: int, charstrings: int, fonts: int, count: int) -> bytes:
    return b"".join(
        (
            _number(_ADOBE) + _number(_IDENTITY) + _number(0) + b"\x0c\x1e",  # ROS, first of all
            _long(count) + b"\x0c\x22",
            _long(charset) + b"\x0f",
            _long(charstrings) + b"\x11",
            _long(fonts) + b"\x0c\x24",
            _long(select) + b"\x0c\x25",
        )
    )


def _index(items: Sequence[bytes]) -> bytes:
    """Write an INDEX: a count, offsets from 1, the data."""
    if not items:
        return b"\x00\x00"
    offsets, at = [1], 1
    for item in items:
        at += len(item)
        offsets.append(at)
    size = 2 if at < 1 << 16 else 4
    table = b"".join([offset.to_bytes(size, "big") for offset in offsets])
    return len(items).to_bytes(2, "big") + bytes((size,)) + table + b"".join(items)


def _number(value: int) -> bytes:
    """Write a small whole number of a DICT, shortest form."""
    if -107 <= value <= 107:
        return bytes((value + 139,))
    return b"\x1c" + value.to_bytes(2, "big", signed=True)


def _long(value: int) -> bytes:
    return b"\x1d" + value.to_bytes(4, "big")
