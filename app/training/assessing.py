"""The practical assessment: two examiners, one mark, critical error or not.

Passed is computed here and stored: the pass mark in force on the day it was held decides. Who
taught or employs the person does not examine them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, rulebook
from app.errors import Refusal
from app.extensions import db
from app.models.people import Role, RoleGrant, User
from app.models.training import Enrolment, PracticalAssessment
from app.permissions import has_role
from app.training import ties
from app.training.scope import class_scope


class AssessmentRefused(Refusal):
    """The assessment cannot be recorded like this; nothing was."""


@dataclass(frozen=True)
class Outcome:
    """What two examiners found. `mark` is out of 100; `note` says why, for a retake or correction."""

    held_on: date
    mark: int
    critical_error: bool
    note: str = ""


def passes(mark: int, critical_error: bool, pass_mark: int) -> bool:
    """Tell whether an outcome passes: the mark reaches the pass mark and nothing critical."""
    return mark >= pass_mark and not critical_error


def standing(enrolment: Enrolment) -> PracticalAssessment | None:
    """Return the row that counts now."""
    return db.session.scalar(
        select(PracticalAssessment).where(
            PracticalAssessment.enrolment_id == enrolment.id,
            PracticalAssessment.current.is_(True),
        )
    )


def history(enrolment: Enrolment) -> list[PracticalAssessment]:
    """Return all rows of a person in a class, the newest first."""
    rows = select(PracticalAssessment).where(PracticalAssessment.enrolment_id == enrolment.id)
    return list(db.session.scalars(rows.order_by(PracticalAssessment.recorded_at.desc())))


def fellow_examiners(enrolment: Enrolment, but: User) -> list[User]:
    """Return the other examiners whose role reaches the class."""
    scope = class_scope(enrolment.training_class)
    people = db.session.scalars(
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            RoleGrant.role == Role.EXAMINER,
            RoleGrant.revoked_at.is_(None),
            User.active.is_(True),
            User.id != but.id,
        )
        .order_by(User.name, User.id)
    ).unique()
    return [
        person
        for person in people
        if any(
            scope.reached_by(grant)
            for grant in person.grants
            if grant.role == Role.EXAMINER and grant.revoked_at is None
        )
    ]


def assess(
    enrolment: Enrolment,
    outcome: Outcome,
    *,
    first: User,
    second: User,
    actor: User,
    on: date,
    now: datetime,
) -> PracticalAssessment:
    """Record the outcome two examiners agreed on; `actor` is one of them, `on` is today.

    A retake or a correction is a new row with a note; the old row stays with `current` False.
    Raises AssessmentRefused for anything that does not hold together, Impartial for an examiner
    who taught or employs the person.
    """
    _check_outcome(enrolment, outcome, on)
    _check_examiners(enrolment, first, second, actor, outcome.held_on)
    db.session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    before = standing(enrolment)
    if before is not None:
        if not outcome.note:
            raise AssessmentRefused(_("已经登记过一次。补考或更正请写明原因，原来的记录会保留。"))
        if _is_same(before, outcome, first, second):
            raise AssessmentRefused(_("同样的结果刚才已经登记，没有再记一次。"))
        before.current = False
        db.session.flush()
    pass_mark = rulebook.value("practical.pass_mark", outcome.held_on)
    row = PracticalAssessment(
        enrolment_id=enrolment.id,
        first_examiner_id=first.id,
        second_examiner_id=second.id,
        held_on=outcome.held_on,
        mark=outcome.mark,
        critical_error=outcome.critical_error,
        passed=passes(outcome.mark, outcome.critical_error, pass_mark),
        note=outcome.note,
        recorded_by_id=actor.id,
        recorded_at=now,
    )
    db.session.add(row)
    replaces = before.id if before else None
    audit.record("practice.assessed", row, actor=actor, now=now, replaces=replaces)
    return row


def _is_same(before: PracticalAssessment, outcome: Outcome, first: User, second: User) -> bool:
    said = (before.held_on, before.mark, before.critical_error, before.note)
    now_said = (outcome.held_on, outcome.mark, outcome.critical_error, outcome.note)
    examiners = {before.first_examiner_id, before.second_examiner_id}
    return said == now_said and examiners == {first.id, second.id}


def _check_outcome(enrolment: Enrolment, outcome: Outcome, on: date) -> None:
    if not 0 <= outcome.mark <= 100:
        raise AssessmentRefused(_("实操考核满分 100 分，请填 0 到 100 的整数。"))
    if outcome.held_on > on:
        raise AssessmentRefused(_("考核日期还没有到，请填考核当天的日期。"))
    if outcome.held_on < enrolment.training_class.starts_on:
        raise AssessmentRefused(_("考核日期早于开班日期，请检查日期。"))


def _check_examiners(
    enrolment: Enrolment, first: User, second: User, actor: User, held_on: date
) -> None:
    if first.id == second.id:
        raise AssessmentRefused(_("要有两位不同的考官，请选另一位。"))
    if actor.id not in {first.id, second.id}:
        raise AssessmentRefused(_("要由参加考核的两位考官之一来登记。"))
    for examiner in (first, second):
        who = ties.you() if examiner.id == actor.id else examiner.name
        if not has_role(examiner, Role.EXAMINER):
            raise AssessmentRefused(_("%(who)s没有考官的角色，不能参加考核。", who=who))
        act = _("考核%(name)s", name=enrolment.user.name)
        ties.refuse_work_ties(examiner, enrolment.user, held_on, who=who, act=act)
