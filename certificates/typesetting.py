"""Break texts into lines and write them as operators of a PDF page, glyph by glyph.

Used for what differs from one certificate to the next; everything else is WeasyPrint's. Lines
break where Chinese typesetting allows: between ideographs, at spaces, never before a closing mark
or after an opening one. Deliberately has no shaping, kerning or right-to-left scripts; texts that
need them are refused before they come here (see `certificates.fonts`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import itemgetter

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
    glyphs: dict[str, Glyph] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    """The numbers of the glyphs as four hexadecimal digits."""

    def take(self, text: str, glyphs: Iterable[Glyph]) -> str:
        """Take up the glyphs of a text; return it as their numbers."""
        for character, glyph in zip(text, glyphs, strict=True):
            if character not in self.codes:
                self.glyphs[character] = glyph
                self.codes[character] = f"{len(self.glyphs):04X}"
        return "".join(map(self.codes.__getitem__, text))


@dataclass(eq=False)
class Ink:
    """The fonts of one page as they fill up, and the operators written so far."""

    fonts: dict[Outlines, Font] = field(default_factory=dict)
    operators: list[str] = field(default_factory=list)

    def text(self, runs: Iterable[Run], x: float, y: float) -> None:
        """Write runs one after another; `x`, `y` are points from the lower left, at the baseline."""
        for run in runs:
            self.operators.append(
                f"BT {run.colour} rg {run.size * run.spacing:.3f} Tc 1 0 0 1 {x:.2f} {y:.2f} Tm"
            )
            at = 0
            for face, drawn in groupby(run.cut.glyphs(run.text), itemgetter(0)):
                glyphs = [glyph for _face, glyph in drawn]
                font = self._font(face)
                codes = font.take(run.text[at : at + len(glyphs)], glyphs)
                self.operators.append(f"/{font.name} {run.size:g} Tf <{codes}> Tj")
                at += len(glyphs)
            self.operators.append("ET")
            x += run.width + run.spacing * run.size

    def _font(self, outlines: Outlines) -> Font:
        if (font := self.fonts.get(outlines)) is None:
            font = self.fonts[outlines] = Font(f"Pz{len(self.fonts)}")
        return font


def width(text: str, cut: Cut, spacing: float = 0.0) -> float:
    """Return the width of a text in em, without the spacing after its last letter."""
    return sum(cut.widths(text)) / EM + spacing * max(0, len(text) - 1)


def lines(text: str, cut: Cut, room: float, spacing: float = 0.0) -> list[str]:
    """Break a text into lines of at most `room` em.

    A piece without a place to break that is longer than a line is broken anywhere: a name of
    sixty letters is still a name.
    """
    widths = cut.widths(text)
    if sum(widths) / EM + spacing * max(0, len(text) - 1) <= room:
        return [text] if text else []
    found, begun, may_end, taken, since = list[str](), 0, 0, 0.0, 0.0
    before = ""
    for at, character in enumerate(text):
        own = widths[at] / EM + spacing
        if before and _may_break(before, character):
            may_end, since = at, taken
        # A space at the end of a line takes no room.
        if taken + own - spacing > room and character != " " and at > begun:
            if may_end <= begun:
                may_end, since = at, taken
            found.append(text[begun:may_end])  # with its space, for those who copy or listen
            begun, taken = may_end, taken - since
        taken += own
        before = character
    return [*found, text[begun:].rstrip()]


def colour(written: str) -> str:
    """Turn `#rrggbb` into the three numbers of a PDF colour."""
    red, green, blue = (int(written[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return f"{red:.3f} {green:.3f} {blue:.3f}"


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return before >= _FIRST_WIDE or after >= _FIRST_WIDE or before in _BREAKS_AFTER
