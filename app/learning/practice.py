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
from app.models.bank import MarkingKey, QuestionEntry, QuestionVersion
from app.models.learning import PracticeAnswer
from app.models.people import User
from question_bank import (
    Choice,
    Question,
    Response,
    ResponseFormatError,
    load,
    mark_parts,
    mark_response,
    parse_response,
)

# In practice a multiple choice is right or not; part marks belong to exams.
RULE = "all_or_nothing"


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


@dataclass(frozen=True)
class OptionView:
    """One option after answering: was it chosen, is it right, and why (for those two)."""

    choice: Choice
    chosen: bool
    right: bool


@dataclass(frozen=True)
class PartView:
    """One task of an answered question; a case has several."""

    part: Question
    options: tuple[OptionView, ...]
    right: bool


@dataclass(frozen=True)
class Explained:
    """A practice question with somebody's last answer to it; `parts` is empty before one."""

    asked: PracticeQuestion
    answer: PracticeAnswer | None
    parts: tuple[PartView, ...]


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
    try:
        response = parse_response(asked.question, raw)
    except ResponseFormatError as error:
        raise NoAnswer(str(error)) from error
    if not response.is_complete:
        raise NoAnswer(_("还没有选答案，所以没有判。先选好，再按“看结果”。"))
    answer = PracticeAnswer(
        user_id=user.id,
        version_id=asked.version.id,
        lesson_code=lesson_code,
        response=_raw(asked.question, response),
        right=mark_response(asked.question, asked.key, response, RULE) == 1,
        answered_at=now,
    )
    db.session.add(answer)
    return answer


def explain(
    asked: PracticeQuestion, answer: PracticeAnswer | None, *, reveal: bool = False
) -> Explained:
    """Put a question and an answer side by side, option by option.

    Without an answer nothing is told, unless `reveal` shows an instructor the key.
    """
    if answer is None and not reveal:
        return Explained(asked, None, ())
    question = asked.question
    response = parse_response(question, None if answer is None else answer.response)
    earned = mark_parts(question, asked.key, response, RULE)
    parts = []
    for part in question.marked_questions():
        chosen = response.parts[part.id].chosen if question.parts else response.chosen
        right = _right_options(asked, part)
        options = tuple(
            OptionView(choice, choice.id in chosen, choice.id in right) for choice in part.options
        )
        parts.append(PartView(part, options, earned[part.id] == 1))
    return Explained(asked, answer, tuple(parts))


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


def _right_options(asked: PracticeQuestion, part: Question) -> set[str]:
    key = asked.key["parts"][part.id] if asked.question.parts else asked.key
    return set(key["right"])


def _raw(question: Question, response: Response) -> Any:
    """Return a response in the form in which it can be read again."""
    if question.parts:
        return {part.id: _raw(part, response.parts[part.id]) for part in question.parts}
    if question.kind == "multiple_choice":
        return list(response.chosen)
    return response.chosen[0]
