"""Who may enrol a group into which class: the training body, the district, an employer its own people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import abort
from sqlalchemy import select

from app.extensions import db
from app.models.people import Organisation, Role, ScopeKind, User
from app.models.training import TrainingClass
from app.permissions import current_grants
from app.training.scope import class_scope

BODY, EMPLOYER, DISTRICT = "body", "employer", "district"
VIAS = {Role.TRAINING_MANAGER: BODY, Role.DISTRICT_OFFICER: DISTRICT}


@dataclass(frozen=True)
class Reach:
    """By what right somebody enrols others; `employer` is whose people alone they may enrol."""

    via: str
    employer: Organisation | None = None


def find_reach(user: User, training_class: TrainingClass) -> Reach | None:
    """Return by what right a person enrols a group into a class; None for no right.

    An employer enrols into any class that takes people, its own staff only.
    """
    scope, grants = class_scope(training_class), current_grants(user, "class.enrol")
    for role, via in VIAS.items():
        if any(grant.role == role and scope.reached_by(grant) for grant in grants):
            return Reach(via)
    for grant in grants:
        if grant.role != Role.INSTITUTION_MANAGER:
            continue
        if grant.scope_kind == ScopeKind.ALL:
            return Reach(EMPLOYER)
        if grant.scope_kind == ScopeKind.ORGANISATION:
            employer = db.session.get(Organisation, grant.scope_id)
            if employer is not None:
                return Reach(EMPLOYER, employer)
    return None


def get_class(user: User, class_id: str) -> tuple[TrainingClass, Reach]:
    """Return a class into which a person may enrol a group; answers 404 for all others."""
    found = db.session.get(TrainingClass, class_id)
    reach = find_reach(user, found) if found is not None else None
    if found is None or reach is None:
        abort(404)
    return found, reach


def open_classes(user: User, on: date) -> list[TrainingClass]:
    """Return the classes that take people now and into which a person may enrol a group."""
    rows = db.session.scalars(
        select(TrainingClass)
        .where(TrainingClass.open, TrainingClass.ends_on >= on)
        .order_by(TrainingClass.starts_on, TrainingClass.id)
    )
    return [row for row in rows if find_reach(user, row) is not None]
