"""Read old binary workbooks (.xls, and WPS .et) in a child process with little memory and time.

The library that knows the format reserves memory for everything between two far-away cells and
ends the whole process when there is none. A stranger's file may end the child, never the server.
Formulas come as their last value: the old format holds them compiled, not as text. How a number is
shown (10%, 001) does not come.

``python -m question_bank.readers.old_excel`` is the child: workbook on stdin, JSON on stdout.
"""

import json
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import python_calamine

from question_bank.readers.sheets import MAX_CELLS, MAX_COLUMNS, Sheet, TableRefusedError, unescape
from question_bank.readers.xlsx import MAX_SHEETS, plain_number

try:
    import resource
except ImportError:  # Windows has no such limits; the time limit still holds
    resource = None  # type: ignore[assignment]

MAX_BYTES = 20_000_000
MAX_SECONDS = 5
MAX_AREA = 3_000_000  # cells between the first and the last written one
MAX_MEMORY = 400_000_000  # bytes of address space; the interpreter takes a third
_BROKEN = "旧版工作簿（.xls）读不出来：太大、损坏或有密码。请用 Excel 或 WPS 另存为 .xlsx 再上传。"


def read_old_workbook(data: bytes) -> list[Sheet]:
    """Give all sheets in their order; TableRefusedError when the child could not read them."""
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 1e6:.0f} MB"
        raise TableRefusedError(
            f"旧版工作簿有 {size}，最大 {MAX_BYTES // 1_000_000} MB，请另存为 .xlsx 或拆成几份。"
        )
    try:
        child = subprocess.run(  # noqa: S603
            [sys.executable, "-m", __name__],
            input=data,
            capture_output=True,
            timeout=MAX_SECONDS,
            check=True,
            cwd=Path(__file__).parents[2],
        )
        told: list[dict[str, Any]] = json.loads(child.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise TableRefusedError(_BROKEN) from error
    return [_sheet(one) for one in told]


def _sheet(told: dict[str, Any]) -> Sheet:
    sheet = Sheet(told["name"], hidden=told["hidden"], has_formats=False)
    sheet.rows = [(number, [unescape(text) for text in texts]) for number, texts in told["rows"]]
    sheet.odd = {(row, column): what for row, column, what in told["odd"]}
    sheet.merged = [(top, left, bottom, right) for top, left, bottom, right in told["merged"]]
    return sheet


def _tell(data: bytes) -> list[dict[str, Any]]:
    told = []
    cells = 0
    with python_calamine.load_workbook(BytesIO(data)) as book:
        for about in book.sheets_metadata[:MAX_SHEETS]:
            if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            if sheet.height * sheet.width > MAX_AREA:
                raise MemoryError
            top, left = sheet.start or (0, 0)
            rows: list[tuple[int, list[str]]] = []
            odd: list[tuple[int, int, str]] = []
            for number, values in enumerate(sheet.iter_rows(), start=top + 1):
                texts = [""] * left
                for column, value in enumerate(values[:MAX_COLUMNS], start=left):
                    text, what = _text(value)
                    texts.append(text)
                    if what:
                        odd.append((number, column, what))
                if any(map(str.strip, texts)):
                    cells += len(texts)
                    rows.append((number, texts))
                if cells > MAX_CELLS:
                    raise MemoryError
            merged = [
                (first[0] + 1, first[1], last[0] + 1, last[1])
                for first, last in sheet.merged_cell_ranges or ()
                if last[0] > first[0]
            ]
            hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
            told.append(
                {"name": about.name, "hidden": hidden, "rows": rows, "odd": odd, "merged": merged}
            )
    return told


def _text(value: object) -> tuple[str, str]:
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), ""
    if isinstance(value, int | float):
        return plain_number(value), "whole" if float(value).is_integer() else "number"
    if isinstance(value, datetime):
        shown = value.isoformat(sep=" ", timespec="minutes")
        return shown.removesuffix(" 00:00"), "date"
    if isinstance(value, date | time | timedelta):
        return str(value), "date"
    text = str(value)
    return text, "error" if text.startswith("#") and text.endswith(("!", "?", "/A")) else ""


if __name__ == "__main__":
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    json.dump(_tell(sys.stdin.buffer.read()), sys.stdout)
