"""Where a person belongs: the scopes through which somebody with a scoped role reaches them."""

from __future__ import annotations

from sqlalchemy import select

from app.extensions import db
from app.models.people import Affiliation, User
from app.models.training import Enrolment
from app.permissions import Scope, allows


def places_of(user: User) -> list[Scope]:
    """Return the classes a person is in and the organisations they work for, as scopes."""
    enrolments = db.session.scalars(
        select(Enrolment).where(Enrolment.user_id == user.id, Enrolment.state == "enrolled")
    )
    classes = [enrolment.training_class for enrolment in enrolments]
    places = [
        Scope(
            district=joined.district_code,
            organisation=joined.organisation_id,
            training_class=joined.id,
        )
        for joined in classes
    ]
    affiliations = db.session.scalars(
        select(Affiliation).where(Affiliation.user_id == user.id, Affiliation.ends_on.is_(None))
    )
    places += [
        Scope(district=row.organisation.district_code, organisation=row.organisation_id)
        for row in affiliations
    ]
    return places


def reaches(actor: User, permission: str, person: User) -> bool:
    """Tell whether one person's permission reaches another person."""
    # The empty scope is reached only by a role that holds everywhere.
    return any(allows(actor, permission, place) for place in [Scope(), *places_of(person)])
