"""Write questions as an Excel workbook, and the template with its guide sheet for authors.

Every cell is a text, also those that look like formulas or numbers, so that nothing is computed
and 4.10 stays 4.10. What belongs into a row is ``writers/table.py``'s.
"""

import datetime
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import xlsxwriter

from question_bank.question import Question
from question_bank.readers.headers import REST
from question_bank.readers.sheets import escape_escaped, looks_like_formula
from question_bank.readers.table import EXAMPLES_SHEET
from question_bank.readers.table_words import OUR_WORDS
from question_bank.writers.excel_guide import EXAMPLES, GUIDE
from question_bank.writers.table import table_of

_MOST_ROWS = 20_000
_WIDTHS = {"题干": 48, "解析": 36, "编号": 14, REST: 12, "评分标准": 30}
# A fixed day: the same questions give the same bytes.
_CREATED = datetime.datetime(2020, 1, 1)  # noqa: DTZ001
# Which of our columns have a fixed list of words to choose from.
_LISTS = {
    "题型": "kind",
    "难度": "difficulty",
    "层次": "level",
    "题库": "pool",
    "状态": "status",
    "选项可乱序": "shuffle",
}


def write_excel(questions: Iterable[Question]) -> bytes:
    """Write questions in their order on one sheet; a case set takes a row, and each part one."""
    columns, rows = table_of(questions)
    return _workbook(columns, rows, guide=False)


def template() -> bytes:
    """Write an empty table with an example of each kind on its own sheet, and a guide to fill it in."""
    return _workbook(EXAMPLES[0], [], guide=True)


def _workbook(columns: list[str], rows: list[list[str]], *, guide: bool) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        _questions_sheet(book, "题目", columns, rows)
        if guide:
            _guide_sheet(book)
            _questions_sheet(book, EXAMPLES_SHEET, EXAMPLES[0], [list(row) for row in EXAMPLES[1:]])
    return out.getvalue()


def _questions_sheet(book: Any, name: str, columns: list[str], rows: list[list[str]]) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#E6F0EE", "border": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    quoted = book.add_format(
        {"num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True}
    )
    for at, column in enumerate(columns):
        sheet.set_column(at, at, _WIDTHS.get(column, 16 if column.startswith("选项") else 10), text)
        sheet.write_string(0, at, column, head)
        if column in _LISTS:
            words = list(OUR_WORDS[_LISTS[column]].values())
            sheet.data_validation(
                1,
                at,
                _MOST_ROWS,
                at,
                {"validate": "list", "source": words, "error_type": "warning"},
            )
    for number, row in enumerate(rows, start=1):
        for at, cell in enumerate(row):
            if cell:
                style = quoted if looks_like_formula(cell) else text
                sheet.write_string(number, at, escape_escaped(cell), style)
    sheet.freeze_panes(1, 0)


def _guide_sheet(book: Any) -> None:
    sheet = book.add_worksheet("填写说明")
    head = book.add_format({"bold": True, "bg_color": "#E6F0EE", "border": 1})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 18, text)
    sheet.set_column(1, 1, 90, text)
    for number, (left, right) in enumerate(GUIDE):
        sheet.write_string(number, 0, left, head if number == 0 else text)
        sheet.write_string(number, 1, right, head if number == 0 else text)
