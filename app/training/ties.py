"""What ties a member of staff to a trainee through teaching or work: the ground of impartiality.

Facts only. Ties through examining are added in `app/eligibility/impartiality.py`, which is what
deciding features ask; this module serves those below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select

from app import rulebook
from app.errors import Refusal
from app.extensions import db
from app.models.people import Affiliation, Organisation, Role, RoleGrant, ScopeKind, User
from app.models.training import ClassInstructor, Enrolment, TrainingClass


class Impartial(Refusal):
    """Somebody tied to a person would act on that person's way to a certificate."""


@dataclass(frozen=True)
class Tie:
    """One reason why a person must not act: `self`, `taught`, `assessed`, `invigilated`, `employs`."""

    kind: str
    name: str
    """The class, the organisation or the place that makes the tie; empty for oneself."""


def months_before(day: date, months: int) -> date:
    """Return the same day `months` calendar months earlier, or that month's last day."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    after = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (after - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def taught_classes_within(person: User, on: date) -> set[str]:
    """Return the ids of classes a person was instructor of record of within the wall's months.

    Who was never taken off the list taught until the class ended.
    """
    since = months_before(on, rulebook.value("training.teacher_wall_months", on))
    taught = (
        select(ClassInstructor.class_id)
        .join(ClassInstructor.training_class)
        .where(
            ClassInstructor.user_id == person.id,
            ClassInstructor.since <= on,
            func.coalesce(ClassInstructor.until, TrainingClass.ends_on) >= since,
        )
    )
    return set(db.session.scalars(taught))


def taught(person: User, subject: User, on: date) -> list[Tie]:
    """List the classes of the subject that the person taught within the wall's months."""
    classes = (
        select(TrainingClass.title)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .where(
            Enrolment.user_id == subject.id,
            TrainingClass.id.in_(taught_classes_within(person, on)),
        )
        .order_by(TrainingClass.starts_on)
    )
    return [Tie("taught", title) for title in db.session.scalars(classes)]


def employs(person: User, subject: User, on: date) -> list[Tie]:
    """List the organisations the subject works for now that the person manages.

    A manager is who is affiliated as one, or holds the institution manager's role for it.
    """
    works_for = select(Affiliation.organisation_id).where(
        Affiliation.user_id == subject.id, *_running(on)
    )
    manages = select(Affiliation.organisation_id).where(
        Affiliation.user_id == person.id, Affiliation.kind == "manager", *_running(on)
    )
    appointed = select(RoleGrant.scope_id).where(
        RoleGrant.user_id == person.id,
        RoleGrant.role == Role.INSTITUTION_MANAGER,
        RoleGrant.scope_kind == ScopeKind.ORGANISATION,
        RoleGrant.revoked_at.is_(None),
    )
    shared = select(Organisation.name).where(
        Organisation.id.in_(works_for),
        or_(Organisation.id.in_(manages), Organisation.id.in_(appointed)),
    )
    return [Tie("employs", name) for name in db.session.scalars(shared.order_by(Organisation.name))]


def work_ties(person: User, subject: User, on: date) -> list[Tie]:
    """List all ties this layer knows: oneself, taught, employs."""
    if person.id == subject.id:
        return [Tie("self", "")]
    return taught(person, subject, on) + employs(person, subject, on)


def you() -> str:
    """Return the word by which the reader is addressed."""
    return str(_("你"))


def refuse(tie: Tie, *, who: str, act: str, on: date) -> None:
    """Raise Impartial with the reason. `who` is 你 or a name, `act` what they may not do."""
    months = rulebook.value("training.teacher_wall_months", on)
    raise Impartial(
        _("%(who)s不能%(act)s：%(reason)s", who=who, act=act, reason=_reason(tie, months))
    )


def refuse_work_ties(person: User, subject: User, on: date, *, who: str, act: str) -> None:
    """Raise Impartial when teaching, work or being the same person ties two people."""
    for tie in work_ties(person, subject, on):
        refuse(tie, who=who, act=act, on=on)


def _reason(tie: Tie, months: int) -> str:
    if tie.kind == "self":
        return str(_("这是本人的记录，要由别人来办。"))
    if tie.kind == "taught":
        text = _(
            "在“%(name)s”教过这位学员，教完后 %(months)s 个月内要由没有教过的人来办。",
            name=tie.name,
            months=months,
        )
        return str(text)
    if tie.kind == "assessed":
        return str(_("在“%(name)s”考核过这位学员的实操，要由没有考过的人来办。", name=tie.name))
    if tie.kind == "invigilated":
        return str(_("在“%(name)s”监考过这位学员，要由没有监考过的人来办。", name=tie.name))
    return str(_("是这位学员所在单位“%(name)s”的负责人，要由单位以外的人来办。", name=tie.name))


def _running(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Affiliation.starts_on <= on,
        or_(Affiliation.ends_on.is_(None), Affiliation.ends_on >= on),
    )
