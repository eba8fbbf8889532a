"""The font set of an installation: our faces cut down, once, to the characters certificates need.

Debian's collections hold 65,000 glyphs a face for five countries; opening them takes a process half
a second and 60 MB. The set made here holds 通用规范汉字表, Latin and punctuation. It is only
faster: a character that is not in it is taken from the face it was made from, so nothing ever
depends on the set being there. Run `python -m certificates.fontset` at set-up.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.misc.psCharStrings import T2CharString
from fontTools.ttLib import TTFont, TTLibError

from certificates.characters import wanted
from certificates.fonts import Face, Fonts, installed_fonts
from certificates.outlines import EM, Glyph, Outlines, outlines

FOLDER_VARIABLE = "CERTIFICATE_FONTS"
_MADE_BY = "2"  # counted up when what is written changes, so that older sets are made anew


@dataclass(frozen=True, eq=False)
class Cut:
    """One cut as certificates are set in it: the faces asked for a character, in this order."""

    name: str
    faces: tuple[Face, ...]
    _found: dict[str, tuple[Outlines, Glyph]] = field(default_factory=dict, repr=False)
    _widths: dict[str, int] = field(default_factory=dict, repr=False)

    def find(self, character: str) -> tuple[Outlines, Glyph] | None:
        """Return the glyph of a character in the first face that has it, or None."""
        if found := self._found.get(character):
            return found
        for face in map(outlines, self.faces):
            if glyph := face.find(ord(character)):
                self._widths[character] = glyph.width
                self._found[character] = face, glyph
                return face, glyph
        return None

    def glyphs(self, text: str) -> list[tuple[Outlines, Glyph]]:
        """Return the glyphs of a text. Raises LookupError: texts are checked beforehand."""
        self._look_up(text)
        return [self._found[character] for character in text]

    def widths(self, text: str) -> list[int]:
        """Return the advances of the glyphs of a text in thousandths of an em."""
        self._look_up(text)
        return [self._widths[character] for character in text]

    def _look_up(self, text: str) -> None:
        for character in set(text).difference(self._found):
            if self.find(character) is None:
                raise LookupError(f"U+{ord(character):04X} was not checked before it was drawn")


@cache
def cuts(fonts: Fonts) -> dict[str, Cut]:
    """Return the cuts `serif`, `serif_bold` and `sans`, each with its fall-backs.

    A bold text never falls back on a regular face of the same family: it would look like a
    slip of the pen. Rare characters come from a face that is there in one weight only.
    """
    return {
        "serif": Cut("serif", (*_asked(fonts.serif), *fonts.rare)),
        "serif_bold": Cut("serif_bold", (*_asked(fonts.serif_bold), *fonts.rare)),
        "sans": Cut("sans", (*_asked(fonts.sans), *_asked(fonts.serif), *fonts.rare)),
    }


def folder() -> Path:
    """Return where the set is kept: `CERTIFICATE_FONTS`, else the user's cache."""
    if given := os.environ.get(FOLDER_VARIABLE):
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home, "peizhen", "fonts")


def make(fonts: Fonts, into: Path) -> tuple[Path, ...]:
    """Write the set into a folder; a face that is there already is left. Returns the files."""
    into.mkdir(parents=True, exist_ok=True)
    paths = []
    for face in (fonts.serif, fonts.serif_bold, fonts.sans):
        path = into / _file_name(face)
        if not path.exists():
            temporary = path.with_suffix(f".{os.getpid()}")
            write_face(face, wanted(), temporary)
            temporary.rename(path)
        paths.append(path)
    return tuple(paths)


@contextmanager
def cut_for(text: str, fonts: Fonts) -> Iterator[Fonts]:
    """Give out the faces cut down to the characters of `text`, as files for as long as the block.

    WeasyPrint would embed all subroutines of a CJK face, 100 KB each; these faces have none.
    """
    codes = frozenset(map(ord, text))
    with tempfile.TemporaryDirectory() as folder:

        def cut(number: int, face: Face) -> Face:
            path = Path(folder, f"{number}.otf")
            write_face(face, codes, path)
            return replace(face, path=path, index=0)

        serif, bold, sans, *rare = (cut(n, face) for n, face in enumerate(fonts.faces))
        yield Fonts(serif, bold, sans, tuple(rare))


def _asked(face: Face) -> tuple[Face, ...]:
    """Return the face as the set holds it, where it does, and the whole face behind it."""
    path = folder() / _file_name(face)
    try:
        with path.open("rb") as file:
            TTFont(file, lazy=True).close()
    except (OSError, TTLibError):
        return (face,)
    return (replace(face, path=path, index=0, prepared=True), face)


def _file_name(face: Face) -> str:
    """Name a face of the set after the file it is made from, so that a new file makes a new one."""
    about = face.path.stat()
    source = f"{_MADE_BY} {face.path} {face.index} {about.st_size} {about.st_mtime_ns}"
    cut = "Bold" if face.bold else "Regular"
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    return f"{face.family.replace(' ', '')}-{cut}-{digest}.otf"


def write_face(face: Face, codes: Iterable[int], path: Path) -> None:
    """Write a font file with those of `codes` that a face has, without hints or features."""
    source = outlines(face)
    glyphs = {code: glyph for code in sorted(codes) if (glyph := source.find(code))}
    names = {code: f"u{code:04X}" for code in glyphs}
    order = [".notdef", *names.values()]
    charstrings = {names[code]: T2CharString(glyph.charstring) for code, glyph in glyphs.items()}
    empty = T2CharString(program=["endchar"])
    widths = {names[code]: (glyph.width, 0) for code, glyph in glyphs.items()}
    builder = FontBuilder(EM, isTTF=False)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    builder.setupCFF(
        face.family.replace(" ", ""),
        {},
        {".notdef": empty, **charstrings},
        {"defaultWidthX": EM, "nominalWidthX": 0},
    )
    builder.setupHorizontalMetrics({".notdef": (EM, 0), **widths})
    builder.setupHorizontalHeader(ascent=1151, descent=-286)
    builder.setupNameTable(
        {"familyName": face.family, "styleName": "Bold" if face.bold else "Regular"}
    )
    # Without these fontconfig takes both weights for regular, and bold is drawn fat by machine.
    weight, style = (700, 0x20) if face.bold else (400, 0x40)
    builder.setupOS2(
        usWeightClass=weight, fsSelection=style, sTypoAscender=880, sTypoDescender=-120
    )
    builder.font["head"].macStyle = int(face.bold)
    builder.setupPost(keepGlyphNames=False)
    builder.save(path)


def main() -> int:
    """Make the set and say where it is."""
    for path in make(installed_fonts(), folder()):
        sys.stdout.write(f"{path} ({path.stat().st_size // 1024} KB)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
