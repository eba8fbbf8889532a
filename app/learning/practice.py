"""Practice questions: which may be shown, taking an answer, and explaining it at once (A7).

Only the practice pool comes here, asked of the row and never of the lesson's file, so that no
mistake in a file can show a question of an exam. In production a question must have been approved;
a demonstration also shows drafts and says so on each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from app.bank.pool import practice_versions
from app.clock import shanghai_date
from app.errors import Refusal
from app.extensions import db
from app.learning.explaining import PartView, fractions_of, part_views
from app.models.bank import MarkingKey, QuestionEntry, QuestionVersion
from app.models.learning import PracticeAnswer
from app.models.people import User
from app.saying import said
from question_bank import (
    Question,
    ResponseFormatError,
    load,
    parse_response,
    raw_response,
    shown,
)


class NoAnswer(Refusal):
    """Nothing was chosen, or what arrived is no answer to this question."""


@dataclass(frozen=True)
class PracticeQuestion:
    """A question with the key that holds now. `draft` is shown as a specimen."""

    code: str
    version: QuestionVersion
    question: Question
    key: Mapping[str, Any]
    draft: bool

    @property
    def shown(self) -> dict[str, Any]:
        """What the page may show before an answer."""
        return shown(self.question)

    @property
    def media(self) -> list[str]:
        """SHA-256 of its pictures and sounds; the page asks for them by their place, from 1."""
        everything = [*self.question.media, *(m for p in self.question.parts for m in p.media)]
        return list(dict.fromkeys(one.sha256 for one in everything if one.sha256))

    @property
    def can_be_done(self) -> bool:
        """Tell whether it can be answered here: files are handed in and marked by people only."""
        return all(part.kind != "upload" for part in self.question.marked_questions())


@dataclass(frozen=True)
class Explained:
    """A practice question with somebody's last answer to it; `parts` is empty before one.

    `tried` and `why_not`: what was just entered and could not be taken, and the reason.
    """

    asked: PracticeQuestion
    answer: PracticeAnswer | None
    parts: tuple[PartView, ...]
    tried: Any = None
    why_not: str = ""


def find_questions(
    codes: Collection[str], *, demo: bool, now: datetime
) -> dict[str, PracticeQuestion]:
    """Return the practice questions of some codes that may be shown now, in the codes' order."""
    versions = db.session.scalars(
        select(QuestionVersion)
        .join(QuestionVersion.entry)
        .options(contains_eager(QuestionVersion.entry))
        .where(
            QuestionEntry.code.in_(codes),
            QuestionEntry.pool == "practice",
            QuestionEntry.status != "retired",
            QuestionVersion.number == QuestionEntry.current_number,
        )
    ).all()
    if not demo:
        versions = _approved(versions, now)
    keys = _keys([version.id for version in versions])
    found = {version.entry.code: version for version in versions}
    return {
        code: PracticeQuestion(
            code=code,
            version=found[code],
            question=load(found[code].body),
            key=keys[found[code].id],
            draft=found[code].entry.status != "active",
        )
        for code in codes
        if code in found
    }


def last_answers(user: User, asked: Iterable[PracticeQuestion]) -> dict[str, PracticeAnswer]:
    """Return a person's last answer to the version shown now, by the question's code."""
    codes = {one.version.id: one.code for one in asked}
    rows = db.session.scalars(
        select(PracticeAnswer)
        .where(PracticeAnswer.user_id == user.id, PracticeAnswer.version_id.in_(codes))
        .order_by(PracticeAnswer.answered_at, PracticeAnswer.id)
    )
    return {codes[row.version_id]: row for row in rows}


def answer_question(
    user: User, asked: PracticeQuestion, raw: object, lesson_code: str, *, now: datetime
) -> PracticeAnswer:
    """Keep an answer with whether it was right. Every try is a row of its own. Raises NoAnswer.

    Practice leaves no audit line: it is the person's own exercise and decides nothing.
    """
    if not asked.can_be_done:
        raise NoAnswer(_("这道题要交文件、由人来评，练习里不能做。"))
    try:
        response = parse_response(asked.question, raw)
    except ResponseFormatError as error:
        raise NoAnswer(said(str(error))) from error
    if any(one.is_blank for one in (response.parts.values() or [response])):
        raise NoAnswer(_("还没有答完，所以没有判。先答完，再按“看结果”。"))
    fractions = fractions_of(asked.question, asked.key, response)
    answer = PracticeAnswer(
        user_id=user.id,
        version_id=asked.version.id,
        lesson_code=lesson_code,
        response=raw_response(asked.question, response),
        # What people would mark is compared by oneself and never enters the notebook.
        right=all(fraction in (1, None) for fraction in fractions.values()),
        answered_at=now,
    )
    db.session.add(answer)
    return answer


def explain(
    asked: PracticeQuestion,
    answer: PracticeAnswer | None,
    *,
    reveal: bool = False,
    tried: Any = None,
    why_not: str = "",
) -> Explained:
    """Put a question and an answer side by side, piece by piece.

    Without an answer nothing is told, unless `reveal` shows an instructor the key.
    """
    if answer is None and not reveal:
        return Explained(asked, None, (), tried, why_not)
    response = parse_response(asked.question, None if answer is None else answer.response)
    return Explained(asked, answer, part_views(asked.question, asked.key, response))


def _approved(versions: Iterable[QuestionVersion], now: datetime) -> list[QuestionVersion]:
    listed = list(versions)
    lessons = {version.entry.lesson_code for version in listed}
    # One lesson is the usual case; the notebook mixes several and asks once for all.
    usable = practice_versions(shanghai_date(now), lessons.pop() if len(lessons) == 1 else None)
    approved = {version.id for version in usable}
    return [version for version in listed if version.id in approved]


def _keys(version_ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Return the key with the highest number of each version: a mended key holds here at once."""
    newest = (
        select(MarkingKey.version_id, func.max(MarkingKey.number).label("number"))
        .where(MarkingKey.version_id.in_(version_ids))
        .group_by(MarkingKey.version_id)
        .subquery()
    )
    rows = db.session.scalars(
        select(MarkingKey).join(
            newest,
            (MarkingKey.version_id == newest.c.version_id) & (MarkingKey.number == newest.c.number),
        )
    )
    return {row.version_id: row.key for row in rows}
