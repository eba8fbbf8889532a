"""The characters a certificate must be able to print: 通用规范汉字表, Latin, and their punctuation.

Deliberately no list of what may be in a name: any character a font has is printed. This one is
what the font set of an installation is made for (see `certificates.fontset`).
"""

from functools import cache
from importlib import resources

# Printable ASCII, Latin-1, Latin Extended-A and -B (all of Hanyu Pinyin with tone marks).
_LATIN = (*range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x1EA0, 0x1EFA))
# Dashes, quotation marks, ellipsis, Chinese punctuation and the full-width forms of ASCII.
_MARKS = (
    *range(0x2010, 0x2028),
    0x2030,
    0x2116,
    0x2212,
    *range(0x3000, 0x3018),
    *range(0xFF01, 0xFF5F),
)


@cache
def general_table() -> tuple[str, ...]:
    """Return the 8,105 characters of 通用规范汉字表 in the order of the table."""
    text = resources.files(__name__).joinpath("table.txt").read_text(encoding="utf-8")
    return tuple("".join(line for line in text.splitlines() if not line.startswith("#")))


def wanted() -> frozenset[int]:
    """Return the code points a font set is made for."""
    return frozenset((*map(ord, general_table()), *_LATIN, *_MARKS))
