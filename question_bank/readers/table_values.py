"""The fields that every kind has, out of a row: where the question belongs, and how hard it is.

What is not understood here never keeps a question out: it is left empty and named.
"""

import re
from datetime import date
from typing import Any

from question_bank.question import Difficulty
from question_bank.readers.headers import narrow
from question_bank.readers.sheets import clean
from question_bank.readers.table_row import Row
from question_bank.readers.table_words import OUR_WORDS, meaning

_WORDED = ("level", "pool", "status", "rule")
_LABELS = {"level": "层次", "pool": "题库", "status": "状态", "rule": "评分规则"}
# Shares of people who get it right, from which a band follows (content files, `difficulty`).
_EASY, _MEDIUM = 0.80, 0.55
_BAND_AND_SHARE = re.compile(r"([易中难])\((0\.\d{1,6}|1\.0|0\.0)\)")
_RANK = re.compile(r"(?P<stars>★{1,5})(?P<empty>☆{0,4})|(?P<number>[1-5])\s?[星级]?")
_HARDEST = re.compile(r"1\D{0,6}[-~～—–至到,，、]\D{0,3}([35])")
_EASY_LAST = re.compile(r"[35]\D{0,4}(?:易|简单|低)")
_RANKED = {
    3: "难度的数或星读成：1 为易，2 为中，3 为难；请核对。",
    5: "难度的数或星读成：1、2 为易，3 为中，4、5 为难；请核对。",
}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def read_values(row: Row, kind: str) -> dict[str, Any]:
    """Give the attributes that the row says; what it does not say is absent."""
    values: dict[str, Any] = {}
    stem = row.text("stem")
    values["scene" if kind == "case_set" else "stem"] = stem
    for name in ("explanation", "domain", "section", "objective", "language"):
        if text := row.text(name):
            values[name] = text
    for name in ("headings", "tags", "enemies", "also_lessons", "reviewers_needed"):
        if several := row.several(name):
            values[name] = several
    item = row.text("id")
    # A running number is no id: every table has a question 1.
    if item and (row.header.is_ours or not item.isdigit()):
        values["id"] = item
    if lesson := _lesson(row):
        values["lesson"] = lesson
    if version := row.text("version"):
        if version.isascii() and version.isdigit() and int(version[:9]) > 0:
            values["version"] = int(version[:9])
        else:
            row.note("version", f"版本“{version[:20]}”不是数字，按第 1 版读入。")
    values |= _worded(row, kind)
    values |= _difficulty(row)
    if (shuffle := meaning("shuffle", row.text("shuffle"))) == "no":
        values["shuffle"] = False
    elif row.text("shuffle") and not shuffle:
        row.note("shuffle", "“选项可乱序”请写是或否，现在按“是”读入。")
    if day := row.text("review_by"):
        values |= _day(row, day)
    return values


def _lesson(row: Row) -> str:
    lesson = row.text("lesson")
    column = row.header.columns.get("lesson", -1)
    typed_as_number = row.sheet.odd.get((row.number, column)) == "number"
    if typed_as_number and lesson[-2:] == ".1" and lesson.count(".") == 1:
        message = f"课“{lesson}”在表里是数字，分不清 {lesson} 和 {lesson}0，请改成文本格式再核对。"
        row.note("lesson", message)
    return lesson


def _worded(row: Row, kind: str) -> dict[str, Any]:
    values = {}
    for name in _WORDED:
        text = row.text(name)
        if not text or (name == "level" and kind in ("case_set", "description")):
            continue
        value = meaning(name, text)
        if not value and name == "rule" and text.isascii():
            value = text  # a stored name we print as it is
        if value:
            values[name] = value
        else:
            known = "、".join(OUR_WORDS[name].values())
            row.note(name, f"不认识{_LABELS[name]}“{text[:20]}”，没有读入；可以写：{known}。")
    return values


def _difficulty(row: Row) -> dict[str, Any]:
    text = row.text("difficulty")
    if not text:
        return {}
    if band := meaning("difficulty", text):
        return {"difficulty": Difficulty(band)}
    share = narrow(text)
    if found := _BAND_AND_SHARE.fullmatch(share):
        return {"difficulty": Difficulty(meaning("difficulty", found[1]), float(found[2]))}
    if re.fullmatch(r"0?\.\d{1,6}", share):
        p = float(share)
        band = "easy" if p >= _EASY else "medium" if p >= _MEDIUM else "hard"
        return {"difficulty": Difficulty(band, p)}
    if band := _ranked(row, text):
        return {"difficulty": Difficulty(band)}
    row.note("difficulty", f"难度“{text[:20]}”看不出是易、中还是难，没有读入，请写易、中或难。")
    return {}


def _ranked(row: Row, text: str) -> str:
    """Give the band of 4 or ★★★★ where the column shows how many there are; else empty."""
    found = _RANK.fullmatch(narrow(text))
    if found is None:
        return ""
    header = row.header
    if header.scale is None:
        header.scale = _scale(row)
        if header.scale:
            row.look("difficulty", _RANKED[header.scale])
    rank = len(found["stars"]) if found["stars"] else int(found["number"])
    if not header.scale or rank > header.scale:
        return ""
    middle = (header.scale + 1) // 2
    return "easy" if rank < middle else "medium" if rank == middle else "hard"


def _scale(row: Row) -> int:
    """Give the hardest of the difficulty column: as its header says, or 5 where a 5 is written."""
    column = row.header.columns["difficulty"]
    rows = {number: cells[column] for number, cells in row.sheet.rows if column < len(cells)}
    head = rows[row.header.row]
    if _EASY_LAST.search(head):
        return 0
    if said := _HARDEST.search(narrow(head)):
        return int(said[1])
    told = {narrow(clean(one)) for number, one in rows.items() if number > row.header.row}
    found = [_RANK.fullmatch(one) for one in told - {"", narrow(clean(head))}]
    # Where words or shares stand between, nobody says what a 3 is among them.
    full = [one for one in found if one]
    sizes = {len(one["stars"] + one["empty"]) for one in full if one["empty"]}
    highest = {len(one["stars"]) if one["stars"] else int(one["number"]) for one in full}
    return 5 if len(full) == len(found) and (sizes or {max(highest, default=0)}) == {5} else 0


def _day(row: Row, text: str) -> dict[str, Any]:
    found = _DAY.match(text)
    try:
        if found:
            return {"review_by": date(int(found[1]), int(found[2]), int(found[3]))}
    except ValueError:
        pass
    row.note("review_by", f"复审日期“{text[:20]}”不是日期，没有读入，请写成 2026-11-21。")
    return {}
