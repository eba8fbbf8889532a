"""What a page says of a certificate that was found: words, checks, facts, in the reader's language.

Shows every printed field but the identity number, not even masked. Works nothing out about the
standing: that is `register`'s to read and `certificates.verdict`'s to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from app.awards import standing
from app.checking.names import with_one_hidden
from app.checking.register import Found
from app.formatting import show_date
from certificates.verdict import Status

Fact = tuple[str, Any]
Line = tuple[str, str]
"""A sign (`ok`, `stop`, `none`) and what it says."""
EACH_WAY = 2
"""Lines of what a practitioner may do, and of what not: four are read, ten are not."""
OUT = frozenset({Status.SUSPENDED, Status.CANCELLED, Status.WITHDRAWN})


@dataclass(frozen=True)
class Answer:
    """What the check page shows of one certificate."""

    state: str
    word: str
    sentence: str
    tone: str
    may_serve: bool
    since: date | None
    name: str
    printed: Mapping[str, Any]
    checks: Sequence[Line]
    first_facts: Sequence[Fact]
    """What belongs on the first screen: level, hours, dates."""
    other_facts: Sequence[Fact]
    lines: Sequence[Line]


def answer(found: Found, *, whole: bool) -> Answer:
    """Return what is shown; `whole` for who has the printed address, else the name is masked."""
    verdict, printed, english = found.verdict, found.printed, standing.reads_english()
    return Answer(
        state=verdict.code.value,
        word=standing.word(verdict.code),
        sentence=standing.sentence(verdict),
        tone="info" if verdict.tone == "mute" else verdict.tone,
        may_serve=verdict.may_serve,
        since=verdict.since,
        name=printed["name"] if whole else with_one_hidden(printed["name"]),
        printed=printed,
        checks=checks(found),
        first_facts=_first_facts(found, english),
        other_facts=_other_facts(printed, english, whole=whole),
        lines=_lines(found, "en" if english else "zh"),
    )


def checks(found: Found) -> list[Line]:
    """Return what was checked just now, each with its outcome."""
    code = found.verdict.code
    in_time = "stop" if code in {Status.DUE, Status.EXPIRED} else "ok"
    return [
        ("ok", _("登记里有这张证书，由本协会签发")),
        ("stop" if code in OUT else "ok", _("没有暂停、注销或撤销")),
        ("stop" if code is Status.REPLACED else "ok", _("没有换成新证书")),
        (in_time, _("在有效期内") if found.valid_until else _("没有期限")),
    ]


def _first_facts(found: Found, english: bool) -> list[Fact]:
    printed = found.printed
    level = (printed["level_en"] if english else "") or printed["level_zh"]
    until = _("有效期至") if found.verdict.may_serve else _("原有效期至")
    ends = show_date(found.valid_until) if found.valid_until else _("没有期限")
    return [
        (_("等级"), level or _("不分等级")),
        (_("课时"), printed["hours"]),
        (_("发证日期"), _day(printed["issued_on"])),
        (until, ends),
    ]


def _other_facts(printed: Mapping[str, Any], english: bool, *, whole: bool) -> list[Fact]:
    latin = printed["name_latin"] if whole else ""
    days = _(
        "%(first)s至%(last)s",
        first=_day(printed["training_from"]),
        last=_day(printed["training_until"]),
    )
    return [
        (_("证书编号"), printed["number_grouped"]),
        *([(_("拉丁字母姓名"), latin)] if latin else []),
        (_("证书名称"), printed["title_en" if english else "title_zh"]),
        (_("职业名称"), printed["occupation_zh"]),
        (_("培训班"), printed["class_name"]),
        (_("培训日期"), days),
        (_("考核结果"), printed["result_en" if english else "result_zh"]),
        (_("发证单位"), printed["issuer_en" if english else "issuer_zh"]),
        (_("依据的认证方案"), printed["scheme"]),
        (_("印着的查验网址"), printed["official_domain"]),
    ]


def _lines(found: Found, key: str) -> list[Line]:
    """Return what the holder may and may not do, in at most four lines."""
    may = [("ok", one[key]) for one in found.may[:EACH_WAY]]
    return may + [("stop", one[key]) for one in found.may_not[:EACH_WAY]]


def _day(written: str | None) -> str:
    return show_date(date.fromisoformat(written)) if written else "—"
