"""Make texts fit their places by rule: measured with the font's own widths, never by guess.

Names run from one ideograph to long transliterations with middle dots. Type gets smaller in
steps down to a size still read easily, then the name takes two lines, and what still does not
fit is refused: nothing is cut off or squeezed. Deliberately does not lay out the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from certificates.fonts import Face, Fonts
from certificates.sentences import CertificateError

POINTS_PER_MM = 72 / 25.4
# A line breaks before a word or mark that no longer fits, so two lines hold less than twice one.
_FULL_LINES = 0.88


class TextTooLongError(CertificateError):
    """A text does not fit its place on the page even in the smallest size."""


@dataclass(frozen=True)
class Setting:
    """How one text is set: size in points, letter spacing in em, lines it may take."""

    size: float
    spacing: float
    lines: int = 1
    beside: bool = False  # leaves room for a second text on the same line


NAME_SETTINGS = (
    *(Setting(size, 0.16, beside=True) for size in (27, 25)),
    *(Setting(size, 0.06, beside=True) for size in (25, 23)),
    *(Setting(size, 0.06) for size in (25, 23, 21, 19, 17)),
    *(Setting(size, 0.02, lines=2) for size in (17, 15, 13)),
)


def fit_name(
    fonts: Fonts, name: str, details: str, *, room_mm: float, gap_mm: float, details_size: float
) -> Setting:
    """Choose the first of `NAME_SETTINGS` in which the bold serif `name` fits `room_mm`.

    Beside it go `details` (sans, `details_size` points) where they fit, else below.
    """
    room = room_mm * POINTS_PER_MM
    taken = fonts.width(details, fonts.sans) * details_size + gap_mm * POINTS_PER_MM
    for setting in NAME_SETTINGS:
        width = fonts.width(name, fonts.serif_bold, setting.spacing) * setting.size
        free = room - taken if setting.beside else room
        if setting.lines > 1:
            free *= setting.lines * _FULL_LINES
        if width <= free:
            return setting
    raise too_long("姓名", "name", name)


def fit_line(
    fonts: Fonts,
    text: str,
    face: Face,
    *,
    room_mm: float,
    sizes: Sequence[float],
    spacing: float,
    what_zh: str,
    what_en: str,
) -> Setting:
    """Choose the largest of `sizes` in which `text` fits on one line.

    Spacing is halved and then dropped before a smaller size is taken twice: a wide-set title
    in small type looks lost. Raises TextTooLongError.
    """
    for size in sizes:
        for wide in (spacing, spacing / 2, 0.0) if size == sizes[-1] else (spacing, spacing / 2):
            # The indent that balances the last letter's spacing counts as well.
            width = (fonts.width(text, face, wide) + wide) * size
            if width <= room_mm * POINTS_PER_MM:
                return Setting(size, wide)
    raise too_long(what_zh, what_en, text)


def refuse_overflow(
    fonts: Fonts,
    text: str,
    face: Face,
    *,
    room_mm: float,
    size: float,
    lines: int,
    what_zh: str,
    what_en: str,
) -> None:
    """Raise TextTooLongError when a paragraph would run over more than `lines` lines."""
    room = room_mm * POINTS_PER_MM * (lines if lines == 1 else lines * _FULL_LINES)
    if fonts.width(text, face) * size > room:
        raise too_long(what_zh, what_en, text)


def too_long(what_zh: str, what_en: str, text: str) -> TextTooLongError:
    """Return the refusal of a text that has no room."""
    return TextTooLongError(
        f"{what_zh}“{text}”有 {len(text)} 个字，证书上放不下。请核对；确实这么长时，请改用较短的写法。",
        f"The {what_en} “{text}” has {len(text)} characters and does not fit on the "
        "certificate. Check it; if it really is so long, use a shorter form.",
    )
