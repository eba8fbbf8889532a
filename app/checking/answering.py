"""What a page says of a certificate that was found: words, checks, facts, in the reader's language.

Shows every printed field but the identity number, not even masked. Works nothing out about the
standing: that is `register`'s to read and `certificates.verdict`'s to say.

`said` are the certificate's own values, `answer` puts words around them: given marks in place of
values it makes the page of every certificate that stands alike (see `composed`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.awards import standing
from app.checking.register import Found
from app.formatting import mask_name, show_date
from certificates.verdict import Status

Fact = tuple[str, str]
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
    tone: str
    may_serve: bool
    said: Mapping[str, str]
    """The certificate's own values, as `said` returns them."""
    checks: Sequence[Line]
    first_facts: Sequence[Fact]
    """What belongs on the first screen: level, hours, dates."""
    other_facts: Sequence[Fact]
    lines: Sequence[Line]


def said(found: Found, *, whole: bool) -> dict[str, str]:
    """Return the values of this certificate as they are shown, by name; "" for what it has not.

    `whole` for who has the printed address, else the name is masked.
    """
    verdict, printed = found.verdict, found.printed
    end = "_en" if standing.reads_english() else "_zh"
    return {
        "name": printed["name"] if whole else mask_name(printed["name"]),
        "latin": printed["name_latin"] if whole else "",
        "level": printed[f"level{end}"] or printed["level_zh"],
        "hours": str(printed["hours"]),
        "issued_on": _day(printed["issued_on"]),
        "until": show_date(found.valid_until) if found.valid_until else "",
        "number": printed["number_grouped"],
        "title": printed[f"title{end}"],
        "occupation": printed["occupation_zh"],
        "class_name": printed["class_name"],
        "training_from": _day(printed["training_from"]),
        "training_until": _day(printed["training_until"]),
        "result": printed[f"result{end}"],
        "issuer": printed[f"issuer{end}"],
        "scheme": printed["scheme"],
        "domain": printed["official_domain"],
        "since": show_date(verdict.since) if verdict.since else "",
        "sentence": standing.sentence(verdict),
    }


def answer(found: Found, said: Mapping[str, str]) -> Answer:
    """Return the words for a certificate that stands as `found`, around the values `said`."""
    verdict = found.verdict
    return Answer(
        state=verdict.code.value,
        word=standing.word(verdict.code),
        tone="info" if verdict.tone == "mute" else verdict.tone,
        may_serve=verdict.may_serve,
        said=said,
        checks=checks(found),
        first_facts=_first_facts(said, may_serve=verdict.may_serve),
        other_facts=_other_facts(said),
        lines=lines(found),
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


def lines(found: Found) -> list[Line]:
    """Return what the holder may and may not do, in at most four lines."""
    key = "en" if standing.reads_english() else "zh"
    may = [("ok", one[key]) for one in found.may[:EACH_WAY]]
    return may + [("stop", one[key]) for one in found.may_not[:EACH_WAY]]


def _first_facts(said: Mapping[str, str], *, may_serve: bool) -> list[Fact]:
    return [
        (_("等级"), said["level"] or _("不分等级")),
        (_("课时"), said["hours"]),
        (_("发证日期"), said["issued_on"]),
        (_("有效期至") if may_serve else _("原有效期至"), said["until"] or _("没有期限")),
    ]


def _other_facts(said: Mapping[str, str]) -> list[Fact]:
    days = _(
        "%(first)s至%(last)s",
        first=said["training_from"],
        last=said["training_until"],
    )
    return [
        (_("证书编号"), said["number"]),
        *([(_("拉丁字母姓名"), said["latin"])] if said["latin"] else []),
        (_("证书名称"), said["title"]),
        (_("职业名称"), said["occupation"]),
        (_("培训班"), said["class_name"]),
        (_("培训日期"), days),
        (_("考核结果"), said["result"]),
        (_("发证单位"), said["issuer"]),
        (_("依据的认证方案"), said["scheme"]),
        (_("印着的查验网址"), said["domain"]),
    ]


def _day(written: str | None) -> str:
    return show_date(date.fromisoformat(written)) if written else "—"
