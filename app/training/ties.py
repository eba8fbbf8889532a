"""What ties a member of staff to a trainee through teaching or work: the ground of impartiality.

Facts only. Ties through examining are added in `app/eligibility/impartiality.py`, which is what
deciding features ask; this module serves those below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from app import rulebook
from app.errors import Refusal
from app.extensions import db
from app.models.people import Affiliation, Organisation, Role, RoleGrant, ScopeKind, User
from app.models.training import ClassInstructor, Enrolment, TrainingClass
from app.training import declared
from app.training.declared import Tie, Ties, gathered


class Impartial(Refusal):
    """Somebody tied to a person would act on that person's way to a certificate."""


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


def employs(person: User, subject: User, on: date) -> list[Tie]:
    """List the organisations the subject works for now that the person manages."""
    return _employs(person, [subject.id], on).get(subject.id, [])


def work_ties(person: User, subject: User, on: date) -> list[Tie]:
    """List all ties this layer knows: oneself, taught, employs, declared by the person themselves."""
    return work_ties_of_many(person, [subject], on).get(subject.id, [])


def work_ties_of_many(person: User, subjects: Sequence[User], on: date) -> Ties:
    """List them for many people by their ids, at a constant number of queries."""
    ids = [subject.id for subject in subjects if subject.id != person.id]
    found = merged(_taught(person, ids, on), _employs(person, ids, on))
    found = merged(found, declared.ties_of_many(person, [s for s in subjects if s.id in ids], on))
    if len(ids) < len(subjects):
        found[person.id] = [Tie("self", "")]
    return found


def merged(one: Ties, other: Ties) -> Ties:
    """Return the ties of both."""
    both = {subject: list(found) for subject, found in one.items()}
    for subject, found in other.items():
        both.setdefault(subject, []).extend(found)
    return both


def _taught(person: User, ids: Sequence[str], on: date) -> Ties:
    """Find the classes of each subject that the person taught within the wall's months."""
    classes = (
        select(Enrolment.user_id, TrainingClass.title)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .where(
            Enrolment.user_id.in_(ids),
            TrainingClass.id.in_(taught_classes_within(person, on)),
        )
        .order_by(TrainingClass.starts_on)
    )
    return gathered("taught", db.session.execute(classes))


def _employs(person: User, ids: Sequence[str], on: date) -> Ties:
    """Find the organisations each subject works for now that the person manages.

    A manager is who is affiliated as one, or holds the institution manager's role for it.
    """
    manages = select(Affiliation.organisation_id).where(
        Affiliation.user_id == person.id, Affiliation.kind == "manager", *declared.running(on)
    )
    appointed = select(RoleGrant.scope_id).where(
        RoleGrant.user_id == person.id,
        RoleGrant.role == Role.INSTITUTION_MANAGER,
        RoleGrant.scope_kind == ScopeKind.ORGANISATION,
        RoleGrant.revoked_at.is_(None),
    )
    shared = (
        select(Affiliation.user_id, Organisation.name)
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(
            Affiliation.user_id.in_(ids),
            *declared.running(on),
            or_(Organisation.id.in_(manages), Organisation.id.in_(appointed)),
        )
        .order_by(Organisation.name)
        .distinct()
    )
    return gathered("employs", db.session.execute(shared))


def you() -> str:
    """Return the word by which the reader is addressed."""
    return str(_("你"))


def refuse(tie: Tie, *, who: str, act: str, on: date) -> None:
    """Raise Impartial with the reason. `who` is 你 or a name, `act` what they may not do."""
    raise Impartial(sentence(tie, who=who, act=act, on=on))


def sentence(tie: Tie, *, who: str, act: str, on: date) -> str:
    """Return the reason of a tie as it is said to whoever is refused."""
    months = rulebook.value("training.teacher_wall_months", on)
    return str(_("%(who)s不能%(act)s：%(reason)s", who=who, act=act, reason=_reason(tie, months)))


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
    if tie.kind == "declared":
        return str(_("申报过和“%(name)s”有利益关系，要由别人来办。", name=tie.name))
    return str(_("是这位学员所在单位“%(name)s”的负责人，要由单位以外的人来办。", name=tie.name))
