"""The form of a 双向细目表: its fields as text, and from text back to a table or to what is wrong.

Fields are named `count-A-single_choice`, `marks-…`, `parts-…`, `domain-A`, `least-use`, `most-use`,
and the rules by single names (`RULES`). `total-questions` and `total-marks` are control figures:
what the cells should add up to. Nothing is saved here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from app.bank import wording
from app.bank.forms.pieces import FULL_WIDTH
from app.bank.planning import rows_of
from app.errors import Refusal
from app.formatting import show_mark
from app.saying import said
from question_bank import (
    EXAM_KINDS,
    KINDS,
    Blueprint,
    QuestionError,
    dump_blueprint,
    load_blueprint,
)
from question_bank.question import LEVELS

RULES = ("difficulty-least", "difficulty-most", "step", "cap", "trial")
TOTALS = ("total-questions", "total-marks")
LONGEST_TITLE, LONGEST_ENGLISH, LONGEST_DOMAIN = 100, 150, 40
WITH_RULES = "1.1"  # the format's minor version that knows difficulty, exposure and trial
_WHOLE = re.compile(r"[0-9]{1,4}")
_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}|/[1-9][0-9]{0,3})?")
_DOMAIN = re.compile(r"[A-Z]{1,2}")


class PlanRefused(Refusal):
    """The table cannot be saved; each sentence names its place."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("".join(sentences))
        self.sentences = sentences


@dataclass
class _Reading:
    """The typed fields, and the sentences about those that mean nothing."""

    form: Mapping[str, str]
    wrong: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        return self.form.get(name, "").strip()

    def digits(self, name: str) -> str:
        """Return what was typed where a number belongs; full-width digits are fine."""
        return self.text(name).translate(FULL_WIDTH)

    def whole(self, name: str, what: str, *, least: int = 1, empty: int | None = None) -> int:
        """Return a whole number from `least` to 9999; where it may be empty, `empty` then."""
        text = self.digits(name)
        if not text and empty is not None:
            return empty
        if not _WHOLE.fullmatch(text) or int(text) < least:
            self.wrong.append(
                _(
                    "%(what)s要写成 %(least)d 到 9999 的整数，现在写的是“%(text)s”。",
                    what=what,
                    least=least,
                    text=text,
                )
            )
            return max(least, 1)
        return int(text)

    def number(self, name: str, what: str, *, most: int, empty: str | None = None) -> str:
        """Return an exact number from 0 to `most` as text; where it may be empty, `empty` then."""
        text = self.digits(name)
        if not text and empty is not None:
            return empty
        if not _NUMBER.fullmatch(text) or Fraction(text) > most:
            self.wrong.append(
                _(
                    "%(what)s要写成 0 到 %(most)d 的数，可以写 1.5 或 1/3，现在写的是“%(text)s”。",
                    what=what,
                    most=most,
                    text=text,
                )
            )
            return "0"
        return text


def fields_of(table: Blueprint, *, title: str, title_en: str) -> dict[str, str]:
    """Return a table as the form's fields."""
    fields = {"title": title, "title_en": title_en}
    fields |= {f"domain-{code}": table.domains.get(code, "") for code in rows_of(table)}
    for cell in table.cells:
        place = f"{cell.domain}-{cell.kind}"
        fields[f"count-{place}"] = str(cell.count)
        fields[f"marks-{place}"] = plain(cell.marks)
        fields[f"parts-{place}"] = str(cell.parts)
    for level, share in table.levels.items():
        fields[f"least-{level}"] = plain(share.at_least)
        fields[f"most-{level}"] = plain(share.at_most)
    if table.difficulty is not None:
        fields["difficulty-least"] = plain(table.difficulty.at_least)
        fields["difficulty-most"] = plain(table.difficulty.at_most)
    if table.exposure is not None:
        fields["step"] = str(table.exposure.step)
        fields["cap"] = str(table.exposure.at_most or "")
    if table.cells:
        fields["total-questions"] = str(table.questions)
        fields["total-marks"] = plain(table.marks)
    return fields | {"trial": str(table.trial)}


def plain(number: Fraction) -> str:
    """Return a number as people type it: 2, 1.5, and 1/3 where no decimal is exact."""
    for digits in range(5):
        if (number * 10**digits).denominator == 1:
            return f"{number.numerator / number.denominator:.{digits}f}"
    return str(number)


def read_table(form: Mapping[str, str], before: Blueprint) -> Blueprint:
    """Return the table that the form describes, on the domains and further fields of another.

    Raises PlanRefused with a sentence for each thing that is wrong.
    """
    reading = _Reading(form)
    body = dump_blueprint(before)
    del body["total"]
    body["title"] = _title(reading)
    body["domains"] = _domains(reading, before)
    cells = [
        cell
        for kind in dict.fromkeys([*(cell.kind for cell in before.cells), *EXAM_KINDS])
        for domain in body["domains"]
        if (cell := _cell(reading, domain, kind)) is not None
    ]
    body["cells"] = cells
    body["levels"] = {level: _share(reading, level) for level in LEVELS}
    for name in ("difficulty", "exposure", "trial"):
        body.pop(name, None)
    rules = _rules(reading)
    body |= rules
    if rules:
        body["format_version"] = WITH_RULES
    _check_totals(reading, cells)
    if reading.wrong:
        raise PlanRefused(*reading.wrong)
    try:
        return load_blueprint(body)
    except QuestionError as error:
        raise PlanRefused(*(said(fault.message) for fault in error.faults)) from None


def _title(reading: _Reading) -> str:
    title = reading.text("title")
    if not title or len(title) > LONGEST_TITLE:
        reading.wrong.append(
            _("表的名称要写 1 到 %(most)d 个字，例如“初级理论考试（95 题）”。", most=LONGEST_TITLE)
        )
    if len(reading.text("title_en")) > LONGEST_ENGLISH:
        reading.wrong.append(_("英文名称最多 %(most)d 个字符，请缩短。", most=LONGEST_ENGLISH))
    return title


def _domains(reading: _Reading, before: Blueprint) -> dict[str, str]:
    """Return the rows with their names; a new one where its letter is written."""
    named = {
        code: reading.text(f"domain-{code}") or before.domains.get(code, "") or code
        for code in rows_of(before)
    }
    new = reading.text("new-domain").upper()
    if new and (not _DOMAIN.fullmatch(new) or new in named):
        reading.wrong.append(
            _(
                "新领域的字母“%(code)s”不能用：要写一两个大写字母，并且和已有的领域不同。",
                code=new,
            )
        )
    elif new:
        named[new] = reading.text("new-domain-name") or new
    for code, name in named.items():
        if len(name) > LONGEST_DOMAIN:
            reading.wrong.append(
                _("领域 %(code)s 的名称最多 %(most)d 个字。", code=code, most=LONGEST_DOMAIN)
            )
    return named


def _cell(reading: _Reading, domain: str, kind: str) -> dict[str, Any] | None:
    """Return one cell of the body; without a count, or with 0, it is no cell."""
    place = f"{domain}-{kind}"
    if reading.digits(f"count-{place}").strip("0") == "":
        return None
    name = f"{domain} {wording.KINDS[kind]}"
    before = len(reading.wrong)
    marks = reading.number(f"marks-{place}", _("“%(cell)s”的每题分值", cell=name), most=1000)
    if not Fraction(marks) and len(reading.wrong) == before:
        reading.wrong.append(
            _("“%(cell)s”每题 0 分：请写上分值。试测题不计分，题数写在“试测题”里。", cell=name)
        )
    cell: dict[str, Any] = {
        "domain": domain,
        "kind": kind,
        "count": reading.whole(f"count-{place}", _("“%(cell)s”的题数", cell=name)),
        "marks": marks,
    }
    if KINDS[kind].has_parts:
        cell["parts"] = reading.whole(f"parts-{place}", _("“%(cell)s”的小题数", cell=name), least=2)
    return cell


def _share(reading: _Reading, level: str) -> dict[str, str]:
    name = wording.LEVELS[level]
    return {
        "at_least": reading.number(
            f"least-{level}", _("“%(level)s”的最低比例", level=name), most=100, empty="0"
        ),
        "at_most": reading.number(
            f"most-{level}", _("“%(level)s”的最高比例", level=name), most=100, empty="100"
        ),
    }


def _rules(reading: _Reading) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    if reading.text("difficulty-least") or reading.text("difficulty-most"):
        least = reading.number("difficulty-least", _("难度系数的下限"), most=1, empty="0")
        most = reading.number("difficulty-most", _("难度系数的上限"), most=1, empty="1")
        rules["difficulty"] = {"at_least": least, "at_most": most}
        if Fraction(least) > Fraction(most):
            reading.wrong.append(
                _("难度系数的下限 %(least)s 大于上限 %(most)s，请改一个。", least=least, most=most)
            )
    if reading.text("step") or reading.text("cap"):
        rules["exposure"] = {"step": reading.whole("step", _("出现次数的档"), empty=1)}
        if reading.text("cap"):
            rules["exposure"]["at_most"] = reading.whole("cap", _("出现次数的上限"))
    if trial := reading.whole("trial", _("试测题的题数"), least=0, empty=0):
        rules["trial"] = trial
    return rules


def _check_totals(reading: _Reading, cells: list[dict[str, Any]]) -> None:
    """Compare what the cells add up to with what the person says it should be."""
    questions = sum(cell["count"] * cell.get("parts", 1) for cell in cells)
    marks = sum((Fraction(c["marks"]) * c["count"] * c.get("parts", 1) for c in cells), Fraction(0))
    if not cells:
        reading.wrong.append(_("没有格子：请至少给一格写上题数和分值。"))
        return
    # A figure that means nothing is named once, and compared with nothing.
    before = len(reading.wrong)
    wanted = reading.whole("total-questions", _("应为的题数"), empty=questions)
    if wanted != questions and len(reading.wrong) == before:
        reading.wrong.append(
            _(
                "合计 %(found)d 题，应为 %(wanted)d 题：请改格子里的题数，或改“应为”。",
                found=questions,
                wanted=wanted,
            )
        )
    before = len(reading.wrong)
    wanted_marks = Fraction(
        reading.number("total-marks", _("应为的分值"), most=100_000, empty=str(marks))
    )
    if wanted_marks != marks and len(reading.wrong) == before:
        reading.wrong.append(
            _(
                "合计 %(found)s 分，应为 %(wanted)s 分：请改格子里的题数或分值，或改“应为”。",
                found=show_mark(marks),
                wanted=show_mark(wanted_marks),
            )
        )
