"""Which fonts certificates are set in, which characters they have, and how wide text runs.

A person's name is printed exactly or not at all: a character that no chosen font has is
refused with its code point, never drawn as an empty box and never taken from some other font
that happens to be installed. Deliberately ships no font and makes none; it finds what the
system's packages installed, by file name in the usual folders.
"""

import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from certificates.sentences import CertificateError

# Static files only: a variable CJK font costs the renderer 12 to 35 seconds a page.
_SERIF = (
    ("Noto Serif CJK SC", ("NotoSerifCJK-{}.ttc", "NotoSerifCJKsc-{}.otf")),
    ("Noto Serif SC", ("NotoSerifSC-{}.otf", "NotoSerifSC-{}.ttf")),
    ("Source Han Serif SC", ("SourceHanSerif-{}.ttc", "SourceHanSerifSC-{}.otf")),
)
_SANS = (
    ("Noto Sans CJK SC", ("NotoSansCJK-{}.ttc", "NotoSansCJKsc-{}.otf")),
    ("Noto Sans SC", ("NotoSansSC-{}.otf", "NotoSansSC-{}.ttf")),
    ("Source Han Sans SC", ("SourceHanSans-{}.ttc", "SourceHanSansSC-{}.otf")),
)
# Asked in this order for characters the families above lack; each is used where installed.
_RARE = (
    "PlangothicP1-Regular.ttf",
    "PlangothicP2-Regular.ttf",
    "LXGWWenKai-Regular.ttf",
    "HanaMinA.ttf",
    "HanaMinB.ttf",
    "BabelStoneHan.ttf",
)
# Control, format (zero width, right-to-left marks), line separators, lone surrogates: they
# print as nothing or turn the text round. Unassigned is not here: Python's table is older
# than the newest ideographs, and the font decides about those.
_INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Cs"}
_PRIVATE = "Co"


class FontsMissingError(CertificateError):
    """The Chinese fonts that certificates are set in are not installed."""


class CharactersMissingError(CertificateError):
    """A text holds characters that cannot be printed; `characters` names them."""

    def __init__(self, zh: str, en: str, characters: tuple[str, ...]) -> None:
        super().__init__(zh, en)
        self.characters = characters


@dataclass(frozen=True)
class Face:
    """One static face in one file; `index` is its place in a collection, else 0.

    `prepared` is one that `certificates.fontset` made: its outlines are ready to be copied.
    """

    path: Path
    index: int
    family: str
    bold: bool
    prepared: bool = False

    @cached_property
    def characters(self) -> frozenset[int]:
        """Code points the face has a glyph for."""
        with TTFont(self.path, fontNumber=self.index, lazy=True) as font:
            return frozenset(font.getBestCmap())

    @cached_property
    def advances(self) -> dict[int, float]:
        """Advance width in em by code point, where it is not the ideographs' 1."""
        with TTFont(self.path, fontNumber=self.index, lazy=True) as font:
            em = font["head"].unitsPerEm
            metrics = font["hmtx"].metrics
            return {
                code: metrics[glyph][0] / em
                for code, glyph in font.getBestCmap().items()
                if metrics[glyph][0] != em
            }


@dataclass(frozen=True)
class Fonts:
    """The faces of one printing: serif in two weights, sans in one, and those for rare characters.

    No bold sans: each CJK face adds some 120 KB to a file, and bold serif does as well.
    """

    serif: Face
    serif_bold: Face
    sans: Face
    rare: tuple[Face, ...] = ()

    @property
    def faces(self) -> tuple[Face, ...]:
        """Every face the renderer may use."""
        return (self.serif, self.serif_bold, self.sans, *self.rare)

    @property
    def serif_stack(self) -> tuple[str, ...]:
        """Family names in the order they are asked, serif first."""
        return _unique([self.serif.family, self.sans.family, *(f.family for f in self.rare)])

    @property
    def sans_stack(self) -> tuple[str, ...]:
        """Family names in the order they are asked, sans first."""
        return _unique([self.sans.family, self.serif.family, *(f.family for f in self.rare)])

    @cached_property
    def drawable(self) -> frozenset[int]:
        """Code points that come out wherever they stand: bold, regular, serif or sans."""
        # The renderer asks the families one after the other, so one that has the character
        # is enough; but bold text must not fall back on a face drawn fat by machine.
        regular = self.serif.characters | self.sans.characters
        return (regular & self.serif_bold.characters).union(*(f.characters for f in self.rare))

    @cached_property
    def _known(self) -> set[str]:
        """Characters that were looked at and are printed."""
        return set()

    def missing_characters(self, text: str) -> tuple[str, ...]:
        """Return the characters of `text` that cannot be printed, each once, in order."""
        if self._known.issuperset(text):
            return ()
        self._known.update(c for c in text if self._prints(c))
        return tuple(c for c in dict.fromkeys(text) if c not in self._known)

    def refuse_missing(self, what_zh: str, what_en: str, text: str) -> None:
        """Raise CharactersMissingError when `text`, the field called `what`, cannot be printed."""
        if missing := self.missing_characters(text):
            raise _refusal(what_zh, what_en, missing)

    def width(self, text: str, face: Face, spacing: float = 0) -> float:
        """Return the width of `text` in em; `spacing` is the letter spacing in em.

        Kerning is left out: it only ever brings letters closer together.
        """
        return sum(face.advances.get(ord(c), 1.0) + spacing for c in text)

    def _prints(self, character: str) -> bool:
        if unicodedata.category(character) in (*_INVISIBLE, _PRIVATE):
            return False
        return ord(character) in self.drawable


@cache
def installed_fonts() -> Fonts:
    """Find the fonts once a process. Raises FontsMissingError with the command that installs them."""
    return find_fonts(font_folders())


def find_fonts(folders: Iterable[Path]) -> Fonts:
    """Choose the faces among the files in `folders` and below; the first folder wins."""
    files: dict[str, Path] = {}
    for folder in folders:
        for here, _, names in os.walk(folder):
            for name in names:
                files.setdefault(name, Path(here, name))
    serif, serif_bold = _family_faces(files, _SERIF, ("Regular", "Bold"))
    (sans,) = _family_faces(files, _SANS, ("Regular",))
    rare = (_lone_face(files[name]) for name in _RARE if name in files)
    return Fonts(serif, serif_bold, sans, tuple(face for face in rare if face))


def font_folders() -> tuple[Path, ...]:
    """Return the folders where this kind of system keeps fonts, the user's own first."""
    home = Path.home()
    if sys.platform == "darwin":
        return (home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts"))
    data_home = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return (
        data_home / "fonts",
        home / ".fonts",
        *(Path(folder, "fonts") for folder in shared.split(":") if folder),
    )


def _family_faces(
    files: dict[str, Path],
    candidates: Sequence[tuple[str, tuple[str, ...]]],
    weights: Sequence[str],
) -> tuple[Face, ...]:
    """Return the faces of the first family that is there in all `weights`."""
    for family, patterns in candidates:
        for pattern in patterns:
            paths = [(files.get(pattern.format(weight)), weight == "Bold") for weight in weights]
            found = [_face(path, family, bold) for path, bold in paths if path]
            faces = tuple(face for face in found if face)
            if len(faces) == len(weights):
                return faces
    names = "、".join(family for family, _ in candidates)
    raise FontsMissingError(
        f"没有找到印证书用的中文字体（{names} 之一，常规和粗体）。"
        "请先安装：Debian、Ubuntu 用 apt install fonts-noto-cjk；"
        "Fedora 用 dnf install google-noto-serif-cjk-fonts google-noto-sans-cjk-fonts；"
        "macOS 用 brew install --cask font-noto-serif-cjk font-noto-sans-cjk。",
        f"The Chinese fonts for certificates are not installed (one of {names}, regular and "
        "bold). Install them: apt install fonts-noto-cjk on Debian or Ubuntu; dnf install "
        "google-noto-serif-cjk-fonts google-noto-sans-cjk-fonts on Fedora; brew install --cask "
        "font-noto-serif-cjk font-noto-sans-cjk on macOS.",
    )


def _face(path: Path, family: str, bold: bool) -> Face | None:
    """Find the face of `family` in a file; None when it is not there, variable or broken."""
    try:
        # Opened here, since fontTools leaves a file it cannot read open.
        with path.open("rb") as file:
            collection = path.suffix == ".ttc"
            members = TTCollection(file, lazy=True).fonts if collection else [TTFont(file)]
            for index, font in enumerate(members):
                if _family(font) == family and "fvar" not in font:
                    return Face(path, index, family, bold)
    except (OSError, TTLibError):
        return None
    return None


def _lone_face(path: Path) -> Face | None:
    try:
        with path.open("rb") as file:
            family = _family(TTFont(file))
    except (OSError, TTLibError):
        return None
    return _face(path, family, False)


def _family(font: TTFont) -> str:
    names = font["name"]
    return str(names.getDebugName(16) or names.getDebugName(1) or "")


def _refusal(what_zh: str, what_en: str, missing: tuple[str, ...]) -> CharactersMissingError:
    codes = "、".join(f"U+{ord(c):04X}" for c in missing)
    kinds = {unicodedata.category(c) for c in missing}
    if kinds <= _INVISIBLE:
        zh = f"{what_zh}里有看不见的字符（{codes}），证书上印不出来。请删掉它，重新输入。"
        en = f"The {what_en} holds invisible characters ({codes}). Delete them and type it again."
    elif kinds <= _INVISIBLE | {_PRIVATE}:
        zh = f"{what_zh}里有自造字（{codes}），别的电脑上会变成另一个字。请换成国家标准里的编码。"
        en = (
            f"The {what_en} holds private-use characters ({codes}), which look different on "
            "every computer. Replace them with their standard code points."
        )
    else:
        shown = "、".join(f"“{c}”（U+{ord(c):04X}）" for c in missing if _showable(c))
        zh = (
            f"{what_zh}里的{shown}没有字体能印出来。请管理员在服务器上安装含这个字的字体"
            "（例如 LXGW WenKai 或 HanaMin），再签发证书；不要用别的字代替。"
        )
        en = (
            f"No installed font has {shown} of the {what_en}. Ask the administrator to install "
            "one that does (LXGW WenKai or HanaMin, for example), then issue the certificate; "
            "do not put another character in its place."
        )
    return CharactersMissingError(zh, en, missing)


def _showable(character: str) -> bool:
    return unicodedata.category(character) not in (*_INVISIBLE, _PRIVATE)


def _unique(families: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(families))
