"""What a table is, wherever it came from: sheets of rows of texts, with what is odd about a cell.

The readers of ``.xlsx``, ``.xls`` and CSV make these; ``table.py`` looks for questions in them.
Knows no question.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, wraps

MAX_EMPTY_ROWS = 5_000  # in a row; further down nobody wrote questions
MAX_COLUMNS = 200
MAX_CELLS = 2_000_000  # in one file

# Invisible: zero-width, byte-order and direction marks, and two that XML cannot hold. The joiners
# U+200C and U+200D stay, because emoji and some scripts are written with them.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
# A spreadsheet takes a cell that begins so for a formula, in full-width letters too.
_FORMULA = "=+\\-@\t\r＝＋－＠"
_ESCAPED = re.compile(f"'+[{_FORMULA}]")
_TO_ESCAPE = re.compile(f"'*[{_FORMULA}]")

SHORT = 100  # characters: of a longer text none comes twice


@dataclass(slots=True)
class Sheet:
    """One sheet. Row and column numbers count from 1 and 0, as ``place`` says them to people.

    ``rows`` holds only rows in which something is written. ``odd`` says what a cell was in the
    table where its text is a guess: ``formula``, ``value`` (of a formula), ``date``, ``error``, ``number`` (a
    decimal), ``format`` (shown with more than the number), ``whole`` (of unknown format).
    ``merged``: first row, first column, last row, last column.
    """

    name: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    odd: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False
    called: str = "工作表"  # what it is to people: a sheet, or a table in a document
    has_formats: bool = True  # whether numbers come as they are shown
    cut_at: int = 0  # row at which reading stopped, 0 when all was read

    @property
    def title(self) -> str:
        """Name it for people, empty where there is only one."""
        return f"{self.called}“{self.name}”" if self.name else ""

    def place(self, row: int, column: int | None = None) -> str:
        """Say where a cell or row is."""
        if column is None:
            return f"{self.title}第 {row} 行"
        return f"{self.title}第 {row} 行 {letters(column)} 列"


class TableRefusedError(Exception):
    """The file as a whole cannot be read as a table; the message is for people."""


def letters(column: int) -> str:
    """Write a column counted from 0 as spreadsheets do: A, B … Z, AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_of(reference: str) -> int:
    """Give the column, counted from 0, of a reference such as ``AB12``; ValueError for no letter."""
    column = 0
    for letter in reference:
        if not "A" <= letter <= "Z":
            break
        column = column * 26 + ord(letter) - 64
    if not column:
        raise ValueError(f"{reference!r} names no column")
    return column - 1


def remember_short(function: Callable[[str], str]) -> Callable[[str], str]:
    """Keep what a function gives for short texts: a table's cells come again and again."""
    remembered = lru_cache(maxsize=2_000)(function)

    @wraps(function)
    def ask(text: str) -> str:
        return remembered(text) if len(text) < SHORT else function(text)

    return ask


@remember_short
def clean(text: str) -> str:
    """Give the text that is meant: without invisible marks, outer spaces, odd line ends."""
    text = without_invisible(text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()


def without_invisible(text: str) -> str:
    """Give a text without the marks that `invisible` names."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def invisible(text: str) -> str:
    """Name the invisible marks of a text as people look them up, ``U+200B``; empty when none."""
    found = dict.fromkeys(_INVISIBLE.findall(text))
    return "、".join(f"U+{ord(one):04X}" for one in found)


def escape(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula when opening CSV."""
    return f"'{text}" if _TO_ESCAPE.match(text) else text


def escape_escaped(text: str) -> str:
    """Keep a text that looks escaped, where formulas are told apart by the cell's own type."""
    return f"'{text}" if _ESCAPED.match(text) else text


def unescape(text: str) -> str:
    """Take the apostrophe of ``escape`` away again, and of other systems that do the same."""
    return text[1:] if text.startswith("'") and _ESCAPED.match(text) else text


def looks_like_formula(text: str) -> bool:
    """Tell whether a spreadsheet would take the text for a formula."""
    return bool(text) and _TO_ESCAPE.match(text) is not None
