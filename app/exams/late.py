"""Answers that came after the time: kept in the journal, and counted only when somebody admits them.

A named person without ties to the candidate decides, with a reason, after the hand-in and before the
results are released. What was sealed at the hand-in stays; marks given before are kept and followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from app import audit, clock
from app.eligibility import impartiality
from app.errors import Refusal
from app.exams import marking, time_account
from app.extensions import db
from app.models.exams import AnswerEvent, Attempt, AttemptEvent, Result
from app.models.people import User


class NotAdmitted(Refusal):
    """These late answers cannot be admitted now, or not by this person."""


@dataclass(frozen=True)
class Late:
    """The late answers of one attempt that do not count."""

    attempt_id: str
    changes: int
    slots: int
    first_at: datetime
    last_at: datetime


def slots_of(attempt: Attempt) -> set[int]:
    """Return the questions with an answer that came too late and does not count: for the candidate."""
    until = attempt.late_admitted_until
    not_admitted = [AnswerEvent.server_at > until] if until else []
    return set(
        db.session.scalars(
            select(AnswerEvent.slot).where(
                AnswerEvent.attempt_id == attempt.id, AnswerEvent.late.is_(True), *not_admitted
            )
        )
    )


def waiting(sitting_id: str) -> dict[str, Late]:
    """Return, by attempt, the late answers of a sitting that nobody has admitted: one query."""
    rows = db.session.execute(
        select(
            AnswerEvent.attempt_id,
            func.count(),
            func.count(AnswerEvent.slot.distinct()),
            func.min(AnswerEvent.server_at),
            func.max(AnswerEvent.server_at),
        )
        .join(Attempt, Attempt.id == AnswerEvent.attempt_id)
        .where(
            Attempt.sitting_id == sitting_id,
            Attempt.state == "handed_in",
            AnswerEvent.late.is_(True),
            or_(
                Attempt.late_admitted_until.is_(None),
                AnswerEvent.server_at > Attempt.late_admitted_until,
            ),
        )
        .group_by(AnswerEvent.attempt_id)
    )
    return {row[0]: Late(*row) for row in rows}


def admit(attempt: Attempt, why: str, *, actor: User, now: datetime) -> Late:
    """Let the late answers that have arrived so far count, and mark again what was marked.

    Raises NotAdmitted without a reason, while the exam runs, for a void attempt, after the release
    and when nothing waits; Impartial for somebody with ties to the candidate.
    """
    why = why.strip()[:150]
    if not why:
        raise NotAdmitted(_("请写为什么让迟到的答案计分，最多 150 个字。"))
    locked = time_account.lock(attempt)
    if locked.state != "handed_in":
        raise NotAdmitted(_("交卷以后才能补认迟到的答案；作废的答卷不能补认。"))
    released = select(Result.id).where(
        Result.attempt_id == locked.id, Result.released_at.is_not(None)
    )
    if db.session.scalar(released) is not None:
        raise NotAdmitted(_("成绩已经公布，不能再补认。请走更正的流程。"))
    found = waiting(locked.sitting_id).get(locked.id)
    if found is None:
        raise NotAdmitted(_("没有等着补认的迟到答案，可能刚才已有人补认。"))
    today = clock.shanghai_date(now)
    impartiality.refuse_if_tied(actor, locked.booking.user, today, _("补认迟到的答案"))
    locked.late_admitted_until = found.last_at
    details = {"reason": why, "changes": found.changes}
    db.session.add(
        AttemptEvent(attempt_id=locked.id, kind="late_admitted", details=details, at=now)
    )
    audit.record(
        "attempt.late_admitted", locked, actor=actor, now=now, reason=why, changes=found.changes
    )
    db.session.flush()
    marking.mark_again(locked, f"late answers admitted: {why}", actor=actor, now=now)
    return found
