"""Opening and closing classes, their instructors of record."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app import audit
from app.errors import Refusal
from app.extensions import db
from app.models.learning import CourseEdition
from app.models.people import Affiliation, Organisation, Role, RoleGrant, User
from app.models.scheme import Scheme
from app.models.training import ClassInstructor, Enrolment, TrainingClass
from app.permissions import has_role
from app.training.scope import class_scope

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # read aloud in a room: no I, L, O, 0, 1


class ClassRefused(Refusal):
    """The class cannot be opened or staffed like this."""


@dataclass(frozen=True)
class ClassPlan:
    """What somebody states to open a class."""

    title: str
    organisation: Organisation
    district_code: str
    edition: CourseEdition
    starts_on: date
    ends_on: date
    capacity: int
    plan: str = ""


def open_class(plan: ClassPlan, *, actor: User, now: datetime) -> TrainingClass:
    """Open a class with a new join code, under the scheme in force when it starts.

    Raises ClassRefused when it ends before it starts, no scheme is in force, or the body has
    this very class already.
    """
    if plan.ends_on < plan.starts_on:
        raise ClassRefused(_("结束日期早于开始日期，请改其中一个。"))
    same = select(TrainingClass.id).where(
        TrainingClass.title == plan.title,
        TrainingClass.organisation_id == plan.organisation.id,
        TrainingClass.starts_on == plan.starts_on,
    )
    if db.session.scalar(same) is not None:
        raise ClassRefused(
            _("“%(title)s”已经有了，开始日期也一样，没有再开一个。请换一个班名。", title=plan.title)
        )
    scheme = db.session.scalar(
        select(Scheme)
        .where(Scheme.effective_from <= plan.starts_on)
        .order_by(Scheme.effective_from.desc(), Scheme.version.desc())
        .limit(1)
    )
    if scheme is None:
        raise ClassRefused(_("开班那天还没有生效的认证方案，请先由管理员载入方案。"))
    row = TrainingClass(
        title=plan.title,
        join_code="".join(secrets.choice(CODE_LETTERS) for _sign in range(8)),
        organisation_id=plan.organisation.id,
        district_code=plan.district_code,
        edition_id=plan.edition.id,
        scheme_id=scheme.id,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        capacity=plan.capacity,
        plan=plan.plan,
        created_at=now,
    )
    db.session.add(row)
    audit.record("class.opened", row, actor=actor, now=now)
    return row


def set_joining(training_class: TrainingClass, *, opened: bool, actor: User, now: datetime) -> None:
    """Let people join by the code, or no longer."""
    if training_class.open != opened:
        training_class.open = opened
        audit.record("class.joining", training_class, actor=actor, now=now, open=opened)


def possible_instructors(training_class: TrainingClass) -> list[User]:
    """Return who can be named: instructors whose grant reaches the class, or of its body."""
    of_body = select(Affiliation.user_id).where(
        Affiliation.organisation_id == training_class.organisation_id,
        or_(Affiliation.ends_on.is_(None), Affiliation.ends_on >= training_class.starts_on),
    )
    own_people = set(db.session.scalars(of_body))
    scope = class_scope(training_class)
    people = db.session.scalars(
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            RoleGrant.role == Role.INSTRUCTOR, RoleGrant.revoked_at.is_(None), User.active.is_(True)
        )
        .order_by(User.name, User.id)
    ).unique()
    return [
        person
        for person in people
        if person.id in own_people
        or any(
            scope.reached_by(grant)
            for grant in person.grants
            if grant.role == Role.INSTRUCTOR and grant.revoked_at is None
        )
    ]


def name_instructor(
    training_class: TrainingClass, person: User, *, on: date, actor: User, now: datetime
) -> ClassInstructor:
    """Name an instructor of record from a day on; naming again somebody taken off resumes.

    Raises ClassRefused for somebody without the role or who learns in this very class.
    """
    if not has_role(person, Role.INSTRUCTOR):
        raise ClassRefused(_("%(name)s没有授课教师的角色，请先由管理员授予。", name=person.name))
    if _enrolled(training_class, person):
        raise ClassRefused(
            _("%(name)s是这个班的学员，不能同时做这个班的任课教师。", name=person.name)
        )
    row = db.session.scalar(
        select(ClassInstructor).where(
            ClassInstructor.class_id == training_class.id, ClassInstructor.user_id == person.id
        )
    )
    if row is None:
        row = ClassInstructor(class_id=training_class.id, user_id=person.id, since=on)
        db.session.add(row)
    row.until = None
    audit.record("class.instructor_named", row, actor=actor, now=now, user=person.id)
    return row


def end_instructor(row: ClassInstructor, *, on: date, actor: User, now: datetime) -> None:
    """End an instructor's work in a class. The row stays: the wall reaches back to it."""
    if row.until is None:
        row.until = on
        audit.record("class.instructor_ended", row, actor=actor, now=now, user=row.user_id)


def _enrolled(training_class: TrainingClass, person: User) -> bool:
    found = select(Enrolment.id).where(
        Enrolment.class_id == training_class.id,
        Enrolment.user_id == person.id,
        Enrolment.state == "enrolled",
    )
    return db.session.scalar(found) is not None
