"""Finding people in tables as offices send them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
import xlsxwriter
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.training.people_sheet import MOST_PEOPLE, read_people
from app.training.people_template import template
from question_bank.readers.sheets import TableRefusedError
from tests.app.training import people_sheets as sheets
from tests.question_bank.readers.workbooks import old_workbook


@pytest.fixture(autouse=True)
def words(whole_app: Flask) -> Iterator[None]:
    """Sentences need a request for their language."""
    with whole_app.test_request_context():
        yield


def test_messy_workbook() -> None:
    """Title rows, two header rows, merged cells, spaces in names, totals: 130 people come out."""
    read = read_people(sheets.messy(sheets.people(130)))
    assert len(read.rows) == 130
    first = read.rows[0]
    assert first.place == "工作表“参训名单”第 5 行"
    expected = sheets.person(1)
    values = [first.values[n] for n in ("identity", "phone", "unit", "category", "street")]
    assert values == expected[1:]
    assert first.columns["phone"] == "D"
    assert "填表说明" in read.notes[0]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text(encoding: str, separator: str) -> None:
    """The encoding and the separator are found by content."""
    rows = [["报名表"], list(sheets.HEAD), *sheets.people(20)]
    read = read_people(sheets.csv_of(rows, encoding, separator))
    assert [row.values["name"] for row in read.rows] == [one[0] for one in sheets.people(20)]


def test_old_workbook() -> None:
    """The old binary format is read in its child."""
    rows: list[list[str | float]] = [[*sheets.HEAD], *([*one] for one in sheets.people(3))]
    assert len(read_people(old_workbook(rows)).rows) == 3


def test_merged_units() -> None:
    """A unit written once over three people is everybody's."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for column, word in enumerate(("单位", "姓名", "联系电话")):
            sheet.write(0, column, word)
        sheet.merge_range(1, 0, 3, 0, "示例护理院")
        for at, one in enumerate(sheets.people(4)):
            sheet.write(at + 1, 1, one[0])
            sheet.write(at + 1, 2, one[2])
    units = [row.values["unit"] for row in read_people(out.getvalue()).rows]
    assert units == ["示例护理院"] * 3 + [""]


def test_header_again() -> None:
    """A header repeated after a page break is nobody."""
    rows = [list(sheets.HEAD), sheets.person(1), list(sheets.HEAD), sheets.person(2)]
    assert len(read_people(sheets.csv_of(rows)).rows) == 2


def test_number_cells() -> None:
    """A phone number that Excel holds as a number is still a phone number."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in (("姓名", "手机"), ("赵安", 13900010001)):
            for column, value in enumerate(row):
                sheet.write(0 if row[0] == "姓名" else 1, column, value)
    assert read_people(out.getvalue()).rows[0].values["phone"] == "13900010001"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "空的"),
        (b"%PDF-1.7 x", "不是表格"),
        (b"<html><table></table></html>", "不是表格"),
        ("姓名,身份证号\n赵安,1".encode(), "没有找到学员"),
        ("今天天气好".encode(), "没有找到学员"),
        (sheets.plain([]), "没有找到学员"),
        (sheets.plain(sheets.people(MOST_PEOPLE + 1)), f"超过 {MOST_PEOPLE} 人"),
        (sheets.messy(sheets.people(9))[:900], "。"),
    ],
)
def test_refused(data: bytes, sentence: str) -> None:
    """What holds no list of people, or too long a one, is refused in a sentence."""
    with pytest.raises(TableRefusedError, match=sentence):
        read_people(data)


def test_ten_thousand_rows() -> None:
    """Ten thousand rows are refused whole."""
    many = [[f"赵{n}", "", f"139{n:08d}", "", "", ""] for n in range(10_000)]
    with pytest.raises(TableRefusedError, match="什么都没有读入"):
        read_people(sheets.csv_of([list(sheets.HEAD), *many]))


def test_template_is_read() -> None:
    """Our own template has a header we know and nobody in it."""
    with pytest.raises(TableRefusedError, match="没有找到学员"):
        read_people(template())


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes(data: bytes) -> None:
    """Whatever is sent, it is people or a sentence."""
    said = "。"
    try:
        read_people(data)
    except TableRefusedError as refused:
        said = str(refused)
    assert said.endswith("。")
