"""Workbooks as instructors have them, and as strangers forge them."""

import datetime
import zipfile
from hashlib import sha256
from io import BytesIO
from resource import RUSAGE_CHILDREN, getrusage
from time import process_time

import pytest
import xlsxwriter

from question_bank.readers import xlsx
from question_bank.readers.collecting import Defaults
from question_bank.readers.excel import read_excel
from question_bank.writers.excel import template, write_excel
from question_bank.writers.excel_guide import EXAMPLES, GUIDE
from tests.question_bank.readers.workbooks import HEAD, SINGLE, old_workbook, with_part, workbook

SHEET = "xl/worksheets/sheet1.xml"


def _single(**cells: object) -> list[object]:
    named = dict(zip(HEAD, SINGLE, strict=True)) | cells
    return [named[column] for column in HEAD]


def test_one_row_a_question() -> None:
    report = read_excel(workbook(("题目", [HEAD, SINGLE])), "a.xlsx", Defaults(domain="E"))
    (question,) = report.questions
    assert report.problems == ()
    assert (question.kind, question.stem, question.key) == ("single_choice", "先做什么？", ("o2",))
    assert [option.text for option in question.options] == ["去窗口", "问分诊台", "坐着等"]
    assert (question.explanation, question.domain) == ("分诊台会指路。", "E")
    assert report.origins[0].place == "工作表“题目”第 2 行"


def test_title_and_notes_above_and_below_the_header() -> None:
    rows = [["陪诊师题库"], ["注：红色列必填"], [], HEAD, SINGLE, [], ["备注：以上由教研组提供"]]
    report = read_excel(workbook(("一", rows), ("空", []), ("填写说明", [["怎么填"]])), "a.xlsx")
    assert (len(report.questions), report.problems) == (1, ())


def test_one_sheet_a_kind() -> None:
    head = ["题干", "选项A", "选项B", "选项C", "答案"]
    single = ["选哪个？", "甲", "乙", "丙", "A"]
    several = ["选哪些？", "甲", "乙", "丙", "A、C"]
    sheets = [
        ("单选题", [head, single]),
        ("多选", [head, several]),
        ("判断题", [["题干", "答案"], ["要核对身份", "√"]]),
    ]
    report = read_excel(workbook(*sheets), "a.xlsx")
    kinds = [(question.kind, question.key) for question in report.questions]
    assert kinds == [
        ("single_choice", ("o1",)),
        ("multiple_choice", ("o1", "o3")),
        ("true_false", ("true",)),
    ]


def test_titles_between_the_rows_name_the_kind() -> None:
    rows = [
        ["题干", "选项A", "选项B", "选项C", "答案"],
        ["一、单选题（每题1分）"],
        ["选哪个？", "甲", "乙", "丙", "A"],
        ["二、判断题"],
        ["要核对身份", "", "", "", "对"],
    ]
    report = read_excel(workbook(("卷一", rows)), "a.xlsx")
    assert [one.kind for one in report.questions] == ["single_choice", "true_false"]
    assert report.problems == ()


def test_numbers_dates_and_per_cent_are_what_the_author_sees() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("题目")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ["单选题", "多少？", 1.0, 0.1 + 0.2, "", "A"])
        sheet.write_number(1, 4, 0.9, book.add_format({"num_format": "0%"}))
        sheet.write_row(2, 0, ["单选题", "哪天？", "", "三月", "四月", "B"])
        day = datetime.date(2026, 1, 2)
        sheet.write_datetime(2, 2, day, book.add_format({"num_format": "yyyy-mm-dd"}))
    report = read_excel(out.getvalue(), "a.xlsx")
    texts = [[option.text for option in question.options] for question in report.questions]
    assert texts == [["1", "0.3", "90%"], ["2026-01-02", "三月", "四月"]]
    assert report.problems == ()
    (note,) = report.notes
    assert note.place == "工作表“题目”第 3 行 C 列"
    assert "是日期或时间" in note.message


def test_zeros_and_words_of_a_number_format_are_read() -> None:
    out = BytesIO()
    formats = ["000", '0.0"℃"', '0"人"', "0.00", "General"]
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("题目")
        sheet.write_row(0, 0, ["题型", "题干", *(f"选项{letter}" for letter in "ABCDE"), "答案"])
        sheet.write_row(1, 0, ["单选题", "多少？"])
        for at, (code, number) in enumerate(zip(formats, [1, 36.5, 3, 0.5, 1e-7], strict=True)):
            sheet.write_number(1, 2 + at, number, book.add_format({"num_format": code}))
        sheet.write(1, 7, "A")
    report = read_excel(out.getvalue(), "a.xlsx")
    texts = [option.text for option in report.questions[0].options]
    assert texts == ["001", "36.5℃", "3人", "0.5", "0.0000001"]


@pytest.mark.parametrize(
    ("code", "named"),
    [("¥#,##0.00", True), ("[$¥-804]#,##0", True), ("# ?/?", True), ('"约"0', True), ("General", False),
     ("#,##0.00", False), ("0.00_);[Red]\\(0.00\\)", False), ('_-* #,##0_-;-* #,##0_-;_-* "-"_-', False)],
)  # fmt: skip
def test_a_format_that_is_not_read_is_named(code: str, named: bool) -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("题目")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ["单选题", "多少？", 0, "一", "二", "A"])
        sheet.write_number(1, 2, 0.5, book.add_format({"num_format": code}))
    report = read_excel(out.getvalue(), "a.xlsx")
    assert report.questions[0].options[0].text == "0.5"
    assert [note.place for note in report.notes] == ["工作表“题目”第 2 行 C 列"] * named


def test_a_formula_stays_text_and_is_named() -> None:
    row = _single(题干='=HYPERLINK("http://x.example","点我")')
    report = read_excel(workbook(("题目", [HEAD, row])), "a.xlsx")
    assert report.questions[0].stem == '=HYPERLINK("http://x.example","点我")'
    assert report.problems == ()
    assert "没有计算" in report.notes[0].message
    assert report.notes[0].place == "工作表“题目”第 2 行 B 列"


def test_the_stored_value_of_a_formula_is_read_and_noted() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("题目")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, SINGLE)
        sheet.write_formula(1, 5, '=UPPER("b")', None, "B")
        sheet.write_formula(1, 1, '=A1&"？"', None, "题型？")
        sheet.write_formula(1, 6, "=1/0", None, "#DIV/0!")
    report = read_excel(out.getvalue(), "a.xlsx")
    (question,) = report.questions
    assert (question.stem, question.key, question.explanation) == ("题型？", ("o2",), "=1/0")
    assert report.problems == ()
    assert len(report.notes) == 3
    assert "没有重新计算" in report.notes[0].message


def test_text_that_looks_like_a_formula_goes_out_as_text_and_comes_back() -> None:
    rows = [HEAD, _single(选项A="-5 ℃", 解析="+1")]
    (question,) = read_excel(workbook(("题目", rows)), "a.xlsx").questions
    written = write_excel([question])
    assert b"<f>" not in _part(written, SHEET)
    assert read_excel(written, "b.xlsx").questions == (question,)


def _part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return package.read(name)


def test_merged_kinds_reach_every_row_and_hidden_rows_are_noted() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("题目")
        sheet.write_row(0, 0, HEAD)
        for row in (1, 2, 3):
            sheet.write_row(row, 1, [f"{SINGLE[1]}{row}", *SINGLE[2:]])
        sheet.merge_range(1, 0, 3, 0, "单选题")
        sheet.set_row(2, None, None, {"hidden": True})
    report = read_excel(out.getvalue(), "a.xlsx")
    assert [question.kind for question in report.questions] == ["single_choice"] * 3
    assert [note.line for note in report.notes] == [3]
    assert "隐藏" in report.notes[0].message
    assert report.problems == ()


def test_a_hidden_sheet_is_named_and_not_read() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name in ("题目", "旧题"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEAD)
            sheet.write_row(1, 0, SINGLE)
        book.get_worksheet_by_name("旧题").hide()
    report = read_excel(out.getvalue(), "a.xlsx")
    assert len(report.questions) == 1
    assert "旧题" in report.problems[0].message


def test_a_million_empty_rows_are_not_waited_for() -> None:
    data = workbook(("题目", [HEAD, SINGLE]))
    rows = b"".join(b'<row r="%d"/>' % number for number in range(3, 400_003))
    package = _part(data, SHEET)
    data = with_part(data, SHEET, package.replace(b"</sheetData>", rows + b"</sheetData>"))
    started = process_time()
    report = read_excel(data, "a.xlsx")
    assert process_time() - started < 1
    assert len(report.questions) == 1
    assert "空行" in report.problems[0].message


def test_two_cells_far_apart_take_no_memory_between_them() -> None:
    data = workbook(("题目", [HEAD, SINGLE]))
    far = (
        b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    )
    data = with_part(data, SHEET, _part(data, SHEET).replace(b"</sheetData>", far))
    assert len(read_excel(data, "a.xlsx").questions) == 1


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_a_doctype_inside_the_package_is_refused(part: str) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    report = read_excel(with_part(workbook(("题目", [HEAD, SINGLE])), part, bomb), "a.xlsx")
    assert report.unreadable
    assert "DOCTYPE" in report.problems[0].message


def test_a_broken_part_is_one_sentence() -> None:
    data = with_part(workbook(("题目", [HEAD])), SHEET, b"<worksheet><sheet")
    report = read_excel(data, "a.xlsx")
    assert report.unreadable
    assert "XML 有错" in report.problems[0].message


def test_a_large_part_is_read_as_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook(("题目", [list(row) for row in EXAMPLES]), ("更多", [HEAD, SINGLE, SINGLE]))
    at_once = read_excel(data, "a.xlsx")
    monkeypatch.setattr(xlsx, "SMALL", 0)
    assert at_once.questions
    assert read_excel(data, "a.xlsx") == at_once


def test_a_stem_of_two_megabytes_is_refused_and_the_rest_comes_in() -> None:
    data = workbook(("题目", [HEAD, _single(题干="@@"), SINGLE]))
    strings = _part(data, "xl/sharedStrings.xml").replace(
        b"<t>@@</t>", b"<t>" + _long_text() + b"</t>"
    )
    report = read_excel(with_part(data, "xl/sharedStrings.xml", strings), "a.xlsx")
    assert len(report.questions) == 1
    assert "2000000" in report.problems[0].message
    assert report.problems[0].place == "工作表“题目”第 2 行 B 列"


def _long_text() -> bytes:
    """Two million characters that do not pack like a bomb."""
    digests = (sha256(str(number).encode()).hexdigest() for number in range(31_250))
    return "".join(digests).encode()


def test_old_workbooks_are_read() -> None:
    numbers: list[list[str | float]] = [HEAD, ["单选题", "几次？", 1.0, 2.0, 3.5, "A", ""]]
    report = read_excel(old_workbook([*numbers, list(SINGLE)]), "a.xls")
    assert [str(one) for one in report.problems] == []
    assert [option.text for option in report.questions[0].options] == ["1", "2", "3.5"]
    assert report.questions[1].key == ("o2",)
    (note,) = report.notes
    assert (note.place, ".xls" in note.message) == ("工作表“题目”第 2 行 C 列", True)


def test_a_damaged_old_workbook_ends_only_its_own_process() -> None:
    data = old_workbook([list(HEAD), list(SINGLE)])
    report = read_excel(data[:1_400] + b"\xff" * 300 + data[1_700:3_000], "a.xls")
    assert report.unreadable
    assert "另存为 .xlsx" in report.problems[0].message


def test_an_old_workbook_with_a_cell_far_away_is_refused_at_once() -> None:
    started = getrusage(RUSAGE_CHILDREN).ru_utime  # a process of its own reads it
    report = read_excel(old_workbook([list(HEAD), list(SINGLE)], far_row=65_535), "a.xls")
    assert report.unreadable
    assert getrusage(RUSAGE_CHILDREN).ru_utime - started < 4  # it takes half a second


def test_the_template_is_empty_and_its_examples_are_right() -> None:
    report = read_excel(template(), "模板.xlsx")
    assert report.questions == ()
    assert "只有表头" in report.problems[0].message
    examples = read_excel(workbook(("题目", [list(row) for row in EXAMPLES])), "a.xlsx")
    assert [str(one) for one in examples.problems] == []
    assert len({question.kind for question in examples.questions}) == 10
    assert all(right.endswith(("。", "说明。")) for left, right in GUIDE[1:])
