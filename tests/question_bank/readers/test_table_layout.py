"""Tables that take several rows for their header or for one question."""

from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from question_bank.readers.excel import read_csv, read_excel
from question_bank.readers.report import ImportReport

HEAD = ["题号", "题干", "选项", "答案"]


def _read(rows: list[list[Any]], *merged: str) -> ImportReport:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("题目")
        for cells in merged:
            sheet.merge_range(cells, "")
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value:
                    sheet.write(number, column, value)
    return read_excel(out.getvalue(), "a.xlsx")


def test_letters_in_a_row_below_the_header() -> None:
    report = _read(
        [
            ["题型", "题干", "选项", "", "", "答案"],
            ["", "", "A", "B", "C", ""],
            ["单选题", "问一", "甲", "乙", "丙", "C"],
            ["多选题", "问二", "甲", "乙", "丙", "AC"],
        ],
        "A1:A2",
        "B1:B2",
        "C1:E1",
        "F1:F2",
    )
    assert report.problems == ()
    assert [[one.text for one in asked.options] for asked in report.questions] == [
        ["甲", "乙", "丙"]
    ] * 2
    assert [one.key for one in report.questions] == [("o3",), ("o1", "o3")]


@pytest.mark.parametrize("options", [["A. 一号", "B. 二号", "C. 三号"], ["一号", "二号", "三号"]])
def test_one_option_a_row_below_a_merged_stem(options: list[str]) -> None:
    rows = [HEAD, ["1", "问一", options[0], "C"], *(["", "", one] for one in options[1:])]
    rows += [["2", "问二", "A. 甲\nB. 乙", "B"]]
    report = _read(rows, "A2:A4", "B2:B4", "D2:D4")
    assert report.problems == ()
    assert [one.stem for one in report.questions] == ["问一", "问二"]
    assert [one.text for one in report.questions[0].options] == ["一号", "二号", "三号"]
    assert [one.key for one in report.questions] == [("o3",), ("o2",)]


def test_one_option_a_row_lettered_on() -> None:
    rows = ["问一,A. 一号,B", ",B. 二号,", ",C. 三号,", "问二,A. 甲 B. 乙,A"]
    report = read_csv("\n".join(["题干,选项,答案", *rows]).encode(), "a.csv")
    assert report.problems == ()
    assert [len(one.options) for one in report.questions] == [3, 2]


@pytest.mark.parametrize("below", ["C. 三号", "B. 二号", "A. 二号 B. 三号", "三号"])
def test_options_that_do_not_follow_are_named(below: str) -> None:
    rows = ["问一,A. 甲 B. 乙,B" if below == "B. 二号" else "问一,A. 一号,A", f",{below},"]
    report = read_csv("\n".join(["题干,选项,答案", *rows]).encode(), "a.csv")
    assert [one.place for one in report.problems][-1] == "第 3 行"
    assert all(below not in option.text for one in report.questions for option in one.options)
