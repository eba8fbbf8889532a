"""Read CSV and TSV text into one sheet. Decoding is ``opening.py``'s; questions are ``table.py``'s.

The separator is the one that makes a header we know. A quotation mark that is never closed
would swallow the rest of the file: that one line is read without quotation marks, and named.
"""

import csv
from collections.abc import Callable, Iterator

from question_bank.readers.headers import LOOK_DOWN, find_header
from question_bank.readers.sheets import MAX_CELLS, MAX_COLUMNS, Sheet, TableRefusedError, unescape

SEPARATORS = (",", "\t", ";", "|", "，")
_MAX_LINES_IN_CELL = 400  # more is a quotation mark that was not closed
# The csv module refuses cells over 128 KB for the whole process; a long stem gets a sentence instead.
csv.field_size_limit(64_000_000)


def known_columns(rows: list[list[str]]) -> int:
    """Return how many columns of a header of questions the first rows have."""
    found = find_header(list(enumerate(rows, start=1)))
    return len(found[1].columns) + len(found[1].options) if found else 0


def read_delimited(
    text: str, name: str = "", known: Callable[[list[list[str]]], int] = known_columns
) -> tuple[Sheet, list[tuple[int, str]]]:
    """Give the sheet, and a sentence for each row that could not be cut as it is written.

    The separator is the one with which `known` finds most columns.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    separator = _separator(lines, known)
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == len("sep=,"):
        lines[0] = ""  # Excel's own hint, not a row
    sheet = Sheet(name)
    problems: list[tuple[int, str]] = []
    cells = 0
    for number, (record, whole) in enumerate(_records(lines, separator), start=1):
        if not whole:
            message = "这一行的双引号没有成对，已按没有引号读，请核对这一题并补上引号。"
            problems.append((number, message))
        values = [unescape(value) for value in record[:MAX_COLUMNS]]
        cells += len(values)
        if cells > MAX_CELLS:
            raise TableRefusedError(f"表里的格子超过 {MAX_CELLS} 个，请把文件拆开。")
        if any(map(str.strip, values)):
            sheet.rows.append((number, values))
    return sheet, problems


def _separator(lines: list[str], known: Callable[[list[list[str]]], int]) -> str:
    """Choose the separator that gives the header with most known columns, else the commonest."""
    first = lines[0] if lines else ""
    if first.lower().startswith("sep=") and len(first.strip()) == len("sep=,"):
        return first.strip()[-1]
    written = [line for line in lines[:200] if line.strip()][:LOOK_DOWN]

    def fits(separator: str) -> tuple[int, int]:
        columns = known(list(csv.reader(written, delimiter=separator)))
        return columns, written[0].count(separator) if written else 0

    return max(SEPARATORS, key=fits)


def _records(lines: list[str], separator: str) -> Iterator[tuple[list[str], bool]]:
    """Cut lines into records; the flag is false where a quotation mark was never closed."""
    at = 0
    while at < len(lines):
        reader = csv.reader((f"{line}\n" for line in lines[at:]), delimiter=separator, strict=True)
        start = at
        try:
            for record in reader:
                if reader.line_num - (at - start) > _MAX_LINES_IN_CELL:
                    break
                yield record, True
                at = start + reader.line_num
            else:
                return
        except csv.Error:
            pass
        yield lines[at].replace('"', "").split(separator), False
        at += 1
