"""Read questions out of a Word document: numbered text as ``text.py`` does, tables as ``table.py``.

Places are paragraphs (第 N 段, empty ones counted) and, in tables, rows and columns.
"""

from dataclasses import replace

from question_bank.readers.collecting import (
    NO_DEFAULTS,
    Collector,
    Defaults,
    Tick,
    TooMuchError,
)
from question_bank.readers.docx import Document, Paragraph, Table, read_document
from question_bank.readers.headers import find_header
from question_bank.readers.opening import Opened, Refused, open_source
from question_bank.readers.report import ImportReport, Origin, Problem
from question_bank.readers.safe_zip import UnsafeArchiveError
from question_bank.readers.sheets import Sheet, TableRefusedError
from question_bank.readers.table import read_sheets
from question_bank.readers.text import read_text


def read_word(
    source: bytes | Opened, file: str, defaults: Defaults = NO_DEFAULTS, tick: Tick | None = None
) -> ImportReport:
    """Read a .docx document; never raises for what is in the file."""
    opened = open_source(source, file, "word") if isinstance(source, bytes) else source
    if isinstance(opened, Refused) or opened.archive is None:
        message = opened.message if isinstance(opened, Refused) else "这不是 .docx 文档。"
        return _unreadable(file, message)
    try:
        document = read_document(opened.archive)
    except (TableRefusedError, UnsafeArchiveError) as error:
        return _unreadable(file, str(error))
    lines, paragraphs, sheets = _sorted(document)
    tables = Collector(file, "word", "", defaults, tick)
    _note_left(tables, document)
    if sheets:
        try:
            read_sheets(tables, sheets)
        except (TableRefusedError, TooMuchError) as error:
            tables.problem(1, str(error))
    from_tables = tables.report()
    if from_tables.questions and not any(line.strip() for line in lines):
        return from_tables
    text = _by_paragraph(read_text("\n".join(lines), file, "", defaults, tick), paragraphs)
    if sheets and not text.questions and not text.skipped:
        # Titles and remarks around the tables, not numbered questions gone wrong.
        return from_tables
    return _together(text, from_tables)


def _unreadable(file: str, message: str) -> ImportReport:
    problem = Problem(file, 1, "", "", message)
    return ImportReport(problems=(problem,), unreadable=True, format="word")


def _sorted(document: Document) -> tuple[list[str], list[int], list[Sheet]]:
    """Give the lines of text with the paragraph of each, and the tables that have a header."""
    lines: list[str] = []
    paragraphs: list[int] = []
    sheets: list[Sheet] = []
    for block in document.blocks:
        if isinstance(block, Table) and (sheet := _question_table(block, len(sheets) + 1)):
            sheets.append(sheet)
            continue
        texts = [block.text] if isinstance(block, Paragraph) else _table_lines(block)
        for line in "\n".join(texts).split("\n"):
            lines.append(line)
            paragraphs.append(block.number)
    return lines, paragraphs, sheets


def _question_table(table: Table, number: int) -> Sheet | None:
    sheet = Sheet(str(number), merged=table.merged, called="表格")
    sheet.rows = [(at, row) for at, row in enumerate(table.rows, start=1) if any(row)]
    return sheet if find_header(sheet.rows) else None


def _table_lines(table: Table) -> list[str]:
    """Give a table without a header as text: options are often laid out in cells."""
    return ["\t".join(cell for cell in row if cell) for row in table.rows]


def _note_left(collector: Collector, document: Document) -> None:
    if document.pictures:
        where = "、".join(str(number) for number in document.pictures[:20])
        message = (
            f"第 {where} 段有图片没有读入，这几处的题要在导入后添加图片，并写明图片的文字说明。"
        )
        collector.problem(document.pictures[0], message, place=f"第 {document.pictures[0]} 段")
    if document.formulas:
        where = "、".join(str(number) for number in document.formulas[:20])
        message = f"第 {where} 段的公式写不成一行文字，读入的不完整，这几处的题请在导入后改写。"
        collector.problem(document.formulas[0], message, place=f"第 {document.formulas[0]} 段")


def _by_paragraph(report: ImportReport, paragraphs: list[int]) -> ImportReport:
    """Turn lines of the extracted text into paragraphs of the document."""

    def paragraph(line: int) -> int:
        return paragraphs[line - 1] if 0 < line <= len(paragraphs) else 1

    return replace(
        report,
        format="word",
        problems=tuple(_moved(one, paragraph(one.line)) for one in report.problems),
        notes=tuple(_moved(one, paragraph(one.line)) for one in report.notes),
        skipped=tuple(replace(one, line=paragraph(one.line)) for one in report.skipped),
        origins=tuple(_moved_origin(one, paragraph(one.line)) for one in report.origins),
    )


def _moved(problem: Problem, paragraph: int) -> Problem:
    inside = problem.place
    place = f"第 {paragraph} 段 {inside}" if inside else f"第 {paragraph} 段"
    return replace(problem, line=paragraph, place=place)


def _moved_origin(origin: Origin, paragraph: int) -> Origin:
    place = "，".join(part for part in (f"第 {paragraph} 段", origin.place) if part)
    return replace(origin, line=paragraph, place=place)


def _together(text: ImportReport, tables: ImportReport) -> ImportReport:
    """Join both; a question that stands in the text and in a table comes in once."""
    known = {question.id for question in text.questions}
    more = [
        (question, origin)
        for question, origin in zip(tables.questions, tables.origins, strict=True)
        if question.id not in known
    ]
    return replace(
        text,
        questions=(*text.questions, *(question for question, _ in more)),
        origins=(*text.origins, *(origin for _, origin in more)),
        problems=(*text.problems, *tables.problems),
        notes=(*text.notes, *tables.notes),
        skipped=(*text.skipped, *tables.skipped),
    )
