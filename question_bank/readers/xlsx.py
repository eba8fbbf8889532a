"""Read the sheets of an .xlsx workbook as texts, in one pass over its XML.

Own rather than a library's, because a library does not tell a formula's stored value from a text,
nor hidden rows, and reserves memory for everything between two far-away cells. Formulas are never
computed: what the author last saw is taken, and the formula itself, as text, where nothing is
stored. Pictures, charts and comments are left.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from typing import Any

from lxml import etree

from question_bank.readers.formulas import lowered, raised
from question_bank.readers.safe_zip import Archive
from question_bank.readers.sheets import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_EMPTY_ROWS,
    Sheet,
    TableRefusedError,
    column_of,
    unescape,
)

MAX_SHEETS = 100
SMALL = 4_000_000  # bytes of a part that is held as a whole
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_VALUE, _FORMULA, _INLINE = ((f"{_MAIN}{name}", f"{_STRICT}{name}") for name in ("v", "f", "is"))
_SAFELY: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_HEX = re.compile(r"_x([0-9A-Fa-f]{4})_")
# ECMA-376 18.8.30: built-in formats that show a date or time; 27–36 and 50–58 are the East Asian ones.
_DATES = frozenset([*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)])
_QUOTE = '"'
# Formats that add what a number alone does not say: 000 its zeros, 0.0"℃" a word behind it.
_AS_WRITTEN = re.compile(
    r'(?=0{2}|[^"]*"|.*[^\x00-\x7f])(0+)(?:\.[0#]+)?((?:"[^"]{0,20}"|[^\x00-\x7f]){0,5})'
)
# Those that add what is not read: a currency, a fraction, a word in front.
_CHANGED = re.compile(r'"[^"]+"|[^\x00-\x7f]|\?/|[$]')
_LOCALE = re.compile(r"\[\$-[^\]]*\]|G/通用格式")
_CHANGED_BUILT_IN = (5, 6, 7, 8, 12, 13, 42, 44)
_NOT_CODE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_YES = ("1", "true")


@dataclass(slots=True)
class _Book:
    """What the sheets of one workbook refer to."""

    archive: Archive
    strings: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)  # "", "date", "percent", "3|℃" by style number
    from_1904: bool = False
    cells: int = 0


def read_workbook(archive: Archive) -> list[Sheet]:
    """Give all sheets in their order; TableRefusedError when the workbook cannot be read."""
    try:
        return _read_workbook(archive)
    except etree.XMLSyntaxError as error:
        raise TableRefusedError(
            f"工作簿内部的 XML 有错（第 {error.lineno} 行），文件可能没有传完。请重新保存后再上传。"
        ) from error
    except KeyError as error:
        raise TableRefusedError(
            f"工作簿里缺少 {error.args[0]}，文件不完整。请用 Excel 打开、另存后再上传。"
        ) from error


def _read_workbook(archive: Archive) -> list[Sheet]:
    book = _Book(archive)
    root = _root(archive.read("xl/workbook.xml"))
    properties = next(root.iter("{*}workbookPr"), None)
    book.from_1904 = properties is not None and properties.get("date1904") in _YES
    if "xl/sharedStrings.xml" in archive:
        book.strings = list(_shared_strings(archive.read("xl/sharedStrings.xml")))
    if "xl/styles.xml" in archive:
        book.styles = _styles(_root(archive.read("xl/styles.xml")))
    targets = {
        one.get("Id"): one
        for one in _root(archive.read("xl/_rels/workbook.xml.rels")).iter("{*}Relationship")
    }
    entries = list(root.iter("{*}sheet"))
    if len(entries) > MAX_SHEETS:
        raise TableRefusedError(f"有 {len(entries)} 个工作表，最多 {MAX_SHEETS} 个，请拆成几份。")
    sheets = []
    for entry in entries:
        target = targets.get(entry.get(_ID) or entry.get(_STRICT_ID))
        if target is None or not str(target.get("Type", "")).endswith("/worksheet"):
            continue  # a chart or dialogue sheet
        path = str(target.get("Target", ""))
        path = path.lstrip("/") if path.startswith("/") else f"xl/{path.removeprefix('./')}"
        sheet = Sheet(entry.get("name", ""), hidden=entry.get("state", "visible") != "visible")
        _read_sheet(book, archive.read(path), sheet)
        sheets.append(sheet)
    return sheets


def _events(data: bytes, *tags: str) -> Iterator[etree._Element]:
    """Give elements in their order; a small part is read at once, which is twice as quick."""
    if len(data) <= SMALL:
        yield from _root(data).iter(*tags)
        return
    _refuse_doctype(data)
    for _, element in etree.iterparse(BytesIO(data), tag=tags, **_SAFELY):
        yield element
        _forget(element)


def _root(data: bytes) -> etree._Element:
    _refuse_doctype(data)
    return etree.fromstring(data, etree.XMLParser(**_SAFELY))


def _refuse_doctype(data: bytes) -> None:
    """Refuse what could be expanded before anything in it is."""
    if b"<!DOCTYPE" in data[:4_000] or b"<\0!\0D\0O\0" in data[:4_000]:
        raise TableRefusedError("工作簿里有 DOCTYPE 声明，出于安全不读。请另存后再上传。")


def _shared_strings(data: bytes) -> Iterator[str]:
    for item in _events(data, "{*}si"):
        yield _text_of(item)


def _text_of(item: etree._Element) -> str:
    """Join the runs of a string; the reading aids (rPh) of Chinese and Japanese are not its text."""
    if len(item) == 1 and not len(item[0]):
        text = item[0].text or ""
    else:
        runs = [one for one in item if not _is(one, "rPh")]
        text = "".join(map(_run_text, runs))
    return _HEX.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _run_text(run: etree._Element) -> str:
    text = "".join(part.text or "" for part in run.iter("{*}t"))
    raising = next((one.get("val") for one in run.iterfind("{*}rPr/{*}vertAlign")), "")
    if raising == "superscript":
        return raised(text)
    return lowered(text) if raising == "subscript" else text


def _is(element: etree._Element, name: str) -> bool:
    return str(element.tag).endswith(f"}}{name}")


def _forget(element: etree._Element) -> None:
    """Free what was used, or a million rows would stay in memory."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _styles(root: etree._Element) -> list[str]:
    codes = {one.get("numFmtId"): one.get("formatCode", "") for one in root.iter("{*}numFmt")}
    cells = next(root.iter("{*}cellXfs"), None)
    return [_style(one.get("numFmtId", "0"), codes) for one in (cells if cells is not None else ())]


def _style(number: str, codes: dict[str | None, str]) -> str:
    code = codes.get(number, "")
    bare = _NOT_CODE.sub("", code).lower()
    is_date = not bare.startswith("general") and any(letter in bare for letter in "ymdhs")
    if is_date or _whole(number) in _DATES:
        return "date"
    if number in ("9", "10") or "%" in bare:
        return "percent"
    written = _AS_WRITTEN.fullmatch(code)
    if written:
        return f"{len(written[1])}|{written[2].replace(_QUOTE, '')}"
    positive = _LOCALE.sub("", code.partition(";")[0])
    return "format" if _whole(number) in _CHANGED_BUILT_IN or _CHANGED.search(positive) else ""


def _read_sheet(book: _Book, data: bytes, sheet: Sheet) -> None:
    last = empty = 0
    for element in _events(data, "{*}row", "{*}mergeCell"):
        if _is(element, "mergeCell"):
            _merge(sheet, element.get("ref", ""))
            continue
        number = _whole(element.get("r")) or last + 1
        last = number
        values = _read_row(book, sheet, element, number)
        if values:
            empty = 0
            sheet.rows.append((number, values))
            if element.get("hidden") in _YES:
                sheet.hidden_rows.add(number)
        else:
            empty += 1
        if empty > MAX_EMPTY_ROWS:
            sheet.cut_at = number
            return
    sheet.rows.sort(key=lambda row: row[0])


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _merge(sheet: Sheet, reference: str) -> None:
    first, _, last = reference.partition(":")
    try:
        top, bottom = (_whole(end.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for end in (first, last))
        left, right = column_of(first), column_of(last)
    except ValueError:
        return
    if top and bottom > top and left < MAX_COLUMNS:
        sheet.merged.append((top, left, bottom, right))


def _read_row(book: _Book, sheet: Sheet, row: etree._Element, number: int) -> list[str]:
    """Give the texts of one row up to its last written cell; empty when nothing is written."""
    values: list[str] = []
    column = -1
    for cell in row:
        if not len(cell):
            reference = cell.get("r")
            column = _column(reference, column)
            continue  # only a border or colour
        column = _column(cell.get("r"), column)
        if column >= MAX_COLUMNS:
            continue
        book.cells += 1
        text = _cell_text(book, sheet, cell, number, column)
        if not text or text.isspace():
            continue
        if column >= len(values):
            values.extend([""] * (column + 1 - len(values)))
        values[column] = unescape(text) if text[0] == "'" else text
    if book.cells > MAX_CELLS:
        raise TableRefusedError(f"表里的格子超过 {MAX_CELLS} 个，请把文件拆开。")
    return values


_column_of = lru_cache(maxsize=MAX_COLUMNS)(column_of)


def _column(reference: str | None, before: int) -> int:
    try:
        return _column_of((reference or "").rstrip("0123456789"))
    except ValueError:
        return before + 1


def _cell_text(book: _Book, sheet: Sheet, cell: etree._Element, row: int, column: int) -> str:
    value = formula = inline = None
    for child in cell:
        tag = child.tag
        if tag in _VALUE:
            value = child.text
        elif tag in _FORMULA:
            formula = child
        elif tag in _INLINE:
            inline = child
    kind = cell.get("t", "n")
    if formula is not None:
        sheet.odd[row, column] = "value"
        # Programs that never computed write no value, or 0; there the formula is all there is.
        stored = kind != "e" and value is not None and value.strip() not in ("", "0")
        if formula.text and not stored:
            sheet.odd[row, column] = "formula"
            return f"={formula.text}"
    if kind == "inlineStr":
        return "" if inline is None else _text_of(inline)
    if value is None:
        return ""
    if kind == "s":
        at = _whole(value.strip())
        return book.strings[at] if at < len(book.strings) else ""
    if kind == "n":
        return _number_text(book, sheet, cell.get("s"), value, row, column)
    if kind == "b":
        return "TRUE" if value.strip() == "1" else "FALSE"
    if kind == "e":
        sheet.odd[row, column] = "error"
    elif kind == "d":
        sheet.odd[row, column] = "date"
    return value


def _number_text(
    book: _Book, sheet: Sheet, style: str | None, value: str, row: int, column: int
) -> str:
    """Write a number as the author sees it: 1.0 as 1, 0.9 shown as per cent as 90%, dates as ISO."""
    shown = ""
    if style is not None and (at := _whole(style)) < len(book.styles):
        shown = book.styles[at]
    try:
        number = float(value)
    except ValueError:
        return value
    if shown == "date":
        sheet.odd.setdefault((row, column), "date")
        return _date_text(number, book.from_1904)
    if shown == "percent":
        return f"{plain_number(number * 100)}%"
    if shown == "format":
        sheet.odd.setdefault((row, column), "format")
        shown = ""
    if number != int(number) if abs(number) < 1e15 else True:
        sheet.odd.setdefault((row, column), "number")
    if shown:  # 7 as 007, 36.5 as 36.5℃
        zeros, _, behind = shown.partition("|")
        return f"{plain_number(number).zfill(int(zeros))}{behind}"
    return plain_number(number)


def plain_number(number: float) -> str:
    """Write a number without exponent and with the 15 digits a spreadsheet keeps."""
    text = f"{number:.15g}"
    if "e" not in text:
        return text
    return f"{Decimal(text):f}" if 1e-21 < abs(number) < 1e21 else text


def _date_text(serial: float, from_1904: bool) -> str:
    """Write a day number as a date; Excel counts a 29 February 1900 that never was."""
    if not 0 <= serial < 2_958_466:
        return plain_number(serial)
    seconds = round((serial % 1) * 86_400)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}" + (
        f":{seconds % 60:02}" if seconds % 60 else ""
    )
    if serial < 1:
        return clock
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30 if serial >= 60 else 31)  # noqa: DTZ001
    day = (start + timedelta(days=int(serial))).date().isoformat()
    return f"{day} {clock}" if seconds else day
