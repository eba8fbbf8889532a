"""Hand in: by the candidate, by the deadline, by an invigilator. A small flag, idempotent.

It seals a hash of the journal into the audit trail; the receipt code derives from that hash, so a
candidate who kept the code can prove what was handed in.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import or_, select

from app import audit, clock_alarms, jobs, messages
from app.errors import Refusal
from app.exams import rules, time_account
from app.exams.batches import one_by_one
from app.exams.quick import Touched
from app.extensions import db, reading_only
from app.formatting import show_moment
from app.models.exams import AnswerEvent, Attempt, AttemptEvent, Sitting
from app.models.people import User


class NotOpen(Refusal):
    """There is nothing to hand in."""


def changes(attempt: Attempt) -> list[rules.Change]:
    """Return the journal's counting changes in key order; late ones count once admitted."""
    until = attempt.late_admitted_until
    in_time = AnswerEvent.late.is_(False)
    counts = in_time if until is None else or_(in_time, AnswerEvent.server_at <= until)
    rows = db.session.execute(
        select(AnswerEvent.epoch, AnswerEvent.sequence, AnswerEvent.slot, AnswerEvent.value)
        .where(AnswerEvent.attempt_id == attempt.id, counts)
        .order_by(AnswerEvent.epoch, AnswerEvent.sequence)
    )
    return [rules.Change(*row) for row in rows]


def journal_hash(attempt_id: str, journal: list[rules.Change]) -> str:
    """Return SHA-256 over the attempt's id and each change: `epoch sequence slot value` a line."""
    digest = hashlib.sha256(f"{attempt_id}\n".encode())
    for change in sorted(journal):
        digest.update(f"{change.epoch} {change.sequence} {change.slot} {change.value}\n".encode())
    return digest.hexdigest()


def receipt_code(sealed: str) -> str:
    """Return eight signs of the hash's own hash, as 7K4M-2Q9T: short enough to copy by hand."""
    digest = hashlib.sha256(f"receipt:{sealed}".encode()).digest()
    signs = base64.b32encode(digest)[:8].decode()
    return f"{signs[:4]}-{signs[4:]}"


def hand_in(attempt: Attempt, how: str, *, actor: User | None, now: datetime) -> Attempt:
    """Close an attempt. Doing it again changes nothing and returns the same receipt.

    `how`: `candidate`, `deadline` or `invigilator`.
    """
    locked = time_account.lock(attempt)
    if locked.state == "void":
        raise NotOpen(_("这场考试已经作废，不能交卷。请找监考员。"))
    if locked.state == "handed_in":
        return locked
    time_account.end_pause(locked, actor=actor, now=now)
    journal = changes(locked)
    locked.state = "handed_in"
    locked.handed_in_how = how
    locked.handed_in_at = min(now, locked.deadline_at) if how == "deadline" else now
    locked.journal_hash = journal_hash(locked.id, journal)
    locked.receipt_code = receipt_code(locked.journal_hash)
    audit.record(
        "attempt.handed_in",
        locked,
        actor=actor,
        now=now,
        how=how,
        journal=locked.journal_hash,
        changes=len(journal),
    )
    _tell(locked, len([v for v in rules.standing_answers(journal).values() if v != "null"]), now)
    return locked


def _tell(attempt: Attempt, answered: int, now: datetime) -> None:
    if db.session.scalar(select(Sitting.mock).where(Sitting.id == attempt.sitting_id)):
        return  # nobody needs a message about a try that counts for nothing
    user = db.session.get_one(User, attempt.user_id)
    with force_locale(user.locale or "zh"):
        text = _(
            "你的试卷 %(time)s 已交，收到 %(n)d 题的答案。回执码 %(code)s，请保存。",
            time=show_moment(attempt.handed_in_at),
            n=answered,
            code=attempt.receipt_code,
        )
        messages.send(user, "exam.receipt", _("交卷回执"), text, now=now)


def hand_in_for(attempt: Attempt, reason: str, *, actor: User, now: datetime) -> Attempt:
    """Hand in for a candidate who cannot, in the invigilator's name.

    Raises NotOpen when it was handed in already, so that nobody believes to have done it.
    """
    if time_account.lock(attempt).state != "open":
        raise NotOpen(_("这位考生已经交卷，没有再交一次。"))
    db.session.add(
        AttemptEvent(
            attempt_id=attempt.id,
            kind="handed_in_by_invigilator",
            details={"reason": reason},
            at=now,
        )
    )
    return hand_in(attempt, "invigilator", actor=actor, now=now)


def close_if_over(attempt: Attempt, now: datetime) -> bool:
    """Hand in an attempt whose time and grace are over; called at every touch."""
    # Looked at again under the lock: time may have been added this very moment.
    if not is_over(attempt, now) or not is_over(time_account.lock(attempt), now):
        return False
    hand_in(attempt, "deadline", actor=None, now=now)
    return True


def goes_on(attempt: Attempt, now: datetime) -> bool:
    """Tell whether there is time left, or the clock stands: then no page hands in by itself."""
    return attempt.state == "open" and (attempt.paused_at is not None or now < attempt.deadline_at)


def is_over(attempt: Touched, now: datetime) -> bool:
    """Tell whether an attempt is to be handed in now: open, running, time and grace over."""
    grace = timedelta(seconds=attempt.grace_seconds)
    # While it is paused the clock stands: nothing is over.
    running = attempt.state == "open" and attempt.paused_at is None
    # A clock that has just stepped ends nobody's exam: the worker is about to move the deadlines.
    return (
        running and not clock_alarms.doubt.raised and rules.is_over(attempt.deadline_at, grace, now)
    )


@jobs.every(2, "exams.sweep")
def sweep(now: datetime) -> int:
    """Hand in every attempt whose time is over. Returns how many.

    Each in a transaction of its own, so that a hall of hundreds never makes one long one.
    """
    with reading_only():
        # The longest grace is not known to the query; `close_if_over` decides exactly.
        due = db.session.scalars(
            select(Attempt.id).where(
                Attempt.state == "open", Attempt.deadline_at < now, Attempt.paused_at.is_(None)
            )
        ).all()
        db.session.rollback()
    return one_by_one(due, lambda attempt_id: _close(attempt_id, now))


def _close(attempt_id: str, now: datetime) -> bool:
    return close_if_over(db.session.get_one(Attempt, attempt_id), now)
