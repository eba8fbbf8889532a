"""Lists of invented people as offices send them."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter
from stdnum.cn import ric

HEAD = ("姓名", "身份证号", "手机号", "单位", "类别", "街道")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = "安宁康乐平和顺泰"
KINDS = ("平台", "养老机构", "独立", "志愿者")


def number(order: int, born: str = "19700101") -> str:
    """Return an identity number that nobody has: no place's code begins with 99."""
    body = f"990110{born}{order:03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def person(order: int) -> list[str]:
    """Return one invented person as a row."""
    name = SURNAMES[order % 16] + GIVEN[order // 16 % 8] + GIVEN[order // 128 % 8]
    unit = f"示例护理院{order % 67 + 1}"
    return [
        name,
        number(order),
        f"1390001{order:04d}",
        unit,
        KINDS[order % 4],
        f"示例{order % 12 + 1}街道",
    ]


def people(many: int) -> list[list[str]]:
    """Return so many different people."""
    return [person(order) for order in range(1, many + 1)]


def csv_of(rows: list[list[str]], encoding: str = "gb18030", separator: str = ",") -> bytes:
    """Return rows as CSV in an encoding."""
    return "\r\n".join(separator.join(row) for row in rows).encode(encoding)


def plain(rows: list[list[str]]) -> bytes:
    """Return a tidy list in UTF-8."""
    return csv_of([list(HEAD), *rows], "utf-8")


def messy(rows: list[list[str]]) -> bytes:
    """Return a workbook with a title, a note, two header rows, merged cells and a line of totals."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        cover = book.add_worksheet("填表说明")
        cover.write(0, 0, "请各街道于周五前报送")
        sheet = book.add_worksheet("参训名单")
        sheet.merge_range(0, 0, 0, 7, "2026 年第 4 期陪诊师培训班报名汇总表")
        sheet.write(1, 0, "填报单位（盖章）：")
        for column, word in ((0, "序号"), (1, "姓 名"), (2, "身份证号码（必填）"), (7, "备注")):
            sheet.merge_range(2, column, 3, column, word)
        sheet.merge_range(2, 3, 2, 4, "联系方式")
        sheet.write(3, 3, "手机号*")
        sheet.write(3, 4, "所属街镇")
        sheet.merge_range(2, 5, 2, 6, "工作情况")
        sheet.write(3, 5, "所在单位")
        sheet.write(3, 6, "人员类别")
        for at, (name, identity, phone, unit, kind, street) in enumerate(rows):
            values = (str(at + 1), f"{name[0]} {name[1:]}", identity, phone, street, unit, kind)
            for column, value in enumerate(values):
                sheet.write_string(4 + at, column, value)
        sheet.write(4 + len(rows), 1, f"合计：{len(rows)}人")
    return out.getvalue()
