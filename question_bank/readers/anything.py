"""Read a question file of any format: found out by content, opened safely, read by its reader.

A file that is refused gives a report that is ``unreadable`` with the one sentence that says why.
"""

from collections.abc import Callable
from dataclasses import replace

from question_bank.readers.aiken import read_aiken
from question_bank.readers.bank_archive import read_bank
from question_bank.readers.collecting import NO_DEFAULTS, Defaults, Tick
from question_bank.readers.excel import read_csv, read_excel
from question_bank.readers.gift import read_gift
from question_bank.readers.moodle_xml import read_moodle_xml
from question_bank.readers.opening import Opened, Refused, open_source
from question_bank.readers.qti import read_qti
from question_bank.readers.report import ImportReport, Problem
from question_bank.readers.text import read_text
from question_bank.readers.word import read_word
from question_bank.readers.yaml import read_questions

_TEXTS: dict[str, Callable[[str, str, str, Defaults, Tick | None], ImportReport]] = {
    "gift": read_gift,
    "aiken": read_aiken,
    "text": read_text,
    "moodle_xml": read_moodle_xml,
}
_OPENED: dict[str, Callable[[Opened, str, Defaults, Tick | None], ImportReport]] = {
    "qti": read_qti,
    "excel": read_excel,
    "csv": read_csv,
    "word": read_word,
    "archive": read_bank,
    "yaml": lambda opened, file, defaults, tick: read_questions(opened.data, file),
}


def read_any(
    data: bytes,
    file: str,
    wanted: str = "",
    defaults: Defaults = NO_DEFAULTS,
    tick: Tick | None = None,
) -> ImportReport:
    """Read an upload or pasted text; ``wanted`` is the format somebody chose, empty to find out."""
    opened = open_source(data, file, wanted)
    if isinstance(opened, Refused):
        return _refused(file, opened)
    if opened.format in _TEXTS:
        return _TEXTS[opened.format](opened.text, file, opened.encoding, defaults, tick)
    reader = _OPENED.get(opened.format)
    if reader is None:
        return _refused(file, Refused(f"本系统还不能读 {opened.format} 文件。", opened.format))
    report = reader(opened, file, defaults, tick)
    return _with_format(report, opened)


def _with_format(report: ImportReport, opened: Opened) -> ImportReport:
    if report.format:
        return report
    return replace(report, format=opened.format, encoding=opened.encoding)


def _refused(file: str, refused: Refused) -> ImportReport:
    problem = Problem(file, 1, "", "", refused.message)
    return ImportReport(problems=(problem,), unreadable=True, format=refused.format)
