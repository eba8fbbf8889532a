"""Read questions out of sheets: find the headers, tell titles and notes from questions, go on.

One bad row never stops the others. Several tables may stand in one sheet, below titles that name
the kind; a case set is a row of its own and the rows that name it, or rows that share a material.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from question_bank.kinds import KINDS
from question_bank.question import QuestionError
from question_bank.readers.collecting import Collector
from question_bank.readers.headers import REST, Header, find_header, read_header
from question_bank.readers.sheets import Sheet, clean
from question_bank.readers.table_build import case_values, row_values, with_rest
from question_bank.readers.table_kinds import infer_kind
from question_bank.readers.table_layout import joined_rows, take_letters_below
from question_bank.readers.table_rest import read_rest
from question_bank.readers.table_row import Row, merged_values
from question_bank.readers.table_stem import without_running_number
from question_bank.readers.table_words import STRANGE_KINDS, kind_named, kind_of_heading
from question_bank.readers.text_lines import options_inside

_NO_QUESTIONS = (
    "说明",
    "填写",
    "指南",
    "目录",
    "须知",
    "帮助",
    "字典",
    "示例",
    "guide",
    "readme",
    "help",
)
EXAMPLES_SHEET = "示例（不会导入）"  # of our own template
_NOTE_WORDS = ("注", "说明", "备注", "提示", "填写", "示例", "合计", "总计", "共计", "※", "*", "#")
_ASKED_FIELDS = ("stem", "key", "options")
_WHAT_KIND = "看不出是什么题型，请在“题型”里写单选题、多选题、判断题等。"
_OPTIONS_INSIDE = "选项写在题干的格子里了，请把它们移到“选项A”“选项B”……各列，或移到“选项”一列。"
_BARE_NUMBERS = (
    "旧版工作簿（.xls）里的数只读得到数本身，读不到显示的格式（例如百分号、001 的零）；"
    "用了格式的，请另存为 .xlsx 再导入。"
)
_HEADER_WORDS = 3  # columns that a header further down must name


@dataclass(slots=True)
class _Case:
    """A case set being collected: its row and the values of its parts."""

    row: Row
    values: dict[str, Any]
    parts: list[tuple[Row, dict[str, Any]]] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    """What is known while going down one sheet."""

    collector: Collector
    sheet: Sheet
    header: Header
    kind: str = ""  # of the title above, or of the sheet's name
    case: _Case | None = None
    count: int = 0  # questions below the header or the last title
    run: int = 0  # questions of one kind one below the other
    said: str = ""  # their kind, as it is written
    scenes: dict[int, str] = field(default_factory=dict)
    """For each row the next material written at it or below: who stands between two of one is its."""
    merged: dict[int, dict[str, str]] = field(default_factory=dict)


def read_sheets(collector: Collector, sheets: list[Sheet]) -> None:
    """Read all sheets into the collector."""
    total = sum(len(sheet.rows) for sheet in sheets)
    done = 0
    found = False
    without: list[Sheet] = []
    for sheet in sheets:
        if sheet.cut_at:
            message = "从这里往上有太多空行，下面的没有读。请删去空行再试。"
            collector.problem(sheet.cut_at, message, place=sheet.place(sheet.cut_at))
        if not sheet.rows or sheet.name == EXAMPLES_SHEET:
            continue
        if sheet.hidden:
            _note_hidden_sheet(collector, sheet)
        elif start := find_header(sheet.rows):
            found = True
            _read_sheet(collector, sheet, start, done, total)
        elif not any(word in sheet.name.lower() for word in _NO_QUESTIONS):
            without.append(sheet)
        done += len(sheet.rows)
    for sheet in without:
        message = "没有找到表头：要有“题干”和“答案”这样的列名，请补上或用我们的模板。"
        collector.problem(sheet.rows[0][0], message, place=sheet.title)
    if found and collector.is_empty:
        collector.problem(1, "只有表头，还没有题目。请从表头下一行起每行填一道题。")
    if not found:
        collector.unreadable = True
        if not without:
            collector.problem(1, "表里没有题目。请用我们的模板填写后再上传。")


def _note_hidden_sheet(collector: Collector, sheet: Sheet) -> None:
    if find_header(sheet.rows):
        message = f"{sheet.title}是隐藏的，里面的题没有读入；要读入请先取消隐藏。"
        collector.problem(sheet.rows[0][0], message, place=sheet.title)


def _read_sheet(
    collector: Collector, sheet: Sheet, start: tuple[int, Header], done: int, total: int
) -> None:
    at, header = start
    reading = _Reading(collector, sheet, header, kind_of_heading(sheet.name))
    for _, cells in sheet.rows[:at]:
        reading.kind = _title(cells) or reading.kind
    _begin_table(reading, header)
    for number, cells in joined_rows(sheet, sheet.rows[at + 1 :], lambda: reading.header):
        done += 1
        if done % 50 == 0:
            collector.progress(done, total)
        _read_line(reading, number, cells)
    _end_case(reading)


def _begin_table(reading: _Reading, header: Header) -> None:
    reading.header = header
    reading.count = reading.run = 0
    reading.merged = merged_values(reading.sheet, header)
    reading.scenes = _scenes(reading.sheet, header)
    if not reading.sheet.has_formats:
        _note_bare_numbers(reading, header)
    for column, word in header.twice:
        message = f"列名“{word}”和前面的列意思相同，只读了前面那一列，请删去一列。"
        _problem(reading, header.row, column, message)
    if header.unknown:
        words = "、".join(word[:20] for _, word in header.unknown[:10])
        message = f"不认识这些列，没有读入：{words}。"
        _note(reading, header.row, header.unknown[0][0], message)


def _note_bare_numbers(reading: _Reading, header: Header) -> None:
    """Say once below a header that its numbers may be shown otherwise in the workbook."""
    asked = {header.columns.get(name) for name in _ASKED_FIELDS} | set(header.options.values())
    places = (place for place, odd in reading.sheet.odd.items() if odd in ("whole", "number"))
    first = min((one for one in places if one[0] > header.row and one[1] in asked), default=None)
    if first is not None:
        _note(reading, *first, _BARE_NUMBERS)


def _scenes(sheet: Sheet, header: Header) -> dict[int, str]:
    column = header.columns.get("scene")
    if column is None:
        return {}
    found, below = {}, ""
    for number, cells in reversed(sheet.rows):
        if number <= header.row:
            break
        written = clean(cells[column]) if column < len(cells) else ""
        found[number] = below = written or below
    return found


def _problem(reading: _Reading, row: int, column: int | None, message: str, item: str = "") -> None:
    reading.collector.problem(row, message, item, reading.sheet.place(row, column))


def _note(reading: _Reading, row: int, column: int | None, message: str, item: str = "") -> None:
    reading.collector.note(row, message, item, reading.sheet.place(row, column))


def _title(cells: list[str]) -> str:
    """Give the kind that a row with one written cell names, as titles between questions do."""
    written = [cell for cell in cells if cell]
    return kind_of_heading(written[0]) if len(written) == 1 and len(written[0]) < 60 else ""


def _read_line(reading: _Reading, number: int, cells: list[str]) -> None:
    """Read one row below a header: a title, a note, another header, or a question."""
    if number == reading.header.row + 1 and take_letters_below(reading.header, cells):
        return
    written = [cell for cell in cells if cell and not cell.isspace()]
    if len(written) == 1 and (kind := _title(cells)):
        _end_case(reading)
        reading.kind, reading.count, reading.run = kind, 0, 0
        return
    if (header := _header_again(reading, number, cells)) is not None:
        _end_case(reading)
        _begin_table(reading, header)
        return
    row = Row(reading.sheet, reading.header, number, cells, reading.merged.get(number, {}))
    if not _asks_something(row):
        first = clean(written[0]) if written else ""
        if first and not first.startswith(_NOTE_WORDS) and not first.replace(".", "").isdigit():
            message = f"这一行没有题干、选项和答案（只有“{first[:20]}”），没有读入。"
            _problem(reading, number, None, message)
        return
    if number in reading.sheet.hidden_rows:
        message = "这一行在表里是隐藏的，已经读入；不要这一题请在预览里去掉。"
        _note(reading, number, None, message)
    reading.count += 1
    _take_running_number(reading, row)
    _read_question(reading, row)


def _take_running_number(reading: _Reading, row: Row) -> None:
    """Take away the number before a stem that only counts the questions."""
    column = row.header.columns.get("stem")
    if column is None or column >= len(row.cells) or row.header.is_ours:
        return
    said = row.raw("kind")
    reading.run = reading.run + 1 if said == reading.said else 1
    reading.said = said
    serial = row.raw("ignored")
    expected = (str(reading.count), str(reading.run), serial)  # each kind may be counted from 1
    row.cells = [*row.cells]
    row.cells[column] = without_running_number(row.cells[column], expected)


def _header_again(reading: _Reading, number: int, cells: list[str]) -> Header | None:
    """Tell a header that is repeated further down from a question that speaks of 题干 and 答案."""
    at = reading.header.columns.get("kind")
    if at is not None and at < len(cells) and kind_named(cells[at]):
        return None
    header = read_header(number, cells)
    many = header is not None and len(header.columns) + len(header.options) >= _HEADER_WORDS
    return header if many else None


def _asks_something(row: Row) -> bool:
    columns = [row.header.columns.get(name, -1) for name in _ASKED_FIELDS]
    columns += [*row.header.options.values(), *row.header.rests]
    return any(0 <= at < len(row.cells) and row.cells[at] for at in columns)


def _read_question(reading: _Reading, row: Row) -> None:
    said = row.text("kind")
    kind = kind_named(said) or ("" if said else reading.kind)
    if said and not kind:
        _refuse_kind(reading, row, said)
        return
    if kind in ("", "choice"):
        inferred = infer_kind(row, row.options())
        if not inferred or (
            kind == "choice" and inferred not in ("single_choice", "multiple_choice")
        ):
            kind = "single_choice" if kind and not row.text("key") else inferred
        else:
            kind = inferred
    if not kind:
        message = _OPTIONS_INSIDE if options_inside(row.text("stem"))[1] else _WHAT_KIND
        _problem(reading, row.number, reading.header.column("kind"), message, _item(row))
        return
    if kind not in KINDS:
        reason = (
            f"{row.sheet.place(row.number)}：本系统还不能使用题型“{said or kind}”，这道题没有读入。"
        )
        reading.collector.skip(row.number, said or kind, reason, _item(row))
        return
    _place_question(reading, row, row_values(row, kind))


def _refuse_kind(reading: _Reading, row: Row, said: str) -> None:
    if clean(said) in STRANGE_KINDS:
        place = row.sheet.place(row.number)
        reason = f"{place}：本系统没有题型“{said}”，这道题没有读入，也没有当作别的题型。"
        reading.collector.skip(row.number, said, reason, _item(row))
        return
    message = f"没有题型“{said[:20]}”，请写单选题、多选题、判断题、填空题等。"
    _problem(reading, row.number, reading.header.column("kind"), message, _item(row))


def _item(row: Row) -> str:
    return row.text("id")


def _place_question(reading: _Reading, row: Row, values: dict[str, Any]) -> None:
    """Put a question where it belongs: alone, as a case set, or as part of one."""
    scene, named = row.text("scene"), row.text("case")
    if values["kind"] == "case_set":
        _end_case(reading)
        reading.case = _Case(row, values)
        return
    case = reading.case
    if not (scene or named) and case is not None and row.number in reading.scenes:
        scene = reading.scenes[row.number] if _goes_on(reading, case, row) else ""
    if not (scene or named):
        _end_case(reading)
        _add(reading, [row], values, row.text("kind") or values["kind"])
        return
    same = case is not None and (
        (named and named == case.values.get("id", case.values.get("scene")))
        or (not named and scene == case.values.get("scene"))
    )
    if not same:
        _end_case(reading)
        if not scene:
            message = f"前面没有案例“{named[:40]}”，请把小题紧接着写在它的案例下面。"
            _problem(reading, row.number, row.header.column("case"), message, _item(row))
            return
        shared = {
            name: values[name] for name in ("lesson", "domain", "pool", "section") if name in values
        }
        head = Row(row.sheet, row.header, row.number, row.cells)
        reading.case = case = _Case(head, {"kind": "case_set", "scene": scene} | shared)
        if named:
            case.values["id"] = named
    if case is not None:
        case.parts.append((row, values))


def _goes_on(reading: _Reading, case: _Case, row: Row) -> bool:
    """Tell whether the material above a row without one is written again further down."""
    return bool(case.parts) and reading.scenes[row.number] == case.values.get("scene")


def _end_case(reading: _Reading) -> None:
    """Make the case set that was being collected into one question."""
    case = reading.case
    reading.case = None
    if case is None:
        return
    told = [values for _, values in case.parts]
    values = case_values(case.values, told, reading.collector.defaults)
    _add(reading, [case.row, *(row for row, _ in case.parts)], values, "案例题")


def _add(reading: _Reading, rows: list[Row], values: dict[str, Any], source_kind: str) -> None:
    """Complete a question with what stands beside the cells, and hand it to the collector."""
    collector = reading.collector
    row = rows[0]
    item = str(values.get("id", ""))
    if row.header.rests:
        values = _completed_beside(reading, rows, values)
    for one in rows:
        for column, message in one.notes:
            _problem(reading, one.number, column, message, item)
        for column, message in one.seen:
            _note(reading, one.number, column, message, item)
        for name, message in one.faults:
            collector.problem(one.number, message, item, one.place(name))
    if any(one.faults for one in rows):
        return
    if tags := values.get("tags"):
        # A table has columns for what other formats put into tags: these are words, nothing more.
        values = {name: one for name, one in values.items() if name != "tags"}
        values["extra"] = dict(values.get("extra", {})) | {"x_tags": list(tags)}
    before = len(collector.problems)
    collector.add(row.number, source_kind, values, row.sheet.place(row.number))
    for at in range(before, len(collector.problems)):
        problem = collector.problems[at]
        collector.problems[at] = replace(problem, place=_place_of_fault(rows, problem.place))


def _place_of_fault(rows: list[Row], place: str) -> str:
    """Turn a place such as ``questions[2].options[1].text`` into sheet, row and column."""
    found = re.match(r"questions\[(\d+)\]\.?", place)
    row = rows[int(found[1])] if found and int(found[1]) < len(rows) else rows[0]
    return row.place(place[found.end() :] if found else place)


def _completed_beside(reading: _Reading, rows: list[Row], values: dict[str, Any]) -> dict[str, Any]:
    told: list[dict[str, Any]] = []
    for one in rows:
        rest = read_rest("".join(_cell(one, column) for column in one.header.rests))
        if rest is None:
            message = f"“{REST}”被改坏了，没有用；这一行只按其他各列读入。"
            one.notes.append((one.header.rests[0], message))
        told.append(rest or {})
    if not any(told):
        return values
    try:
        whole, fits = with_rest(values, told, reading.collector.defaults)
    except QuestionError as error:
        rows[0].faults += [(fault.place, fault.message) for fault in error.faults]
        return values
    if not fits:
        return whole
    for one, rest in zip(rows, told, strict=True):
        if rest:  # the row is as we wrote it: what the cells lack stands beside them
            one.faults.clear()
            one.notes.clear()
            one.seen.clear()
    return whole


def _cell(row: Row, column: int) -> str:
    return row.cells[column] if column < len(row.cells) else ""
