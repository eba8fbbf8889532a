"""Break texts into lines and write them as operators of a PDF page, glyph by glyph.

Used for what differs from one certificate to the next; everything else is WeasyPrint's. Lines
break where Chinese typesetting allows: between ideographs, at spaces, never before a closing mark
or after an opening one. Deliberately has no shaping, kerning or right-to-left scripts; texts that
need them are refused before they come here (see `certificates.fonts`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from certificates.fontset import Cut
from certificates.outlines import EM, Glyph, Outlines

POINTS_PER_MM = 72 / 25.4
_NOT_FIRST = frozenset("，。、；：？！）》」』】〕’”·,.;:?!)]}%…—-–/")
_NOT_LAST = frozenset("（《「『【〔‘“([{")
_BREAKS_AFTER = frozenset(" -·–/")
_FIRST_WIDE = "\u2e80"


@dataclass(frozen=True)
class Run:
    """A text in one cut, size (points), colour and letter spacing (em)."""

    text: str
    cut: Cut
    size: float
    colour: str
    spacing: float = 0.0

    @cached_property
    def width(self) -> float:
        """Width in points, the last letter's spacing left out."""
        return width(self.text, self.cut, self.spacing) * self.size


@dataclass(eq=False)
class Font:
    """One face on a page: its resource name, and its glyphs by character, numbered from 1."""

    name: str
    glyphs: dict[str, tuple[int, Glyph]] = field(default_factory=dict)

    def code(self, character: str, glyph: Glyph) -> str:
        """Return the glyph's number as four hexadecimal digits."""
        if (known := self.glyphs.get(character)) is None:
            known = self.glyphs[character] = len(self.glyphs) + 1, glyph
        return f"{known[0]:04X}"


@dataclass(eq=False)
class Ink:
    """The fonts of one page as they fill up, and the operators written so far."""

    fonts: dict[Outlines, Font] = field(default_factory=dict)
    operators: list[str] = field(default_factory=list)

    def text(self, runs: Iterable[Run], x: float, y: float) -> None:
        """Write runs one after another; `x`, `y` are points from the lower left, at the baseline."""
        for run in runs:
            self._run(run, x, y)
            x += run.width + run.spacing * run.size

    def _run(self, run: Run, x: float, y: float) -> None:
        find, operators = run.cut.get, self.operators
        operators.append(
            f"BT {run.colour} rg {run.size * run.spacing:.3f} Tc 1 0 0 1 {x:.2f} {y:.2f} Tm"
        )
        face, font, codes = None, Font(""), list[str]()
        for character in run.text:
            outlines, glyph = find(character)
            if outlines is not face:
                self._show(font, run.size, codes)
                face, font, codes = outlines, self._font(outlines), []
            codes.append(font.code(character, glyph))
        self._show(font, run.size, codes)
        operators.append("ET")

    def _show(self, font: Font, size: float, codes: list[str]) -> None:
        if codes:
            self.operators.append(f"/{font.name} {size:g} Tf <{''.join(codes)}> Tj")

    def _font(self, outlines: Outlines) -> Font:
        if (font := self.fonts.get(outlines)) is None:
            font = self.fonts[outlines] = Font(f"Pz{len(self.fonts)}")
        return font


def width(text: str, cut: Cut, spacing: float = 0.0) -> float:
    """Return the width of a text in em, without the spacing after its last letter."""
    find = cut.get
    total = sum([find(character)[1].width for character in text])
    return total / EM + spacing * max(0, len(text) - 1)


def lines(text: str, cut: Cut, room: float, spacing: float = 0.0) -> list[str]:
    """Break a text into lines of at most `room` em.

    A piece without a place to break that is longer than a line is broken anywhere: a name of
    sixty letters is still a name.
    """
    if width(text, cut, spacing) <= room:
        return [text] if text else []
    found, begun, may_end, taken, since = list[str](), 0, 0, 0.0, 0.0
    for at, character in enumerate(text):
        if at and _may_break(text[at - 1], character):
            may_end, since = at, taken
        taken += cut.get(character)[1].width / EM + spacing
        # A space at the end of a line takes no room.
        if taken - spacing > room and character != " " and at > begun:
            if may_end <= begun:
                may_end, since = at, taken - cut.get(character)[1].width / EM - spacing
            found.append(text[begun:may_end].rstrip())
            begun, taken = may_end, taken - since
    return [*found, text[begun:].rstrip()]


def colour(written: str) -> str:
    """Turn `#rrggbb` into the three numbers of a PDF colour."""
    red, green, blue = (int(written[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return f"{red:.3f} {green:.3f} {blue:.3f}"


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return before >= _FIRST_WIDE or after >= _FIRST_WIDE or before in _BREAKS_AFTER
