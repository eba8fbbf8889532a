"""Presence checks (A5): now and then a person must say which lesson they are reading.

Asked after so many minutes of counted study (a dated setting, varied by a third so that nobody waits
for it), and the count goes with the person: neither a reload nor another device puts it off. Nothing
is lost by a check: what was counted stays, the clock rests until the answer, and somebody who answers
within the time a page may be silent loses nothing at all.
"""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import rulebook
from app.clock import shanghai_date
from app.extensions import db
from app.models.learning import CourseEdition
from app.models.studying import PresenceCheck, StudyStretch

RULE = "lesson.presence_minutes"
OFFERED = 3
_MINUTE = 60_000
_random = random.SystemRandom()


def next_due(counted: int, now: datetime) -> int:
    """Return the counted milliseconds at which the next check comes; 0 when nobody is asked."""
    minutes = rulebook.value(RULE, shanghai_date(now))
    return counted + int(minutes * _MINUTE * _random.uniform(0.67, 1.33)) if minutes > 0 else 0


def due_after(before: StudyStretch | None, now: datetime) -> int:
    """Return when a stretch that follows another is due: what was left, at once if one waits."""
    if before is None or before.due_ms == 0:
        return next_due(0, now)
    if before.asked_at is not None:
        return 1
    return max(before.due_ms - before.counted_ms, 1)


def ask(row: StudyStretch, now: datetime) -> dict[str, Any]:
    """Ask the reader of a stretch; its clock rests from now on. Returns the question."""
    row.asked_at = now
    check = PresenceCheck(stretch_id=row.id, choices=_choices(row), asked_at=now)
    db.session.add(check)
    return _said(row, check)


def waiting(row: StudyStretch) -> dict[str, Any]:
    """Return the question that a stretch waits for."""
    return _said(row, _unanswered(row))


def answer(row: StudyStretch, chosen: object, now: datetime) -> bool:
    """Take an answer. A wrong one is noted, and the question put again in another order."""
    check = _unanswered(row)
    if chosen != row.code:
        check.wrong += 1
        check.choices = _choices(row)
        return False
    check.answered_at = now
    row.asked_at = None
    row.due_ms = next_due(row.counted_ms, now)
    return True


def _unanswered(row: StudyStretch) -> PresenceCheck:
    return db.session.scalars(
        select(PresenceCheck)
        .where(PresenceCheck.stretch_id == row.id, PresenceCheck.answered_at.is_(None))
        .order_by(PresenceCheck.asked_at.desc())
        .limit(1)
    ).one()


def _titles(row: StudyStretch) -> dict[str, dict[str, str]]:
    edition = db.session.get_one(CourseEdition, row.edition_id)
    return {
        lesson["code"]: {"zh": lesson["title"], "en": lesson["title_en"]}
        for module in edition.outline["modules"]
        for lesson in module["lessons"]
    }


def _choices(row: StudyStretch) -> list[str]:
    others = [code for code in _titles(row) if code != row.code]
    offered = [row.code, *_random.sample(others, min(OFFERED - 1, len(others)))]
    _random.shuffle(offered)
    return offered


def _said(row: StudyStretch, check: PresenceCheck) -> dict[str, Any]:
    titles = _titles(row)
    return {"id": check.id, "choices": [{"code": one, **titles[one]} for one in check.choices]}
