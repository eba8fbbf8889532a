"""The fonts of one certificate as PDF objects: only its own glyphs, each with its Unicode.

A font that holds glyphs of other people's names would tell who else was certified that day, so
each is written anew. Deliberately knows nothing of pages.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from certificates import cff
from certificates.fonts import Face
from certificates.outlines import EM, Glyph

# Numbers of an object: given its body, returns "n 0 R".
Add = Callable[[bytes], str]
_LEVEL, _WINDOW = 1, 12  # texts of a few thousand bytes: a large window only costs its clearing
_MOST_PAIRS = 100  # of one block of a CMap
_MAP_HEAD = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap "
    "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def "
    "/CMapName /Adobe-Identity-UCS def /CMapType 2 def "
    "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
)
_MAP_END = "endcmap CMapName currentdict /CMap defineresource pop end end"


def embed(face: Face, used: Mapping[str, Glyph], add: Add) -> str:
    """Add a font with the glyphs of some characters; return its reference.

    CIDs run from 1 in the order of the mapping.
    """
    glyphs = list(used.values())
    plain = f"{face.family.replace(' ', '')}-{'Bold' if face.bold else 'Regular'}"
    name = f"{_tag(''.join(used))}+{plain}"
    # Outlines hardly shrink (an eighth), and compressing them would be a sixth of all the work.
    program = _plain_stream(cff.write(name, glyphs), "/Subtype /CIDFontType0C")
    descriptor = add(
        f"<</Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [-1000 -500 2000 1500] "
        f"/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 733 "
        f"/StemV {140 if face.bold else 80} /FontFile3 {add(program)}>>".encode()
    )
    widths = " ".join([str(glyph.width) for glyph in glyphs])
    descendant = add(
        f"<</Type /Font /Subtype /CIDFontType0 /BaseFont /{name} "
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> "
        f"/FontDescriptor {descriptor} /DW {EM} /W [1 [{widths}]]>>".encode()
    )
    return add(
        f"<</Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
        f"/DescendantFonts [{descendant}] /ToUnicode {add(stream(_to_unicode(used)))}>>".encode()
    )


def stream(body: bytes) -> bytes:
    """Return a compressed stream."""
    packed = zlib.compress(body, _LEVEL, _WINDOW)
    head = f"<</Filter /FlateDecode /Length {len(packed)}>>\nstream\n"
    return head.encode() + packed + b"\nendstream"


def _plain_stream(body: bytes, entries: str) -> bytes:
    head = f"<<{entries} /Length {len(body)}>>\nstream\n"
    return head.encode() + body + b"\nendstream"


def _to_unicode(used: Iterable[str]) -> bytes:
    pairs = [f"<{cid:04X}> <{_utf16(character)}>\n" for cid, character in enumerate(used, start=1)]
    blocks = [pairs[at : at + _MOST_PAIRS] for at in range(0, len(pairs), _MOST_PAIRS)]
    text = "".join(f"{len(b)} beginbfchar\n{''.join(b)}endbfchar\n" for b in blocks)
    return f"{_MAP_HEAD}{text}{_MAP_END}".encode()


@lru_cache(maxsize=20_000)
def _utf16(character: str) -> str:
    return character.encode("utf-16-be").hex().upper()


def _tag(characters: str) -> str:
    """Return six capital letters that tell one subset from another."""
    left = zlib.crc32(characters.encode())
    letters = []
    for _n in range(6):
        left, letter = divmod(left, 26)
        letters.append(chr(ord("A") + letter))
    return "".join(letters)
