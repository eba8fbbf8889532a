"""Read question tables: Excel workbooks, new and old, and CSV. Bytes in, report out."""

from pathlib import PurePath

from question_bank.readers.collecting import (
    NO_DEFAULTS,
    Collector,
    Defaults,
    Tick,
    TooMuchError,
)
from question_bank.readers.delimited import read_delimited
from question_bank.readers.old_excel import read_old_workbook
from question_bank.readers.opening import Opened, Refused, open_source
from question_bank.readers.report import ImportReport
from question_bank.readers.safe_zip import UnsafeArchiveError
from question_bank.readers.sheets import Sheet, TableRefusedError
from question_bank.readers.table import read_sheets
from question_bank.readers.xlsx import read_workbook


def read_excel(
    source: bytes | Opened, file: str, defaults: Defaults = NO_DEFAULTS, tick: Tick | None = None
) -> ImportReport:
    """Read a workbook, .xlsx or .xls; never raises for what is in the file."""
    return _read(source, file, "excel", defaults, tick)


def read_csv(
    source: bytes | Opened, file: str, defaults: Defaults = NO_DEFAULTS, tick: Tick | None = None
) -> ImportReport:
    """Read a CSV or TSV text; never raises for what is in the file."""
    return _read(source, file, "csv", defaults, tick)


def _read(
    source: bytes | Opened, file: str, wanted: str, defaults: Defaults, tick: Tick | None
) -> ImportReport:
    opened = open_source(source, file, wanted) if isinstance(source, bytes) else source
    collector = Collector(file, wanted, "", defaults, tick)
    if isinstance(opened, Refused):
        collector.unreadable = True
        collector.problem(1, opened.message)
        return collector.report()
    collector.encoding = opened.encoding
    try:
        read_sheets(collector, _sheets(collector, opened, file))
    except (TableRefusedError, UnsafeArchiveError) as error:
        collector.unreadable = True
        collector.problem(1, str(error))
    except TooMuchError as error:
        collector.problem(1, str(error))
    return collector.report()


def _sheets(collector: Collector, opened: Opened, file: str) -> list[Sheet]:
    if opened.format == "csv":
        sheet, problems = read_delimited(opened.text)
        for row, message in problems:
            collector.problem(row, message, place=sheet.place(row))
        return [sheet]
    if opened.archive is None:
        return read_old_workbook(opened.data)
    pictures = [name for name in opened.archive.names if PurePath(name).match("xl/media/*")]
    if pictures:
        message = (
            f"表里有 {len(pictures)} 张图片没有读入：单元格上的图片看不出属于哪一题，"
            "请导入后在题目里添加。"
        )
        collector.problem(1, message)
    return read_workbook(opened.archive)
