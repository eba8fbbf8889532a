"""The decision queue as lists: who is ready, what waits, what was decided. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import selectinload

from app.awards.deciding import OPEN_STATES
from app.eligibility.panel import Panel, award_panels
from app.extensions import db
from app.models.awards import Certificate, Decision
from app.models.people import User
from app.models.training import Enrolment, PracticalAssessment, TrainingClass
from app.training.scope import readable_classes

A_PAGE = 20


@dataclass(frozen=True)
class Candidate:
    """Somebody who has all that a certificate needs and is not proposed yet."""

    enrolment: Enrolment
    class_title: str
    panel: Panel
    before: str
    """`refused` or `returned` when an earlier proposal ended so; else empty."""


@dataclass(frozen=True)
class Line:
    """A proposal with the words its row needs."""

    decision: Decision
    class_title: str
    proposer: str
    decider: str


def candidates(actor: User, on: date) -> list[Candidate]:
    """Return who is ready for the certificate in the actor's scope, by class and enrolment."""
    return _candidates(Enrolment.class_id.in_(_class_ids(actor, on)), on)


def candidates_of(training_class: TrainingClass, on: date) -> list[Candidate]:
    """Return who of a class is ready for the certificate and not proposed."""
    return _candidates(Enrolment.class_id == training_class.id, on)


def _candidates(where: ColumnElement[bool], on: date) -> list[Candidate]:
    open_ones = exists().where(
        Decision.enrolment_id == Enrolment.id, Decision.state.in_(OPEN_STATES)
    )
    assessed = exists().where(
        PracticalAssessment.enrolment_id == Enrolment.id,
        PracticalAssessment.current.is_(True),
        PracticalAssessment.passed.is_(True),
    )
    rows = db.session.scalars(
        select(Enrolment)
        .join(Enrolment.training_class)
        .where(
            where,
            Enrolment.state == "enrolled",
            assessed,
            ~open_ones,
        )
        .order_by(TrainingClass.starts_on, TrainingClass.id, Enrolment.enrolled_at)
    ).all()
    panels = award_panels(rows, on)
    ready = [row for row in rows if panels[row.id].ready]
    titles, before = _class_titles(row.id for row in ready), _earlier(ready)
    return [Candidate(row, titles[row.id], panels[row.id], before.get(row.id, "")) for row in ready]


@dataclass(frozen=True)
class ClassLine:
    """A class with how many of its people wait for the decision and hold a certificate of it."""

    training_class: TrainingClass
    proposed: int
    granted: int


def classes(actor: User, on: date) -> tuple[list[ClassLine], Pagination]:
    """Return the ended classes in the actor's scope page by page, those with proposals first."""
    waits = exists().where(
        Decision.enrolment_id == Enrolment.id,
        Enrolment.class_id == TrainingClass.id,
        Decision.state == "proposed",
    )
    pages = db.paginate(
        select(TrainingClass)
        .where(TrainingClass.id.in_(_class_ids(actor, on)), TrainingClass.ends_on <= on)
        .order_by((~waits), TrainingClass.ends_on.desc(), TrainingClass.id),
        per_page=A_PAGE,
        error_out=False,
    )
    rows = db.session.execute(
        select(Enrolment.class_id, Decision.state, func.count(Decision.id))
        .join(Enrolment, Enrolment.id == Decision.enrolment_id)
        .where(Enrolment.class_id.in_([one.id for one in pages.items]))
        .group_by(Enrolment.class_id, Decision.state)
    )
    found = {(class_id, state): many for class_id, state, many in rows}
    lines = [
        ClassLine(one, found.get((one.id, "proposed"), 0), found.get((one.id, "granted"), 0))
        for one in pages.items
    ]
    return lines, pages


def waiting(actor: User, on: date) -> list[Line]:
    """Return the proposals that wait for a decision, oldest first."""
    rows = db.session.scalars(
        _decisions(actor, on).where(Decision.state == "proposed").order_by(Decision.proposed_at)
    ).all()
    return lines(rows)


def decided(actor: User, on: date) -> Pagination:
    """Return the decided proposals page by page, newest first."""
    query = _decisions(actor, on).where(Decision.decided_at.is_not(None))
    return db.paginate(
        query.order_by(Decision.decided_at.desc(), Decision.id), per_page=A_PAGE, error_out=False
    )


def lines(decisions: Iterable[Decision]) -> list[Line]:
    """Add class and names to decisions, at a constant number of queries."""
    rows = list(decisions)
    titles = _class_titles(row.enrolment_id for row in rows)
    people = {row.proposed_by_id for row in rows} | {row.decided_by_id for row in rows}
    found = db.session.execute(select(User.id, User.name).where(User.id.in_(people)))
    names: dict[str | None, str] = dict(found.all())
    return [
        Line(
            row,
            titles[row.enrolment_id],
            names[row.proposed_by_id],
            names.get(row.decided_by_id, ""),
        )
        for row in rows
    ]


def certificates_of(user: User) -> list[Certificate]:
    """Return a person's own certificates, newest first."""
    own = select(Certificate).where(Certificate.user_id == user.id)
    return list(db.session.scalars(own.order_by(Certificate.issued_at.desc())))


def waiting_for(user: User) -> Decision | None:
    """Return a person's own proposal that waits for its decision."""
    own = select(Decision).where(Decision.user_id == user.id, Decision.state == "proposed")
    return db.session.scalars(own.order_by(Decision.proposed_at.desc()).limit(1)).first()


def _decisions(actor: User, on: date) -> Select[Decision]:
    return (
        select(Decision)
        .join(Enrolment, Enrolment.id == Decision.enrolment_id)
        .where(Enrolment.class_id.in_(_class_ids(actor, on)))
        .options(selectinload(Decision.certificate))
    )


def _class_ids(actor: User, on: date) -> Select[str]:
    return (
        readable_classes(actor, "award.read", on).with_only_columns(TrainingClass.id).order_by(None)
    )


def _class_titles(enrolment_ids: Iterable[str]) -> dict[str, str]:
    rows = db.session.execute(
        select(Enrolment.id, TrainingClass.title)
        .join(TrainingClass, TrainingClass.id == Enrolment.class_id)
        .where(Enrolment.id.in_(list(enrolment_ids)))
    )
    return dict(rows.all())


def _earlier(enrolments: list[Enrolment]) -> dict[str, str]:
    """Return how the latest closed proposal of each enrolment ended."""
    rows = db.session.execute(
        select(Decision.enrolment_id, Decision.state)
        .where(Decision.enrolment_id.in_([row.id for row in enrolments]))
        .order_by(Decision.decided_at)
    )
    return dict(rows.all())
