"""What somebody pasted or uploaded, taken apart into numbers and, beside them, names.

Pure of rows. A line is a number as copied from paper, with a name after it or without; a sheet's
columns are found by their headers, else the first column holds the numbers. Nothing is corrected.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from flask_babel import gettext as _

from app.hospitals.refusing import ListRefused
from app.saying import said
from question_bank.readers.cells import read_cells
from question_bank.readers.sheets import TableRefusedError

MOST = 500
MOST_SIGNS = 60
_LOOK_DOWN = 20
NUMBER_WORDS = frozenset({"证书编号", "编号", "证书号", "证书号码", "number", "certificatenumber"})
NAME_WORDS = frozenset({"姓名", "名字", "持证人", "持证人姓名", "name"})
_PARTS = re.compile(r"[,;\t|、，；]+")
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z\s\-\u2010-\u2015]*", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """One line: the number as typed, and the name beside it, if there was one."""

    number: str
    name: str = ""


def from_text(text: str) -> list[Asked]:
    """Take pasted lines apart. Raises ListRefused for none, or too many."""
    return _bounded([_line(line) for line in text.splitlines() if line.strip()])


def from_file(data: bytes) -> list[Asked]:
    """Take a workbook, a CSV or a text file apart. Raises ListRefused."""
    try:
        sheets = read_cells(data, lambda rows: max(map(_known, rows), default=0))
    except TableRefusedError as error:
        raise ListRefused(said(str(error))) from error
    found: list[Asked] = []
    for sheet in sheets:
        found += _rows([cells for _number, cells in sheet.rows])
    return _bounded(found)


def _rows(rows: list[list[str]]) -> list[Asked]:
    header = next((n for n, row in enumerate(rows[:_LOOK_DOWN]) if _known(row)), None)
    if header is None:
        return [_line(",".join(cell for cell in row if cell.strip())) for row in rows if any(row)]
    words = [_plain(cell) for cell in rows[header]]
    at = next(n for n, word in enumerate(words) if word in NUMBER_WORDS)
    named = next((n for n, word in enumerate(words) if word in NAME_WORDS), None)
    return [
        Asked(row[at].strip(), _cell(row, named))
        for row in rows[header + 1 :]
        if len(row) > at and row[at].strip()
    ]


def _line(text: str) -> Asked:
    plain = unicodedata.normalize("NFKC", text).strip()
    parts = [part.strip() for part in _PARTS.split(plain) if part.strip()]
    if len(parts) > 1:
        return Asked(parts[0], parts[1])
    number = _NUMBER.match(plain)
    if number is None:
        return Asked(plain)
    return Asked(number.group().strip(), plain[number.end() :].strip())


def _bounded(lines: list[Asked]) -> list[Asked]:
    if not lines:
        raise ListRefused(_("没有读到编号。请一行写一个证书编号，再查。"))
    if len(lines) > MOST:
        raise ListRefused(
            _("一次最多查 %(most)d 个，这里有 %(n)d 个。请分几次查。", most=MOST, n=len(lines))
        )
    return [Asked(line.number[:MOST_SIGNS], line.name[:MOST_SIGNS]) for line in lines]


def _known(row: list[str]) -> int:
    words = [_plain(cell) for cell in row]
    if not any(word in NUMBER_WORDS for word in words):
        return 0
    return sum(word in NUMBER_WORDS or word in NAME_WORDS for word in words)


def _cell(row: list[str], at: int | None) -> str:
    return row[at].strip() if at is not None and len(row) > at else ""


def _plain(text: str) -> str:
    return re.sub(r"[\s*＊:：]", "", unicodedata.normalize("NFKC", text)).casefold()
