"""Find people in a table as offices send it: title rows, two header rows, merged cells, totals.

Cells in, rows of texts by field out, each with its place. Whether a text is right is not asked here;
no database, no account.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass, field
from io import BytesIO
from typing import Any
from zipfile import is_zipfile

from flask_babel import gettext as _

from app.saying import said
from question_bank.readers.cells import read_cells
from question_bank.readers.sheets import Sheet, TableRefusedError, clean, letters

MOST_PEOPLE = 2000
WORKBOOK = (b"PK", b"\xd0\xcf\x11\xe0")
"""How the bytes of a workbook begin: the new format is a zip, the old one and a locked one OLE."""
LOOK_DOWN = 30
"""Rows in which a header is looked for; above it stand titles and notes."""
WORDS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "名字", "学员姓名", "人员姓名", "参训人员", "参训人员姓名", "学员", "name"),
    "identity": (
        *(
            "身份证号",
            "身份证",
            "身份证号码",
            "证件号",
            "证件号码",
            "公民身份号码",
            "公民身份证号码",
        ),
        *("身份证件号", "身份证件号码", "居民身份证号", "有效证件号", "idnumber"),
    ),
    "phone": (
        *("手机号", "手机", "手机号码", "联系电话", "电话", "联系方式", "移动电话", "电话号码"),
        *("联系手机", "本人手机", "本人电话", "phone", "mobile"),
    ),
    "unit": (
        *("单位", "所在单位", "工作单位", "机构", "所属机构", "单位名称", "机构名称", "工作机构"),
        *("选送单位", "推荐单位", "所属单位", "服务机构", "employer"),
    ),
    "category": (
        "类别",
        "人员类别",
        "类型",
        "人员类型",
        "身份类别",
        "学员类别",
        "陪诊师类别",
        "category",
    ),
    "street": (
        *(
            "街道",
            "街镇",
            "所属街道",
            "所在街道",
            "街道镇",
            "街道/镇",
            "居住街道",
            "所属街镇",
            "镇",
        ),
        *("街道(镇)", "subdistrict"),
    ),
}
_SPOKEN = {word: name for name, words in WORDS.items() for word in words}
NEEDED = ("name", "phone")
TOTALS = re.compile(r"(合计|总计|小计|共计|共\d+人|填表人|制表人|审核人|备注|说明|注)[:：]?.*")
_REMARK = re.compile(r"[(（\[【].*?[)）\]】]|[\s*＊:：]|必填$|选填$")


@dataclass
class Row:
    """One person as written. `columns` says where each field stands; `odd` what a cell was."""

    place: str
    values: dict[str, str]
    columns: dict[str, str] = field(default_factory=dict)
    odd: dict[str, str] = field(default_factory=dict)

    def dump(self) -> dict[str, Any]:
        """Return the row as JSON."""
        return asdict(self)


@dataclass
class Read:
    """All people of a file, and what is worth knowing about the reading."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_people(data: bytes, name: str = "") -> Read:
    """Read the people of a file. Raises TableRefusedError with a sentence for people.

    `name` is the file's name. It decides nothing about the reading (a renamed list that can be
    read is read); it only tells what to say of a file in which nobody was found.
    """
    done = Read()
    if data.startswith(WORKBOOK[0]) and not is_zipfile(BytesIO(data)):
        raise TableRefusedError(_damaged())  # cut short: people sent a workbook, not an archive
    sheets = read_cells(data, _known)
    for sheet in sheets:
        if sheet.hidden:
            done.notes.append(_("%(sheet)s是隐藏的，没有读。", sheet=said(sheet.title)))
            continue
        found = _header(sheet)
        if found is None:
            if sheet.rows:
                done.notes.append(
                    _(
                        "%(sheet)s里没有找到“姓名”和“手机号”两列，没有读。",
                        sheet=sheet.title or _("表"),
                    )
                )
            continue
        _read_sheet(sheet, *found, done)
        if len(done.rows) > MOST_PEOPLE:
            raise TableRefusedError(
                _("名单超过 %(most)s 人，什么都没有读入。请按班拆成几份再上传。", most=MOST_PEOPLE)
            )
    if not done.rows:
        if name.lower().endswith((".xlsx", ".xls")) and not data.startswith(WORKBOOK):
            raise TableRefusedError(_damaged())
        raise TableRefusedError(
            _(
                "没有找到学员。表里要有一行写着“姓名”和“手机号”的表头，下面每行一个人。"
                "可以下载模板，把名单粘贴进去。"
            )
        )
    return done


def _damaged() -> str:
    return str(
        _(
            "这个文件打不开：不是 Excel 工作簿（.xlsx），或者没有传完、已经损坏。"
            "请在 Excel 里打开名单，另存为 .xlsx 再传。"
        )
    )


def _word(text: str) -> str:
    plain = unicodedata.normalize("NFKC", clean(text)).lower()
    return _SPOKEN.get(re.sub(r"\s", "", plain)) or _SPOKEN.get(_REMARK.sub("", plain)) or ""


def _fields(*rows: list[str]) -> dict[str, int]:
    """Return the columns of one or two header rows; the lower row says it more exactly."""
    found: dict[str, int] = {}
    for column in range(max(len(row) for row in rows)):
        words = [_word(row[column]) for row in reversed(rows) if column < len(row)]
        word = next(filter(None, words), "")
        if word and word not in found:
            found[word] = column
    return found


def _known(rows: list[list[str]]) -> int:
    return max((len(_fields(row)) for row in rows if row), default=0)


def _header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """Return where the people begin and which column is what; None without name and phone."""
    _fill_merged(sheet)
    best: tuple[int, int, dict[str, int]] | None = None
    rows = sheet.rows[:LOOK_DOWN]
    for at, (_number, cells) in enumerate(rows):
        for last in (at, at + 1):
            if last >= len(rows) or not (set(NEEDED) & set(_fields(rows[last][1])) or last == at):
                continue
            found = _fields(*(row for _n, row in rows[at : last + 1]))
            better = best is None or len(found) > best[0]
            if better and set(NEEDED) <= set(found) and len(cells) > 1:
                best = (len(found), last + 1, found)
    return None if best is None else (best[1], best[2])


def _fill_merged(sheet: Sheet) -> None:
    """Write what a vertically merged cell says into each row that it covers."""
    by_number = dict(sheet.rows)
    for top, left, bottom, _right in sheet.merged:
        above = by_number.get(top, [])
        text = above[left] if left < len(above) else ""
        for number in range(top + 1, min(bottom, top + MOST_PEOPLE) + 1):
            cells = by_number.get(number)
            if cells is None or not text:
                continue
            cells.extend([""] * (left + 1 - len(cells)))
            cells[left] = cells[left] or text


def _read_sheet(sheet: Sheet, start: int, columns: dict[str, int], done: Read) -> None:
    hidden = 0
    for number, cells in sheet.rows[start:]:
        values = {
            name: clean(cells[column]) if column < len(cells) else ""
            for name, column in columns.items()
        }
        own = {values[name] for name in ("name", "phone", "identity") if values.get(name)}
        if not own or len(_fields(cells)) >= len(NEEDED) + 1:
            continue  # only a merged unit, or the header again after a page break
        if len(own) == 1 and TOTALS.fullmatch(next(iter(own))):
            continue
        hidden += number in sheet.hidden_rows
        done.rows.append(
            Row(
                place=sheet.place(number),
                values=values,
                columns={name: letters(column) for name, column in columns.items()},
                odd={
                    name: sheet.odd[number, column]
                    for name, column in columns.items()
                    if (number, column) in sheet.odd
                },
            )
        )
    if hidden:
        done.notes.append(
            _(
                "%(sheet)s里有 %(n)s 行是隐藏的，也读了，请核对。",
                sheet=sheet.title or _("表"),
                n=hidden,
            )
        )
