"""Sections (分部分): parts of a paper with their own time and their own minimum mark.

An exam names them by domains; a paper knows their first and last slot; a running attempt when each
ends, on its own row, so that a save asks nothing more. Going on early is free and going back too,
until the section's end; an answer that comes after it is kept and late. The arithmetic is `rules`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from app import clock_alarms
from app.errors import Refusal
from app.exams import rules
from app.exams.quick import Touched
from app.formatting import in_english
from app.models.exams import Paper, PaperSlot
from question_bank import Blueprint, Mark, grade, passes, total
from question_bank.assembly import section_of

Section = dict[str, Any]
LEAST, MOST = 2, 6
LINE = re.compile(
    r"(?P<title>[^|]{1,40})\|(?P<title_en>[^|]{0,60})\|(?P<domains>[^|]{1,40})"
    r"\|\s*(?P<minutes>[0-9]{1,3})\s*\|\s*(?P<minimum>[0-9]{1,3})\s*%?\s*"
)


class BadSections(Refusal):
    """What was typed are no sections; the sentence names the line."""


def read(text: str) -> list[Section]:
    """Read sections as people type them, one a line. Raises BadSections."""
    found = []
    lines = [line.strip() for line in text.replace("｜", "|").splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        parts = LINE.fullmatch(line)
        if parts is None or int(parts["minimum"]) > 100:
            raise BadSections(
                _(
                    "第 %(n)d 行读不懂。请写成：名称 | 英文名称 | 领域 | 分钟 | 最低得分%%，例如：基础 | Basics | A、C | 40 | 50。",
                    n=number,
                )
            )
        found.append(
            {
                "title": parts["title"].strip(),
                "title_en": parts["title_en"].strip(),
                "domains": re.findall(r"[A-Za-z0-9]+", parts["domains"].upper()),
                "minutes": int(parts["minutes"]),
                "minimum_percent": int(parts["minimum"]),
            }
        )
    return found


def written(sections: Sequence[Section]) -> str:
    """Return sections as people type them."""
    lines = (
        f"{one['title']} | {one['title_en']} | {'、'.join(one['domains'])}"
        f" | {one['minutes']} | {one['minimum_percent']}"
        for one in sections
    )
    return "\n".join(lines)


def troubles(sections: Sequence[Section], table: Blueprint, minutes: int) -> list[str]:
    """Say what keeps these sections from being an exam's: empty when they are none or right."""
    if not sections:
        return []
    found = []
    if not LEAST <= len(sections) <= MOST:
        found.append(_("分部分要有 %(least)d 到 %(most)d 个部分。", least=LEAST, most=MOST))
    asked = dict.fromkeys(cell.domain for cell in table.cells)
    named = [domain for section in sections for domain in section["domains"]]
    twice = sorted({domain for domain in named if named.count(domain) > 1})
    if twice:
        found.append(_("领域 %(names)s 写在两个部分里，只能写一次。", names=_("、").join(twice)))
    if missing := [domain for domain in asked if domain not in named]:
        names = _("、").join(missing)
        found.append(_("领域 %(names)s 在细目表里有题，但不在任何部分。", names=names))
    for section in sections:
        if not asked.keys() & set(section["domains"]):
            found.append(_("“%(title)s”没有题：它的领域不在细目表里。", title=section["title"]))
    own = [section["minutes"] for section in sections]
    if any(own) and (not all(own) or sum(own) != minutes):
        found.append(
            _(
                "各部分的分钟数要么都不填，要么都填并且加起来是 %(n)d 分钟；现在是 %(m)d 分钟。",
                n=minutes,
                m=sum(own),
            )
        )
    return [str(one) for one in found]


def domains_of(sections: Sequence[Section]) -> list[list[str]]:
    """Return the domains of each section, as a draw wants them."""
    return [list(section["domains"]) for section in sections]


def laid_out(sections: Sequence[Section], slots: Sequence[PaperSlot]) -> list[Section]:
    """Return a paper's sections with their first and last slot; the slots stand in their order."""
    domains = domains_of(sections)
    found = []
    for place, section in enumerate(sections):
        numbers = [one.number for one in slots if section_of(one.domain, domains) == place]
        if numbers:
            told = {name: section[name] for name in ("title", "title_en", "minutes")}
            told["minimum_percent"] = section["minimum_percent"]
            found.append({**told, "first": min(numbers), "last": max(numbers)})
    return found


def running(sections: Sequence[Section], factor_percent: int) -> list[Section]:
    """Return the sections as an attempt keeps them: with how long before the deadline each ends."""
    minutes = [section["minutes"] for section in sections]
    before = rules.seconds_before_end(minutes, factor_percent)
    return [
        {
            **{name: section[name] for name in ("title", "title_en", "first", "last")},
            "before": seconds if any(minutes) else None,
        }
        for section, seconds in zip(sections, before, strict=True)
    ]


def ended(attempt: Touched, slot: int, now: datetime) -> bool:
    """Tell whether the section of a slot is over, grace included. Nothing is while it is paused."""
    if not attempt.sections or attempt.paused_at is not None or clock_alarms.doubt.raised:
        return False
    grace = timedelta(seconds=attempt.grace_seconds)
    return any(
        section["first"] <= slot <= section["last"]
        and not rules.takes_answers(_end(attempt, section), grace, now)
        for section in attempt.sections
        if section["before"] is not None
    )


def told(attempt: Touched) -> list[dict[str, Any]]:
    """Return the sections for the page, in the reader's language; `deadline` None: with the paper's."""
    return [
        {
            "title": (in_english() and section["title_en"]) or section["title"],
            "first": section["first"],
            "last": section["last"],
            "deadline": None
            if section["before"] is None
            else int(_end(attempt, section).timestamp() * 1000),
        }
        for section in attempt.sections
    ]


def results(paper: Paper, marks: dict[int, Mark]) -> list[Section]:
    """Return what each section earned, by scored slot, and whether its own minimum was reached."""
    found = []
    for section in paper.sections:
        whole = total(
            [m for slot, m in marks.items() if section["first"] <= slot <= section["last"]]
        )
        minimum = section["minimum_percent"]
        found.append(
            {
                "title": section["title"],
                "title_en": section["title_en"],
                "mark": str(whole.earned),
                "maximum": str(whole.maximum),
                "minimum_percent": minimum,
                "passed": passes(grade(whole), minimum) if whole.maximum else True,
            }
        )
    return found


def _end(attempt: Touched, section: Section) -> datetime:
    return rules.section_end(attempt.deadline_at, section["before"])
