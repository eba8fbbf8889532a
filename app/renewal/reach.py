"""Whom a certificate, a renewal or a correction is open to: the scope of the class it came from."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from flask import abort
from sqlalchemy import Select, select

from app.extensions import db
from app.models.awards import Certificate, Decision
from app.models.people import User
from app.models.renewal import Correction, Renewal
from app.models.training import Enrolment, TrainingClass
from app.permissions import Scope, allows
from app.training.scope import class_scope, readable_classes

Row = TypeVar("Row", Renewal, Correction)


def scope_of(certificate: Certificate) -> Scope:
    """Return where a certificate lies."""
    training_class = db.session.scalars(
        select(TrainingClass)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .join(Decision, Decision.enrolment_id == Enrolment.id)
        .where(Decision.id == certificate.decision_id)
    ).one()
    return class_scope(training_class)


def readable(actor: User, on: date) -> Select[str]:
    """Return the query of ids of the certificates whose records a person may read."""
    classes = readable_classes(actor, "award.read", on)
    return (
        select(Certificate.id)
        .join(Decision, Decision.id == Certificate.decision_id)
        .join(Enrolment, Enrolment.id == Decision.enrolment_id)
        .where(Enrolment.class_id.in_(classes.with_only_columns(TrainingClass.id).order_by(None)))
    )


def find(model: type[Row], row_id: str, permission: str, actor: User) -> tuple[Row, Scope]:
    """Return a record in a person's reach with its scope; answers 404 for every other id."""
    row = db.session.get(model, row_id)
    if row is None:
        abort(404)
    scope = scope_of(row.certificate)
    if not allows(actor, permission, scope):
        abort(404)
    return row, scope


def own(certificate_id: str, actor: User) -> Certificate:
    """Return one's own certificate; answers 404 for every other id."""
    row = db.session.get(Certificate, certificate_id)
    if row is None or row.user_id != actor.id:
        abort(404)
    return row
