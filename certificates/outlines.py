"""Glyphs of a face as Type 2 charstrings, which every certificate copies into a font of its own.

Whatever the source (CFF with subroutines, TrueType curves, 1000 or 1024 units), a glyph comes out
alike: 1000 units an em, no subroutines, no hints, cubic curves. So a font for one holder is put
together by copying bytes. Deliberately does no shaping: the texts here are ideographs, Latin
letters and punctuation, one glyph a character.
"""

import threading
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from weakref import finalize

from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from certificates.fonts import Face

EM = 1000
"""Units an em, and the width of a glyph whose charstring does not state one."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph: its charstring and its advance in thousandths of an em."""

    charstring: bytes
    width: int


@dataclass(eq=False)
class Outlines:
    """The glyphs of one face, read when they are first asked for and kept."""

    face: Face
    _glyphs: dict[int, Glyph | None] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _opened: tuple[Any, Any, dict[int, str]] | None = field(default=None, repr=False)

    def find(self, code: int) -> Glyph | None:
        """Return the glyph of a code point, or None where the face has none."""
        if code not in self._glyphs:
            with self._lock:  # fontTools draws one glyph of a file at a time
                if code not in self._glyphs:
                    self._glyphs[code] = self._read(code)
        return self._glyphs[code]

    def _read(self, code: int) -> Glyph | None:
        if self._opened is None:
            font = TTFont(self.face.path, fontNumber=self.face.index, lazy=True)
            finalize(self, font.close)  # the file stays open as long as glyphs may be asked for
            self._opened = font, font.getGlyphSet(), font.getBestCmap()
        font, drawn, names = self._opened
        if code not in names:
            return None
        if self.face.prepared:
            charstring = font["CFF "].cff.topDictIndex[0].CharStrings[names[code]]
            return Glyph(charstring.bytecode, font["hmtx"].metrics[names[code]][0])
        return outline(drawn[names[code]], drawn, font["head"].unitsPerEm)


@cache
def outlines(face: Face) -> Outlines:
    """Return the glyphs of a face, once a process."""
    return Outlines(face)


def outline(glyph: Any, glyphs: Any, units: int) -> Glyph:
    """Redraw one glyph of a font with `units` an em in the common form."""
    width = round(glyph.width * EM / units)
    pen = T2CharStringPen(None if width == EM else width, glyphs)
    scale = EM / units
    glyph.draw(pen if units == EM else TransformPen(pen, (scale, 0, 0, scale, 0, 0)))
    charstring = pen.getCharString()
    charstring.compile()
    return Glyph(charstring.bytecode, width)
