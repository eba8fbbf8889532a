"""Make the template's lines fit their places by rule: measured with the font's own widths.

Type gets smaller in steps down to a size still read easily, and what still does not fit is
refused: nothing is cut off or squeezed. Names and sentences are set by `composing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from certificates.fonts import Face, Fonts
from certificates.sentences import CertificateError

POINTS_PER_MM = 72 / 25.4


class TextTooLongError(CertificateError):
    """A text does not fit its place on the page even in the smallest size."""


@dataclass(frozen=True)
class Setting:
    """How one text is set: size in points, letter spacing in em."""

    size: float
    spacing: float


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


def too_long(what_zh: str, what_en: str, text: str) -> TextTooLongError:
    """Return the refusal of a text that has no room."""
    return TextTooLongError(
        f"{what_zh}“{text}”有 {len(text)} 个字，证书上放不下。请核对；确实这么长时，请改用较短的写法。",
        f"The {what_en} “{text}” has {len(text)} characters and does not fit on the "
        "certificate. Check it; if it really is so long, use a shorter form.",
    )
