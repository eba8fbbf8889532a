"""Where a certificate lies: the class it was earned in says its district and body."""

from __future__ import annotations

from flask import abort
from sqlalchemy import select

from app.extensions import db
from app.models.awards import Certificate, Decision
from app.models.training import Enrolment, TrainingClass
from app.permissions import Scope, require
from app.training.scope import class_scope


def scope_of(certificate: Certificate) -> Scope:
    """Return the scope through which somebody with a scoped role reaches a certificate."""
    training_class = db.session.scalars(
        select(TrainingClass)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .join(Decision, Decision.enrolment_id == Enrolment.id)
        .where(Decision.id == certificate.decision_id)
    ).one()
    return class_scope(training_class)


def find_certificate(certificate_id: str, permission: str) -> Certificate:
    """Return a certificate within the signed-in person's reach; answers 404 for every other id."""
    found = db.session.get(Certificate, certificate_id)
    if found is None:
        abort(404)
    require(permission, scope_of(found))
    return found
