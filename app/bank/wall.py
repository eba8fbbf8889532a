"""The wall around live questions: who teaches cannot open what their trainees will be asked.

A permission is not enough. Whoever is, or within the wall's months was, instructor of record of a
class opens no live question, whatever other roles they hold. The question is asked of the person
on the day, so that an appointment as instructor closes the bank at once.
"""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit, clock, rulebook
from app.errors import Refusal
from app.extensions import db, may_write
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.people import User
from app.models.training import ClassInstructor, TrainingClass
from app.permissions import allows

LIVE, PRACTICE = "live", "practice"


class BehindTheWall(Refusal):
    """A question this person must not open."""

    status = 403


def taught_class(user: User, on: date) -> str | None:
    """Return the title of a class that keeps this person from live questions, or None.

    A class counts from the appointment (teaching may lie ahead) until the wall's months after the
    person left it; who was never taken off the list taught until the class ended.
    """
    since = clock.months_before(on, rulebook.value("training.teacher_wall_months", on))
    return db.session.scalar(
        select(TrainingClass.title)
        .join(ClassInstructor, ClassInstructor.class_id == TrainingClass.id)
        .where(
            ClassInstructor.user_id == user.id,
            func.coalesce(ClassInstructor.until, TrainingClass.ends_on) >= since,
        )
        .order_by(TrainingClass.ends_on.desc())
        .limit(1)
    )


def visible_pools(user: User, on: date) -> tuple[str, ...]:
    """Return the pools whose words this person may see in lists."""
    live = allows(user, "bank.read_live") and taught_class(user, on) is None
    practice = allows(user, "bank.read_practice")
    return (LIVE,) * live + (PRACTICE,) * practice


def refuse_live(user: User, on: date) -> None:
    """Raise BehindTheWall unless this person may open live questions today."""
    if not allows(user, "bank.read_live"):
        raise BehindTheWall(
            _("这是考试题，你的角色只能看练习题。要核对考试题，请找命题人、审题人或考务管理员。")
        )
    title = taught_class(user, on)
    if title is not None:
        raise BehindTheWall(
            _(
                "你是“%(title)s”的带教老师。带班期间和离班后 %(months)d 个月内，不能打开考试题，"
                "这样考题不会带进课堂。练习题照常可以看。",
                title=title,
                months=rulebook.value("training.teacher_wall_months", on),
            )
        )


def refuse_unfit(user: User, entry: QuestionEntry, on: date) -> None:
    """Raise BehindTheWall unless this person may open this question today."""
    if entry.pool == LIVE:
        refuse_live(user, on)
    elif not allows(user, "bank.read_practice"):
        raise BehindTheWall(_("你的角色不包括看练习题。"))


def note_opening(version: QuestionVersion, pool: str, *, user: User, now: datetime) -> None:
    """Write down that a person opened a live question; a practice question leaves no line.

    For GET requests too: lets the request write first.
    """
    if pool != LIVE:
        return
    may_write()
    audit.record("question.opened", version, actor=user, now=now)
